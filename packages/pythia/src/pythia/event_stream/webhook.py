"""``webhook://host/path``: items in JSON arrays by HTTP POST; ``https://host/path`` over TLS.

Query parameters of ours are ``batch`` (items in one request at most, default 100), ``timeout_s``
(default 5), ``stream`` (default ``events``, sent as the header ``X-Pythia-Stream``) and the files
for TLS ``ca_certs``, ``certfile``, ``keyfile``; all others stay in the address. A user and password
become basic authentication.

Every request has a header ``Idempotency-Key``, which stays the same when it is sent again: 5xx,
408, 425 and 429 are tried again, as is a connection that fails; 401, 403 and 407 refuse us and end
the stream; other answers than 2xx refuse the batch.
"""

from __future__ import annotations

import base64
import http.client
import time
import uuid
from typing import TYPE_CHECKING, ClassVar, NoReturn
from urllib.parse import urlencode, urlsplit

from pythia.event_stream.base import QUEUE_OPTIONS, Overflow
from pythia.event_stream.outbox import OutboxBackend
from pythia.event_stream.tls import TLS_OPTIONS, tls_context, tls_refusal
from pythia.exceptions import EventsRefusedError, StreamError, StreamUnavailableError

if TYPE_CHECKING:
    from pythia.types import EventStreamUri

__all__ = ["Backend"]

_OWN_OPTIONS = QUEUE_OPTIONS | TLS_OPTIONS | {"stream", "batch", "timeout_s"}
_TRY_AGAIN = (408, 425, 429)
_NOT_US = (401, 403, 407)

# Servers close connections that nobody used for a while, often after five seconds.
_IDLE_S = 4.0


class Backend(OutboxBackend):
    """Posts batches of items to an HTTP server."""

    default_stream: ClassVar[str | None] = "events"
    default_overflow: ClassVar[Overflow] = "drop-oldest"
    options: ClassVar[frozenset[str] | None] = None

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        if not self.netloc.host:
            raise StreamError(
                f"event stream {str(self)!r} names no host: write webhook://host/path"
            )
        rest = {name: value for name, value in self.query.items() if name not in _OWN_OPTIONS}
        path = urlsplit(self.uri).path or "/"
        self._target = path + (f"?{urlencode(rest)}" if rest else "")
        self._batch = int(self.number("batch", 100, minimum=1))
        self._timeout_s = self.number("timeout_s", 5, minimum=0.001)
        self._headers = {
            "Content-Type": "application/json",
            "User-Agent": "pythia",
            "X-Pythia-Stream": self.stream,
        }
        if self.netloc.username is not None:
            credentials = f"{self.netloc.username}:{self.netloc.password or ''}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(credentials).decode()}"
        self._tls = tls_context(self) if self.scheme == "https" else None
        if self._tls is None and TLS_OPTIONS & self.query.keys():
            raise StreamError(f"event stream {str(self)!r}: certificates need TLS: write https://")
        self._connection: http.client.HTTPConnection | None = None
        self._used_at = 0.0
        self._request: tuple[int, str] | None = None  # how many items, and its key

    def connect(self) -> None:
        """Open a connection, which is kept."""
        self._disconnect()
        place = self.netloc.host or "", self.netloc.port
        if self._tls is None:
            connection = http.client.HTTPConnection(*place, timeout=self._timeout_s)
        else:
            connection = http.client.HTTPSConnection(
                *place, timeout=self._timeout_s, context=self._tls
            )
        try:
            connection.connect()
        except OSError as error:
            self._raise(error)
        self._connection, self._used_at = connection, time.monotonic()

    def flush(self) -> None:
        """Send the outbox, batch by batch."""
        refused, reason = 0, ""
        while self._outbox:
            if self._request is None:
                self._request = min(self._batch, len(self._outbox)), str(uuid.uuid4())
            size, key = self._request
            status, answer = self._send(b"[" + b", ".join(self._outbox[:size]) + b"]", key)
            if status >= 500 or status in _TRY_AGAIN:
                raise StreamUnavailableError(answer)
            if status in _NOT_US:
                raise StreamError(f"event stream {str(self)!r}: the server says: {answer}")
            del self._outbox[:size]
            self._request = None
            if not 200 <= status < 300:
                refused, reason = refused + size, answer
        if refused:
            raise EventsRefusedError(f"{self} refused {refused} events: {reason}", refused)

    def close(self) -> None:
        """Close the connection."""
        super().close()
        self._request = None
        self._disconnect()

    def _send(self, body: bytes, key: str) -> tuple[int, str]:
        if self._connection is None or time.monotonic() - self._used_at > _IDLE_S:
            self.connect()
        connection = self._connection
        assert connection is not None
        try:
            headers = {**self._headers, "Idempotency-Key": key}
            connection.request("POST", self._target, body, headers)
            response = connection.getresponse()
            text = response.read(500).decode(errors="replace")
            if not response.isclosed():  # nobody needs the rest
                self._disconnect()
        except (OSError, http.client.HTTPException) as error:
            self._raise(error)
        self._used_at = time.monotonic()
        return response.status, f"{response.status} {response.reason} {text}".strip()

    def _raise(self, error: Exception) -> NoReturn:
        if refusal := tls_refusal(error):
            raise StreamError(f"event stream {str(self)!r}: {refusal}") from error
        raise StreamUnavailableError(f"{type(error).__name__}: {error}") from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
