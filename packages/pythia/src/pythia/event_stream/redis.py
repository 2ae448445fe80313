"""``redis://user:password@host:6379/db?stream=key``: ``XADD key * data <json>`` per item.

``rediss://`` is the same over TLS. Query parameters:

- ``maxlen``: trim the stream to about this many items; ``approximate=false`` to exactly that many.
- ``timeout_s``: seconds to wait for an answer, default 5.
- ``ssl_ca_certs``, ``ssl_certfile``, ``ssl_keyfile``, ``ssl_cert_reqs``, ``ssl_check_hostname``: as
  redis-py has them.

A batch is one write and as many answers as it has items. Items whose answer got lost with the
connection are sent again: readers may see them twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pythia.event_stream.base import Overflow, require_client
from pythia.event_stream.jsonline import encode
from pythia.event_stream.outbox import OutboxBackend
from pythia.event_stream.tls import tls_context, tls_refusal
from pythia.exceptions import EventsRefusedError, StreamError, StreamUnavailableError

if TYPE_CHECKING:
    from pythia.types import EventStreamUri, Serializable

__all__ = ["Backend"]

_SSL_OPTIONS = frozenset(
    {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname"}
)

# Answers that mean "not now": the server is full, cannot save, or is being replaced by another.
# redis-py has classes for some and leaves the others their first word.
_NOT_NOW_CLASSES = ("OutOfMemoryError", "ReadOnlyError", "ClusterDownError", "MasterDownError")
_NOT_NOW_WORDS = ("MISCONF", "NOREPLICAS", "BUSY ", "TRYAGAIN", "LOADING")


class Backend(OutboxBackend):
    """Appends items to a Redis stream."""

    default_overflow: ClassVar[Overflow] = "drop-oldest"
    options: ClassVar[frozenset[str] | None] = (
        frozenset({"maxlen", "approximate", "timeout_s"}) | _SSL_OPTIONS
    )

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        self._redis = require_client("redis", self, extra="redis")
        database = self.path.strip("/") or "0"
        if not database.isdecimal():
            raise StreamError(f"event stream {str(self)!r}: database {database!r} is no number")
        timeout_s = self.number("timeout_s", 5, minimum=0.001)
        self._settings: dict[str, Any] = {
            "host": self.netloc.host or "localhost",
            "port": self.netloc.port or 6379,
            "db": int(database),
            "username": self.netloc.username or None,
            "password": self.netloc.password,
            "socket_timeout": timeout_s,
            "socket_connect_timeout": timeout_s,
        }
        maxlen = int(self.number("maxlen", 0))
        approximate = self.flag("approximate", default=True)
        is_tls = self.scheme == "rediss"
        for name in _SSL_OPTIONS & self.query.keys():
            if not is_tls:
                raise StreamError(
                    f"event stream {str(self)!r}: {name} needs TLS, so write rediss://"
                )
            self._settings[name] = self.query[name]
        if is_tls:
            tls_context(self, "ssl_")  # complains about the files; redis-py makes its own
        if "ssl_check_hostname" in self._settings:
            self._settings["ssl_check_hostname"] = self.flag("ssl_check_hostname", default=True)
        self._connection_class = self._redis.SSLConnection if is_tls else self._redis.Connection
        trim = [b"MAXLEN", b"~" if approximate else b"=", b"%d" % maxlen] if maxlen else []
        words = [b"XADD", self.stream.encode(), *trim, b"*", b"data"]
        # Every command is this, the length of its JSON, and its JSON.
        self._prefix = b"*%d\r\n" % (len(words) + 1)
        self._prefix += b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        self._connection: Any = None

    @property
    def client(self) -> Any:
        """A ``redis.Redis`` client of the same server, of its own connection."""
        settings = dict(self._settings, ssl=self.scheme == "rediss")
        return self._redis.Redis(**settings)

    def connect(self) -> None:
        """Connect and authenticate."""
        self._disconnect()
        connection = self._connection_class(**self._settings)
        try:
            connection.connect()
        except self._redis.AuthenticationError as error:
            raise StreamError(f"event stream {str(self)!r}: {error}") from error
        except (self._redis.RedisError, OSError) as error:
            if refusal := tls_refusal(error):
                raise StreamError(f"event stream {str(self)!r}: {refusal}") from error
            raise StreamUnavailableError(str(error)) from error
        self._connection = connection

    def post(self, data: Serializable) -> None:
        """Encode one item; `flush` sends it."""
        text = encode(data).encode()
        self._outbox.append(b"%s$%d\r\n%s\r\n" % (self._prefix, len(text), text))

    def flush(self) -> None:
        """Send the outbox and read the answers."""
        if not self._outbox:
            return
        answered, refused, again = 0, [], []
        connection = self._connection
        try:
            connection.send_packed_command([b"".join(self._outbox)], check_health=False)
            for command in self._outbox:
                try:
                    connection.read_response()
                except self._redis.ResponseError as error:
                    if self._is_for_now(error):
                        again.append((command, error))
                    else:
                        refused.append(error)
                answered += 1
        except (self._redis.ConnectionError, self._redis.TimeoutError, OSError) as error:
            # Answers that came are final; items without one are sent again.
            self._outbox[:answered] = [command for command, _ in again]
            self._disconnect()
            raise StreamUnavailableError(str(error)) from error
        self._outbox = [command for command, _ in again]
        if again:
            raise StreamUnavailableError(str(again[0][1]))
        if refused:
            raise EventsRefusedError(
                f"Redis refused {len(refused)} events for {self.stream}: {refused[0]}", len(refused)
            )

    def close(self) -> None:
        """Close the connection."""
        super().close()
        self._disconnect()

    def _is_for_now(self, error: Exception) -> bool:
        exceptions = self._redis.exceptions
        classes = tuple(
            getattr(exceptions, name) for name in _NOT_NOW_CLASSES if hasattr(exceptions, name)
        )
        return isinstance(error, classes) or str(error).startswith(_NOT_NOW_WORDS)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.disconnect()
            self._connection = None
