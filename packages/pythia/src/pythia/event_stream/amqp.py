"""``amqp://user:password@host:5672/vhost?stream=queue``: one persistent JSON message per item.

``amqps://`` is the same over TLS. Query parameters:

- ``exchange``: publish to this exchange, with ``stream`` as the routing key. By default messages go
  to the queue named ``stream``, which is made, durable, when it is missing.
- ``declare=false``: do not make the queue.
- ``timeout_s``: seconds to wait for the broker, default 5.
- ``ca_certs``, ``certfile``, ``keyfile``: files for TLS; by default the system's authorities.

The broker confirms every message. Those whose confirmation got lost with the connection are sent
again: readers may see them twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pythia.event_stream.base import Overflow, require_client
from pythia.event_stream.outbox import OutboxBackend
from pythia.event_stream.tls import TLS_OPTIONS, tls_context, tls_refusal
from pythia.exceptions import EventsRefusedError, StreamError, StreamUnavailableError

if TYPE_CHECKING:
    from pythia.types import EventStreamUri

__all__ = ["Backend"]


class Backend(OutboxBackend):
    """Publishes items through AMQP 0-9-1.

    pika's asynchronous connection, whose loop runs inside `connect` and `flush` only: the blocking
    one waits for every single confirmation.
    """

    default_stream: ClassVar[str | None] = None
    default_overflow: ClassVar[Overflow] = "drop-oldest"
    options: ClassVar[frozenset[str] | None] = (
        frozenset({"exchange", "declare", "timeout_s"}) | TLS_OPTIONS
    )

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        self._pika = require_client("pika", self, extra="amqp")
        self._exchange = self.query.get("exchange", "")
        self._declares = self.flag("declare", default=True) and not self._exchange
        self._timeout_s = self.number("timeout_s", 5, minimum=0.001)
        is_tls = self.scheme == "amqps"
        if not is_tls and TLS_OPTIONS & self.query.keys():
            raise StreamError(f"event stream {str(self)!r}: certificates need TLS: write amqps://")
        host = self.netloc.host or "localhost"
        credentials = self._pika.PlainCredentials(
            self.netloc.username or "guest", self.netloc.password or "guest"
        )
        options: dict[str, Any] = {}
        if is_tls:
            options["ssl_options"] = self._pika.SSLOptions(tls_context(self), host)
        self._parameters = self._pika.ConnectionParameters(
            host=host,
            port=self.netloc.port or (5671 if is_tls else 5672),
            virtual_host=self.path[1:] or "/",
            credentials=credentials,
            heartbeat=0,  # nobody would answer between two batches
            socket_timeout=self._timeout_s,
            stack_timeout=self._timeout_s,
            blocked_connection_timeout=self._timeout_s,
            tcp_options={"TCP_KEEPIDLE": 60},
            **options,
        )
        self._properties = self._pika.BasicProperties(
            content_type="application/json", delivery_mode=2
        )
        self._connection: Any = None
        self._channel: Any = None
        self._error: BaseException | None = None
        self._sent: dict[int, bytes] = {}  # by delivery tag, until confirmed
        self._refused: list[str] = []

    def connect(self) -> None:
        """Connect, open a channel that confirms, and make the queue."""
        self._disconnect()
        self._error, is_ready = None, []
        connection = self._connection = self._pika.SelectConnection(
            self._parameters,
            on_open_callback=lambda opened: opened.channel(on_open_callback=opened_channel),
            on_open_error_callback=lambda _, error: self._failed(error),
            on_close_callback=lambda _, error: self._failed(error),
        )

        def opened_channel(channel: Any) -> None:
            self._channel = channel
            channel.add_on_close_callback(lambda _, error: self._failed(error))
            channel.add_on_return_callback(self._returned)
            channel.confirm_delivery(self._confirmed, callback=confirms)

        def confirms(_frame: Any) -> None:
            if self._declares:
                self._channel.queue_declare(self.stream, durable=True, callback=ready)
            else:
                ready(None)

        def ready(_frame: Any) -> None:
            is_ready.append(True)
            connection.ioloop.stop()

        self._run()
        if self._error is not None or not is_ready:
            self._raise("no answer to the connection")
        self._published = 0

    def flush(self) -> None:
        """Publish the outbox and wait for the confirmations."""
        if self._error is None and self._outbox:
            for body in self._outbox:
                self._published += 1
                self._sent[self._published] = body
                self._channel.basic_publish(
                    self._exchange, self.stream, body, self._properties, mandatory=True
                )
            self._outbox.clear()
            before = -1
            # As long as confirmations come, however slowly, the broker is there.
            while self._sent and self._error is None and len(self._sent) != before:
                before = len(self._sent)
                self._run()
        if self._sent or self._outbox:
            self._raise(f"{len(self._sent)} events are not confirmed")
        if self._refused:
            count, reason = len(self._refused), self._refused[0]
            self._refused.clear()
            raise EventsRefusedError(
                f"{self.netloc.host} refused {count} events for {self.stream}: {reason}", count
            )

    def close(self) -> None:
        """Disconnect; what was not delivered is forgotten."""
        self._disconnect()
        super().close()
        self._refused.clear()

    def _run(self) -> None:
        """Serve the connection until one of the callbacks stops the loop, or for `timeout_s`."""
        loop = self._connection.ioloop
        timer = loop.call_later(self._timeout_s, loop.stop)
        loop.start()
        loop.remove_timeout(timer)

    def _confirmed(self, frame: Any) -> None:
        method = frame.method
        tag = method.delivery_tag
        tags = [each for each in self._sent if each <= tag] if method.multiple else [tag]
        for each in tags:
            self._sent.pop(each, None)
        if isinstance(method, self._pika.spec.Basic.Nack):
            self._refused += ["the queue is full"] * len(tags)
        if not self._sent:
            self._connection.ioloop.stop()

    def _returned(self, _channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        self._refused.append(f"{method.reply_text}: no queue for {method.routing_key}")

    def _failed(self, error: BaseException) -> None:
        self._error = self._error or error
        self._connection.ioloop.stop()

    def _raise(self, otherwise: str) -> None:
        error = self._error
        exceptions = self._pika.exceptions
        hopeless = (
            exceptions.ProbableAuthenticationError,
            exceptions.ProbableAccessDeniedError,
            exceptions.ChannelClosedByBroker,  # no such exchange, other settings of the queue
        )
        reason = otherwise if error is None else str(error) or repr(error)
        refusal = tls_refusal(repr(error))
        if isinstance(error, hopeless) or refusal:
            raise StreamError(f"event stream {str(self)!r}: {refusal or reason}")
        raise StreamUnavailableError(reason)

    def _disconnect(self) -> None:
        """Close, and put what is not confirmed back to the front of the outbox."""
        self._outbox[:0] = self._sent.values()
        self._sent.clear()
        connection = self._connection
        if connection is None:
            return
        loop = connection.ioloop
        if connection.is_open:
            connection.close()
            for _ in range(2):  # stopped when the channel is closed, then the connection
                if not connection.is_closed:
                    self._run()
        for _ in range(3):  # the steps in which pika lets its socket go
            loop.add_callback(loop.stop)
            loop.start()
        loop.close()
        self._connection = self._channel = None
