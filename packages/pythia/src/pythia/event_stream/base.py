"""What an event stream backend is, and how a URI leads to one."""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
from abc import ABC, abstractmethod
from importlib import metadata
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import pythia.event_stream
from pythia.exceptions import StreamError, UnknownSchemeError, did_you_mean
from pythia.utils.ext import import_from_str

if TYPE_CHECKING:
    from collections.abc import Collection

    from pythia.types import EventStreamUri

__all__ = [
    "ENTRY_POINT_GROUP",
    "QUEUE_OPTIONS",
    "Backend",
    "Netloc",
    "Overflow",
    "redacted",
    "register",
    "require_client",
]

ENTRY_POINT_GROUP = "pythia.event_streams"

QUEUE_OPTIONS = frozenset(
    {"queue_size", "overflow", "drain_timeout_s", "on_error", "spill", "spill_max_mb"}
)
"""Query parameters that configure the queue in front of any backend."""

Overflow = Literal["block", "drop-oldest", "drop-newest", "fail"]
"""What happens to new items when the queue is full."""

_registered: dict[str, type[Backend]] = {}

_MODULE_OF_SCHEME = {
    "amqps": "amqp",
    "http": "webhook",
    "https": "webhook",
    "mqtts": "mqtt",
    "rediss": "redis",
}
_NO_SCHEMES = {"base", "jsonline", "outbox", "queue", "spill", "tls", "worker"}

_SECRETS = re.compile(
    r"(?i)([?&][^=&]*(?:password|secret|token|api.?key|access.?key|signature|key\.pem)[^=&]*=)[^&]*"
)
_CLASS = re.compile(r"(?P<name>[\w./-]+:[A-Za-z_]\w*)(?P<query>\?.*)?")


class Netloc(NamedTuple):
    """The authority part of a URI, percent-decoded; absent parts are None."""

    username: str | None
    password: str | None
    host: str | None
    port: int | None


