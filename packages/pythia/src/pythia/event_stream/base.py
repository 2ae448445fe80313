"""What an event stream backend is, and how a URI leads to one."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from importlib import metadata
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import pythia.event_stream
from pythia.exceptions import StreamError, UnknownSchemeError, did_you_mean

if TYPE_CHECKING:
    from pythia.types import EventStreamUri

__all__ = ["ENTRY_POINT_GROUP", "QUEUE_OPTIONS", "Backend", "Netloc", "register"]

ENTRY_POINT_GROUP = "pythia.event_streams"

QUEUE_OPTIONS = frozenset({"queue_size", "overflow", "drain_timeout_s"})
"""Query parameters that configure the queue in front of any backend."""

_registered: dict[str, type[Backend]] = {}


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

    Attributes:
        raw_uri: The URI as given.
        uri: The URI without its query.
        netloc: Host, port and credentials.
        path: Path of the URI, percent-decoded.
        query: Query parameters.
        stream: Value of the query parameter ``stream``: a topic, a key, a file.
    """

    default_stream: ClassVar[str | None] = None
    """Stream when the URI has no ``stream=``; None makes it mandatory."""

    options: ClassVar[frozenset[str]] = frozenset()
    """Query parameters this backend knows, beside ``stream`` and those of the queue."""

    def __init__(self, uri: EventStreamUri) -> None:
        try:
            parts = urlsplit(uri)
        except ValueError as error:
            raise StreamError(f"event stream {uri!r} is no URI: {error}") from None
        self.raw_uri = uri
        self.uri = parts._replace(query="", fragment="").geturl()
        self.netloc = _netloc(uri, parts)
        self.path = unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        known = {"stream", *self.options, *QUEUE_OPTIONS}
        for name in self.query.keys() - known:
            raise StreamError(
                f"event stream {uri!r} has an unknown parameter {name!r}."
                f"{did_you_mean(name, known)} Known: {', '.join(sorted(known))}"
            )
        stream = self.query.get("stream") or self.default_stream
        if stream is None:
            raise StreamError(
                f"event stream {uri!r} needs the name of a stream: append ?stream=NAME"
            )
        self.stream: str = stream

    @staticmethod
    def from_uri(uri: EventStreamUri) -> Backend:
        """Return the backend for a URI.

        The scheme is looked up among those given to `register`, the modules of
        ``pythia.event_stream`` and the entry points of the group ``pythia.event_streams``.

        Raises:
            UnknownSchemeError: Nothing is known for the scheme; the message lists what is.
            StreamError: The URI is not complete.
        """
        scheme, separator, _ = uri.partition("://")
        if not separator:
            raise UnknownSchemeError(
                f"event stream {uri!r} is no URI: write it as scheme://...?stream=NAME, for "
                "instance log://?stream=stdout"
            )
        return _backend_class(scheme)(uri)

    def connect(self) -> None:
        """Open the stream. May block; may raise."""
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


def register(scheme: str, backend: type[Backend]) -> None:
    """Make ``scheme://...`` lead to a backend of your own, in this process.

    A package offers one to everybody with an entry point of the group ``pythia.event_streams``.
    """
    _registered[scheme] = backend


def _backend_class(scheme: str) -> type[Backend]:
    if scheme in _registered:
        return _registered[scheme]
    name = f"pythia.event_stream.{scheme}"
    if scheme.isidentifier():
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
        f"pythia.event_stream.register({scheme!r}, YourBackend) or an entry point of the group "
        f"{ENTRY_POINT_GROUP!r}"
    )


def _known_schemes() -> list[str]:
    shipped = {
        module.name
        for module in pkgutil.iter_modules(pythia.event_stream.__path__)
        if module.name not in {"base", "jsonline", "worker"}
    }
    installed = {each.name for each in metadata.entry_points(group=ENTRY_POINT_GROUP)}
    return sorted(shipped | installed | _registered.keys())


def _netloc(uri: str, parts: Any) -> Netloc:
    try:
        port = parts.port
    except ValueError as error:
        raise StreamError(f"event stream {uri!r} has a bad port: {error}") from None
    return Netloc(
        username=unquote(parts.username) if parts.username is not None else None,
        password=unquote(parts.password) if parts.password is not None else None,
        host=parts.hostname,
        port=port,
    )
