"""``mqtt://user:password@host:1883?stream=topic``: one JSON message per item.

``mqtts://`` is the same over TLS. Query parameters:

- ``qos``: 0, 1 (default: at least once) or 2 (once).
- ``retain``: whether the broker keeps the last message for new subscribers, default false.
- ``client_id``: default: the broker chooses one.
- ``keepalive_s``: default 60. ``timeout_s``: seconds to wait for the broker, default 5.
- ``ca_certs``, ``certfile``, ``keyfile``: files for TLS; by default the system's authorities.
"""

from __future__ import annotations

import ssl
import threading
from typing import TYPE_CHECKING, Any

from pythia.event_stream.base import Backend as BaseBackend
from pythia.event_stream.base import require_client
from pythia.event_stream.jsonline import encode
from pythia.exceptions import StreamError, StreamUnavailableError

if TYPE_CHECKING:
    from pythia.types import EventStreamUri, Serializable

__all__ = ["Backend"]

_TLS_OPTIONS = frozenset({"ca_certs", "certfile", "keyfile"})

# Answers to CONNECT that no new attempt mends, MQTT 3.1.1 and 5.
_REFUSALS = {"Bad user name or password", "Not authorized", "Client identifier not valid", "Banned"}


class Backend(BaseBackend):
    """Publishes items to an MQTT topic."""

    default_overflow = "drop-oldest"
    options = frozenset({"qos", "retain", "client_id", "keepalive_s", "timeout_s"}) | _TLS_OPTIONS
    buffers = True
    batch_size = 1000

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        self._mqtt = require_client("paho.mqtt.client", self, extra="mqtt")
        if any(sign in self.stream for sign in "#+"):
            raise StreamError(f"event stream {str(self)!r}: a topic to publish to has no # and no +")
        self._qos = int(self.choice("qos", "1", ("0", "1", "2")))
        self._retain = self.flag("retain", default=False)
        self._keepalive_s = int(self.number("keepalive_s", 60, minimum=1))
        self._timeout_s = self.number("timeout_s", 5, minimum=0.001)
        self._is_tls = self.scheme == "mqtts"
        if not self._is_tls and _TLS_OPTIONS & self.query.keys():
            raise StreamError(f"event stream {str(self)!r}: certificates need TLS: write mqtts://")
        self._client: Any = None
        self._changed = threading.Condition()
        self._answer: Any = None  # to CONNECT
        self._is_connected = False
        self._unconfirmed = 0

    def connect(self) -> None:
        """Connect and wait for the broker's answer; the client then sends what it still has."""
        if self._client is None:
            self._client = self._new_client()
        self._client.loop_stop()
        self._answer = None
        try:
            self._client.connect(
                self.netloc.host or "localhost",
                self.netloc.port or (8883 if self._is_tls else 1883),
                self._keepalive_s,
            )
        except ssl.SSLCertVerificationError as error:
            raise StreamError(f"event stream {str(self)!r}: {error}") from error
        except (OSError, ValueError) as error:
            raise StreamUnavailableError(f"{type(error).__name__}: {error}") from error
        self._client.loop_start()
        with self._changed:
            self._changed.wait_for(lambda: self._answer is not None, self._timeout_s)
            answer = self._answer
        if answer is None:
            raise StreamUnavailableError(f"no answer within {self._timeout_s:g} s")
        if str(answer) in _REFUSALS:
            raise StreamError(f"event stream {str(self)!r}: the broker says: {answer}")
        if answer.is_failure:
            raise StreamUnavailableError(f"the broker says: {answer}")

    def post(self, data: Serializable) -> None:
        """Hand one item to the client, which sends it in the background."""
        with self._changed:
            self._unconfirmed += 1
        try:
            self._client.publish(self.stream, encode(data), self._qos, self._retain)
        except BaseException:
            with self._changed:
                self._unconfirmed -= 1
            raise

    def flush(self) -> None:
        """Wait until the broker has confirmed everything."""
        with self._changed:
            confirmed = -1
            # As long as confirmations come, however slowly, the broker is there.
            while self._unconfirmed and self._is_connected and self._unconfirmed != confirmed:
                confirmed = self._unconfirmed
                self._changed.wait_for(
                    lambda: not self._unconfirmed or not self._is_connected, self._timeout_s
                )
            if self._unconfirmed:
                raise StreamUnavailableError(f"{self._unconfirmed} events are not confirmed")

    def close(self) -> None:
        """Disconnect; what was not delivered is forgotten."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None
        self._unconfirmed = 0

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
        if self._is_tls:
            client.tls_set(**{name: self.query.get(name) for name in _TLS_OPTIONS})
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        return client

    # In the client's thread.

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, answer: Any, _more: Any) -> None:
        with self._changed:
            self._answer = answer
            self._is_connected = not answer.is_failure
            self._changed.notify_all()

    def _on_disconnect(self, *_: Any) -> None:
        with self._changed:
            self._is_connected = False
            self._changed.notify_all()

    def _on_publish(self, *_: Any) -> None:
        with self._changed:
            self._unconfirmed -= 1
            if not self._unconfirmed:
                self._changed.notify_all()