class Backend(ABC):
    """Posts items to one stream.

    Subclasses implement `post`, and `connect`, `flush` and `close` where they mean something. The
    constructor checks the URI and must not block. All four methods are called from the one worker
    thread of the stream: `connect` first, `flush` whenever the queue ran empty, `close` last; after
    `close` the stream may be connected again.

    `connect`, `post` and `flush` raise `StreamUnavailableError` when the other side cannot be
    reached now. Nothing is lost then: the worker calls `connect` again, with growing pauses, and
    goes on with the item that was being posted. Any other exception of `post` is the failure of
    that one item; any other exception of `connect` ends the stream.

    Attributes:
        raw_uri: The URI as given. It may hold a password: ``str(backend)`` does not.
        scheme: What stands before ``://``.
        uri: The URI without its query.
        netloc: Host, port and credentials; of the first host, if there are several.
        hosts: All hosts with their ports, as in ``kafka://one:9092,two:9092``.
        path: Path of the URI, percent-decoded.
        query: Query parameters.
        stream: Value of the query parameter ``stream``: a topic, a key, a file.
    """

    default_stream: ClassVar[str | None] = None
    """Stream when the URI has no ``stream=``; None makes it mandatory."""

    options: ClassVar[frozenset[str] | None] = frozenset()
    """Query parameters this backend knows, beside ``stream`` and those of the queue. None: it takes
    any, and checks them itself."""

    several_hosts: ClassVar[bool] = False
    """Whether the URI may name several hosts."""

    buffers: ClassVar[bool] = False
    """Whether `post` only collects and items are delivered when `flush` returns. Such a backend
    keeps what was posted, across a new `connect`, until `flush` delivered it or `close` is called.
    `flush` is then called after every batch and may raise `EventsRefusedError`."""

    batch_size: ClassVar[int] = 256
    """Items taken from the queue at once. Small enough that a blocked probe soon finds room."""

    default_overflow: ClassVar[Overflow] = "block"
    """Policy when the URI has no ``overflow=``."""

    def __init__(self, uri: EventStreamUri) -> None:
        shown = redacted(uri)
        scheme, _, rest = uri.partition("://")
        place = re.split("[/?#]", rest, maxsplit=1)[0]
        parts = urlsplit(f"//{rest[len(place) :]}")
        self.raw_uri: EventStreamUri = uri
        self.scheme: str = scheme
        self.uri: str = f"{scheme}://{place}{parts.path}"
        self.hosts: list[tuple[str | None, int | None]] = _hosts(shown, place)
        if len(self.hosts) > 1 and not self.several_hosts:
            raise StreamError(f"event stream {shown!r} names several hosts; {scheme}:// takes one")
        self.netloc: Netloc = _netloc(place, self.hosts)
        self.path: str = unquote(parts.path)
        self.query: dict[str, str] = dict(parse_qsl(parts.query, keep_blank_values=True))
        if self.options is not None:
            known = {"stream", *self.options, *QUEUE_OPTIONS}
            for name in self.query.keys() - known:
                raise StreamError(
                    f"event stream {shown!r} has an unknown parameter {name!r}."
                    f"{did_you_mean(name, known)} Known: {', '.join(sorted(known))}"
                )
        stream = self.query.get("stream") or self.default_stream
        if stream is None:
            raise StreamError(
                f"event stream {shown!r} needs the name of a stream: append ?stream=NAME"
            )
        self.stream: str = stream

    def __str__(self) -> str:
        return redacted(self.raw_uri)

    @staticmethod
    def from_uri(uri: EventStreamUri) -> Backend:
        """Return the backend for a URI.

        The scheme is looked up among those given to `register`, the modules of
        ``pythia.event_stream`` and the entry points of the group ``pythia.event_streams``. It may
        also name a class: ``package.module:Class://host?stream=NAME``, or
        ``file.py:Class?stream=NAME`` when there is no host.

        Raises:
            UnknownSchemeError: Nothing is known for the scheme; the message lists what is.
            StreamError: The URI is not complete.
        """
        class_only = _CLASS.fullmatch(uri)
        if class_only:
            uri = f"{class_only['name']}://{class_only['query'] or ''}"
        scheme, separator, _ = uri.partition("://")
        if not separator:
            raise UnknownSchemeError(
                f"event stream {uri!r} is no URI: write it as scheme://...?stream=NAME, for "
                "instance log://?stream=stdout"
            )
        return _backend_class(scheme)(uri)

    def connect(self) -> None:
        """Open the stream, or open it again after `StreamUnavailableError`. May block."""
        return

    @abstractmethod
    def post(self, data: Any) -> None:
        """Send one item."""

    def flush(self) -> None:
        """Make sure that everything posted so far leaves the process."""
        return

    def close(self) -> None:
        """Release what `connect` opened. Idempotent."""
        return

    def number(self, option: str, default: float, *, minimum: float = 0) -> float:
        """Return a query parameter as a number.

        Raises:
            StreamError: It is none, or less than `minimum`.
        """
        text = self.query.get(option, str(default))
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not minimum <= value < math.inf:
            raise StreamError(
                f"event stream {str(self)!r}: {option}={text} must be a number >= {minimum:g}"
            )
        return value

    def choice(self, option: str, default: str, allowed: Collection[str]) -> str:
        """Return a query parameter that is one of a few words.

        Raises:
            StreamError: It is none of them.
        """
        text = self.query.get(option, default)
        if text not in allowed:
            raise StreamError(
                f"event stream {str(self)!r}: {option}={text} is not known."
                f"{did_you_mean(text, allowed)} Allowed: {', '.join(allowed)}"
            )
        return text

    def flag(self, option: str, *, default: bool) -> bool:
        """Return a query parameter that is ``true`` or ``false``.

        Raises:
            StreamError: It is neither.
        """
        return self.choice(option, str(default).lower(), ("true", "false")) == "true"

    def overflow(self) -> Overflow:
        """Return what happens to new items when the queue is full."""
        return cast("Overflow", self.choice("overflow", self.default_overflow, get_args(Overflow)))


