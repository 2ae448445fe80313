"""``kafka://one:9092,two:9092?stream=topic``: a JSON message per item, through librdkafka.

Query parameters of ours:

- ``key``: name of the field of an item that becomes the message's key, so that items with the same
  value stay in order in one partition.
- ``partitions``, ``replication_factor``: make the topic with these when it is missing. Without them
  the broker makes it as it does by itself, or is asked to with its own defaults.
- ``timeout_s``: seconds to wait for brokers until they count as unavailable, default 5.

All others are properties of librdkafka by their own names: ``acks=1``, ``compression.type=zstd``,
``security.protocol=SASL_SSL``, ``ssl.ca.location=/etc/ca.pem``. A user and password in the URI are
``sasl.username`` and ``sasl.password``. By default all replicas confirm and retries make no
duplicates (``acks=all``, ``enable.idempotence=true``).
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, ClassVar

from pythia.event_stream.base import QUEUE_OPTIONS, Overflow, require_client
from pythia.event_stream.base import Backend as BaseBackend
from pythia.event_stream.jsonline import encode
from pythia.exceptions import EventsRefusedError, StreamError, StreamUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pythia.types import EventStreamUri, Serializable

__all__ = ["Backend"]

_logger = logging.getLogger("pythia.event_stream.kafka")

_OWN_OPTIONS = QUEUE_OPTIONS | {"stream", "key", "partitions", "replication_factor", "timeout_s"}

# How long one wait for confirmations lasts; between two the outage of all brokers is noticed.
_SLICE_S = 0.1


class Backend(BaseBackend):
    """Produces items to a Kafka topic.

    Attributes:
        bootstrap_servers: The brokers, ``host:port`` separated by commas.
        client: The ``confluent_kafka.Producer``, from the first `connect` on.
    """

    default_overflow: ClassVar[Overflow] = "drop-oldest"
    several_hosts: ClassVar[bool] = True
    options: ClassVar[frozenset[str] | None] = None
    buffers: ClassVar[bool] = True
    batch_size: ClassVar[int] = 1000

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        self._kafka = require_client("confluent_kafka", self, extra="kafka")
        if not self.netloc.host:
            raise StreamError(
                f"event stream {str(self)!r} names no broker: write kafka://host:9092"
            )
        self.bootstrap_servers: str = ",".join(
            f"[{host}]:{port or 9092}" if host and ":" in host else f"{host}:{port or 9092}"
            for host, port in self.hosts
        )
        self.client: Any = None
        self._key = self.query.get("key")
        self._timeout_s = self.number("timeout_s", 5, minimum=0.001)
        self._new_topic = {
            kafka_name: int(self.number(name, 0, minimum=1))
            for name, kafka_name in (
                ("partitions", "num_partitions"),
                ("replication_factor", "replication_factor"),
            )
            if name in self.query
        }
        self._config = self._checked_config()
        self._all_down = False
        self._refusal: Any = None  # a KafkaError that no new attempt mends
        self._undelivered: list[Any] = []

    def connect(self) -> None:
        """Reach a broker and see that the topic is there."""
        if self.client is None:
            self.client = self._kafka.Producer(
                {**self._config, "error_cb": self._on_error, "on_delivery": self._on_delivery},
                logger=_logger,
            )
        self._all_down, self._refusal = False, None
        if self._new_topic:
            self._make_topic(self._new_topic)
        topic = self._asked(lambda: self.client.list_topics(self.stream, timeout=self._timeout_s))
        if topic.topics[self.stream].error is not None:
            self._make_topic({"num_partitions": -1, "replication_factor": -1})

    def post(self, data: Serializable) -> None:
        """Hand one item to the client, which sends it in the background."""
        key = None
        if self._key is not None and isinstance(data, dict):
            key = str(data.get(self._key, "")).encode()
        self.client.produce(self.stream, encode(data).encode(), key)

    def flush(self) -> None:
        """Wait until the brokers have confirmed everything."""
        deadline = time.monotonic() + self._timeout_s
        while self.client.flush(_SLICE_S):
            if self._all_down or time.monotonic() > deadline:
                self._all_down = False
                raise StreamUnavailableError(
                    f"{len(self.client)} events are not confirmed by {self.bootstrap_servers}"
                )
        if self._undelivered:
            count, reason = len(self._undelivered), self._undelivered[0]
            self._undelivered.clear()
            raise EventsRefusedError(
                f"Kafka refused {count} events for {self.stream}: {reason}", count
            )

    def close(self) -> None:
        """Forget what was not delivered and let the client go."""
        if self.client is not None:
            self.client.purge()
            self.client.flush(_SLICE_S)
            self.client = None
        self._undelivered.clear()

    def _checked_config(self) -> dict[str, Any]:
        own = {name: value for name, value in self.query.items() if name not in _OWN_OPTIONS}
        acks = own.get("acks", own.get("request.required.acks", "all"))
        config: dict[str, Any] = {
            "client.id": "pythia",
            "enable.idempotence": acks in ("all", "-1"),
            "linger.ms": 5,
            "message.timeout.ms": 0,  # undelivered messages wait; our queue has the limit
            "reconnect.backoff.max.ms": 1000,
            "delivery.report.only.error": True,
        }
        if self.netloc.username is not None:
            config["security.protocol"] = "SASL_PLAINTEXT"
            config["sasl.mechanism"] = "PLAIN"
            config["sasl.username"] = self.netloc.username
            config["sasl.password"] = self.netloc.password or ""
        config.update(own)
        try:
            # Not connected to anything: refuses unknown properties and bad values.
            self._kafka.Producer(config, logger=_logger)
        except (self._kafka.KafkaException, ValueError, TypeError) as error:
            reason = error.args[0].str() if hasattr(error.args[0], "str") else error
            raise StreamError(
                f"event stream {str(self)!r}: {reason}. Beside {', '.join(sorted(_OWN_OPTIONS))} "
                "all parameters are properties of librdkafka"
            ) from error
        return {**config, "bootstrap.servers": self.bootstrap_servers}

    def _asked(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except self._kafka.KafkaException as error:
            self.client.poll(0)  # delivers the errors that explain this one
            reason = self._refusal or error.args[0]
            text = f"{reason.str()} ({self.bootstrap_servers})"
            if self._refusal is not None:
                raise StreamError(f"event stream {str(self)!r}: {text}") from error
            raise StreamUnavailableError(text) from error

    def _make_topic(self, settings: dict[str, int]) -> None:
        admin_module = require_client("confluent_kafka.admin", self, extra="kafka")
        admin = admin_module.AdminClient(self._config, logger=_logger)
        topic = admin_module.NewTopic(self.stream, **settings)
        future = admin.create_topics([topic], request_timeout=self._timeout_s)[self.stream]
        errors = self._kafka.KafkaError
        try:
            future.result()
            _logger.info("made Kafka topic %s", self.stream)
        except self._kafka.KafkaException as error:
            code = error.args[0].code()
            if code == errors.TOPIC_ALREADY_EXISTS:
                return
            if code in (errors._TIMED_OUT, errors._TRANSPORT, errors.NOT_CONTROLLER):
                raise StreamUnavailableError(error.args[0].str()) from error
            raise StreamError(
                f"event stream {str(self)!r}: topic {self.stream} cannot be made: "
                f"{error.args[0].str()}"
            ) from error

    def _on_error(self, error: Any) -> None:
        if error.code() == self._kafka.KafkaError._ALL_BROKERS_DOWN:
            self._all_down = True
        elif error.code() == self._kafka.KafkaError._AUTHENTICATION or _refuses(error):
            self._refusal = error
            self._all_down = True
        else:
            _logger.debug("%s", error.str())

    def _on_delivery(self, error: Any, _message: Any) -> None:
        purged = (self._kafka.KafkaError._PURGE_QUEUE, self._kafka.KafkaError._PURGE_INFLIGHT)
        if error is not None and error.code() not in purged:
            self._undelivered.append(error.str())


def _refuses(error: Any) -> bool:
    """Whether an error of librdkafka is one about certificates, which no new attempt mends."""
    text = error.str().lower()
    return "certificate" in text and ("verif" in text or "alert" in text)
