"""``mqtt://user:password@host:1883?stream=topic``: one JSON message per item.

``mqtts://`` is the same over TLS. Query parameters:

- ``qos``: 0, 1 (default) or 2. What is not confirmed when the connection breaks is sent again,
  so that readers may see it twice.
- ``retain``: whether the broker keeps the last message for new subscribers, default false.
- ``client_id``: default: the broker chooses one.
- ``keepalive_s``: default 60. ``timeout_s``: seconds to wait for the broker, default 5.
- ``ca_certs``, ``certfile``, ``keyfile``: files for TLS; by default the system's authorities.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar

from pythia.event_stream.base import Overflow, require_client
from pythia.event_stream.outbox import OutboxBackend
from pythia.event_stream.tls import TLS_OPTIONS, tls_context, tls_refusal
from pythia.exceptions import StreamError, StreamUnavailableError

if TYPE_CHECKING:
    from pythia.types import EventStreamUri

__all__ = ["Backend"]

# Answers to CONNECT that no new attempt mends, MQTT 3.1.1 and 5.
_REFUSALS = {"Bad user name or password", "Not authorized", "Client identifier not valid", "Banned"}


class Backend(OutboxBackend):
    """Publishes items to an MQTT topic.

    The client's thread answers pings and notes confirmations; every connection has a client of its
    own.
    """

    default_overflow: ClassVar[Overflow] = "drop-oldest"
    options: ClassVar[frozenset[str] | None] = (
        frozenset({"qos", "retain", "client_id", "keepalive_s", "timeout_s"}) | TLS_OPTIONS
    )

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        self._mqtt = require_client("paho.mqtt.client", self, extra="mqtt")
        if any(sign in self.stream for sign in "#+"):
            raise StreamError(f"event stream {str(self)!r}: topics to publish to have no # or +")
        self._qos = int(self.choice("qos", "1", ("0", "1", "2")))
        self._retain = self.flag("retain", default=False)
        self._keepalive_s = int(self.number("keepalive_s", 60, minimum=1))
        self._timeout_s = self.number("timeout_s", 5, minimum=0.001)
        self._tls = tls_context(self) if self.scheme == "mqtts" else None
        if self._tls is None and TLS_OPTIONS & self.query.keys():
            raise StreamError(f"event stream {str(self)!r}: certificates need TLS: write mqtts://")
        self._client: Any = None
        self._changed = threading.Condition()
        self._answer: Any = None  # to CONNECT
        self._is_cut = False
        self._complaint = ""  # the last error of the client's thread, which has no other way to say
        self._is_connected = False
        self._sent: dict[int, bytes] = {}  # by message id, until confirmed
        self._confirmed: set[int] = set()  # sooner than their id was known here

    def connect(self) -> None:
        """Connect and wait for the broker's answer."""
        self._disconnect()
        self._answer, self._is_cut, self._complaint = None, False, ""
        self._client = self._new_client()
        try:
            self._client.connect(
                self.netloc.host or "localhost",
                self.netloc.port or (8883 if self._tls else 1883),
                self._keepalive_s,
            )
        except (OSError, ValueError) as error:
            if refusal := tls_refusal(error):
                raise StreamError(f"event stream {str(self)!r}: {refusal}") from error
            raise StreamUnavailableError(f"{type(error).__name__}: {error}") from error
        self._client.loop_start()
        with self._changed:
            self._changed.wait_for(
                lambda: self._answer is not None or self._is_cut, self._timeout_s
            )
            answer, complaint = self._answer, self._complaint
        if refusal := tls_refusal(complaint):
            raise StreamError(f"event stream {str(self)!r}: {refusal}")
        if answer is None:
            raise StreamUnavailableError(complaint or f"no answer within {self._timeout_s:g} s")
        if str(answer) in _REFUSALS:
            raise StreamError(f"event stream {str(self)!r}: the broker says: {answer}")
        if answer.is_failure:
            raise StreamUnavailableError(f"the broker says: {answer}")

    def flush(self) -> None:
        """Publish the outbox and wait until the broker has confirmed everything."""
        # Not under the lock: the client calls back with locks of its own held.
        for body in self._outbox:
            message = self._client.publish(self.stream, body, self._qos, self._retain)
            with self._changed:
                if message.mid in self._confirmed:
                    self._confirmed.remove(message.mid)
                else:
                    self._sent[message.mid] = body
        self._outbox.clear()
        with self._changed:
            before = -1
            # As long as confirmations come, however slowly, the broker is there.
            while self._sent and self._is_connected and len(self._sent) != before:
                before = len(self._sent)
                self._changed.wait_for(
                    lambda: not self._sent or not self._is_connected, self._timeout_s
                )
            if self._sent:
                raise StreamUnavailableError(f"{len(self._sent)} events are not confirmed")

    def close(self) -> None:
        """Disconnect; what was not delivered is forgotten."""
        self._disconnect()
        super().close()

    def _disconnect(self) -> None:
        """Let the client go, and put what is not confirmed back to the front of the outbox."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None
        self._is_connected = False
        self._outbox[:0] = self._sent.values()
        self._sent.clear()
        self._confirmed.clear()

    def _new_client(self) -> Any:
        client = self._mqtt.Client(
            self._mqtt.CallbackAPIVersion.VERSION2,
            client_id=self.query.get("client_id", ""),
            reconnect_on_failure=False,  # the stream's worker does that
        )
        client.connect_timeout = self._timeout_s
        client.max_inflight_messages_set(self.batch_size)
        if self.netloc.username is not None:
            client.username_pw_set(self.netloc.username, self.netloc.password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_log = self._on_log
        return client

    # In the client's thread.

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, answer: Any, _more: Any) -> None:
        with self._changed:
            self._answer = answer
            self._is_connected = not answer.is_failure
            self._changed.notify_all()

    def _on_disconnect(self, *_: Any) -> None:
        with self._changed:
            self._is_connected, self._is_cut = False, True
            self._changed.notify_all()

    def _on_log(self, _client: Any, _data: Any, level: int, text: str) -> None:
        if level == self._mqtt.MQTT_LOG_ERR:
            self._complaint = text

    def _on_publish(self, _client: Any, _data: Any, mid: int, *_: Any) -> None:
        with self._changed:
            if self._sent.pop(mid, None) is None:
                self._confirmed.add(mid)
            elif not self._sent:
                self._changed.notify_all()