def register(scheme: str, backend: type[Backend]) -> None:
    """Make ``scheme://...`` lead to a backend of your own, in this process.

    A package offers one to everybody with an entry point of the group ``pythia.event_streams``.
    """
    _registered[scheme] = backend


def redacted(uri: EventStreamUri) -> str:
    """Return a URI for messages: passwords, secrets and tokens are replaced by stars."""
    uri = re.sub(r"(://[^/?#:@]*):[^/?#]*@", r"\1:***@", uri)
    return _SECRETS.sub(r"\1***", uri)


def require_client(module: str, backend: Backend, *, extra: str) -> Any:
    """Return the client library of a broker.

    Raises:
        StreamError: It is not installed; the message says how to.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise StreamError(
            f"event stream {str(backend)!r} needs the Python module {module}, which cannot be "
            f"imported ({error}): pip install 'pythia-video[{extra}]'"
        ) from error


def _backend_class(scheme: str) -> type[Backend]:
    if scheme in _registered:
        return _registered[scheme]
    module, _, class_name = scheme.rpartition(":")
    if module:
        return _named_class(module, class_name)
    name = f"pythia.event_stream.{_MODULE_OF_SCHEME.get(scheme, scheme)}"
    if scheme.isidentifier() and scheme not in _NO_SCHEMES:
        try:
            candidate = getattr(importlib.import_module(name), "Backend", None)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
        else:
            if isinstance(candidate, type) and candidate is not Backend:
                return candidate
    for entry_point in metadata.entry_points(group=ENTRY_POINT_GROUP):
        if entry_point.name == scheme:
            loaded: type[Backend] = entry_point.load()
            return loaded
    known = _known_schemes()
    raise UnknownSchemeError(
        f"no event stream is known for {scheme}://.{did_you_mean(scheme, known)} There are: "
        f"{', '.join(f'{each}://' for each in known)}. Add your own with "
        f"pythia.event_stream.register({scheme!r}, YourBackend), name its class as "
        f"module:Class://, or give it an entry point of the group {ENTRY_POINT_GROUP!r}"
    )


def _named_class(module: str, class_name: str) -> type[Backend]:
    try:
        found = getattr(import_from_str(module), class_name)
    except (ImportError, FileNotFoundError, AttributeError) as error:
        raise UnknownSchemeError(
            f"event stream class {module}:{class_name} cannot be loaded: {error}"
        ) from error
    if not (isinstance(found, type) and issubclass(found, Backend)):
        raise UnknownSchemeError(
            f"{module}:{class_name} is no event stream: it must be a subclass of "
            "pythia.event_stream.Backend"
        )
    return found


def _known_schemes() -> list[str]:
    shipped = {module.name for module in pkgutil.iter_modules(pythia.event_stream.__path__)}
    installed = {each.name for each in metadata.entry_points(group=ENTRY_POINT_GROUP)}
    return sorted(
        (shipped - _NO_SCHEMES) | _MODULE_OF_SCHEME.keys() | installed | _registered.keys()
    )


def _hosts(shown: str, netloc: str) -> list[tuple[str | None, int | None]]:
    places = netloc.rpartition("@")[2].split(",")
    try:
        return [
            (parts.hostname, parts.port) for parts in (urlsplit(f"//{each}") for each in places)
        ]
    except ValueError as error:
        raise StreamError(f"event stream {shown!r} has a bad host or port: {error}") from None


def _netloc(netloc: str, hosts: list[tuple[str | None, int | None]]) -> Netloc:
    credentials, separator, _ = netloc.rpartition("@")
    username, colon, password = credentials.partition(":")
    return Netloc(
        unquote(username) if separator else None, unquote(password) if colon else None, *hosts[0]
    )
