"""The first part of a `Pipeline`: from URIs to one ``nvstreammux``.

A URI may carry parameters of ours, which are taken out of it: ``muxer_width`` and ``muxer_height``
(pixels of what the muxer makes; of several sources the largest count) and ``num_buffers`` (frames
to take). ``test://`` is a test picture.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pythia.utils.gst import property_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pythia.types import Con, SourceUri

__all__ = [
    "PythiaMultiSource",
    "PythiaSource",
    "PythiaSourceBase",
    "PythiaTestSource",
    "clean_single_uri",
]

_OURS = ("muxer_width", "muxer_height", "num_buffers")


class PythiaSourceBase(ABC):
    """Sources and the muxer ``m`` that batches them.

    Args:
        *uris: Where the pictures come from.
        muxer_width: Width of the muxer's output in pixels, if the URIs do not say.
        muxer_height: Height of the muxer's output in pixels, if the URIs do not say.

    Raises:
        ValueError: Neither says the size, or one of the parameters is no number.
    """

    def __init__(
        self, *uris: SourceUri, muxer_width: int | None = None, muxer_height: int | None = None
    ) -> None:
        self.CONNECTIONS: Con = {}
        self.pythia_params: dict[str, Any]
        self.uris: list[SourceUri]
        self.pythia_params, self.uris = self.pop_pythia_args_from_uris(uris)
        for name, given in (("muxer_width", muxer_width), ("muxer_height", muxer_height)):
            value = given if given is not None else self.pythia_params.get(name)
            if value is None:
                raise ValueError(
                    f"the size of the muxer's pictures is not given: append ?{name}=... to the "
                    f"source {uris[0]!r}, or give {name}="
                )
            self.pythia_params[name] = value

    def __iter__(self) -> Iterator[SourceUri]:
        return iter(self.uris)

    def __len__(self) -> int:
        return len(self.uris)

    @classmethod
    def from_uris(cls, *uris: SourceUri, **size: int | None) -> PythiaSourceBase:
        """Return the kind of source that fits the URIs.

        Raises:
            ValueError: There are none, or the muxer's size is not given.
        """
        if not uris:
            raise ValueError("there is no source: give at least one URI")
        if len(uris) > 1:
            return PythiaMultiSource(*uris, **size)
        kind = PythiaTestSource if _is_test(uris[0]) else PythiaSource
        return kind(*uris, **size)

    @staticmethod
    def pop_pythia_args_from_uris(
        uris: tuple[SourceUri, ...],
    ) -> tuple[dict[str, Any], list[SourceUri]]:
        """Return the parameters of ours, the largest of each, and the URIs without them."""
        cleaned = [clean_single_uri(uri) for uri in uris]
        params: dict[str, Any] = {}
        for given, _ in cleaned:
            for name, value in given.items():
                params[name] = max(value, params.get(name, value))
        return params, [uri for _, uri in cleaned]

    @abstractmethod
    def gst(self) -> str:
        """Return the text of the sources and the muxer."""

    def _mux(self, *extra: str) -> str:
        width, height = self.pythia_params["muxer_width"], self.pythia_params["muxer_height"]
        lines = ["name=m", f"batch-size={len(self)}", *extra, f"width={width}", f"height={height}"]
        return "\n  ".join(["nvstreammux", *lines])


class PythiaSource(PythiaSourceBase):
    """One URI, decoded by ``uridecodebin``."""

    def gst(self) -> str:
        """Return the text from the URI to the muxer."""
        frames = self.pythia_params.get("num_buffers", -1)
        return f"{_decode(self.uris[0], 0, frames)}\n{self._mux()}"


class PythiaMultiSource(PythiaSourceBase):
    """Several URIs, batched by one muxer."""

    def __init__(self, *uris: SourceUri, **size: int | None) -> None:
        self._frames = [clean_single_uri(uri)[0].get("num_buffers", -1) for uri in uris]
        super().__init__(*uris, **size)

    def gst(self) -> str:
        """Return the text from all URIs to the muxer."""
        branches = [
            _test_picture(index, frames) if _is_test(uri) else _decode(uri, index, frames)
            for index, (uri, frames) in enumerate(zip(self.uris, self._frames, strict=True))
        ]
        return "\n".join([*branches, self._mux()])


class PythiaTestSource(PythiaSourceBase):
    """A test picture."""

    def gst(self) -> str:
        """Return the text from the test picture to the muxer."""
        frames = self.pythia_params.get("num_buffers", -1)
        return f"{_test_picture(0, frames)}\n{self._mux('nvbuf-memory-type=0')}"


def clean_single_uri(uri: SourceUri) -> tuple[dict[str, int], SourceUri]:
    """Return the parameters of ours in a URI, and the URI without them and otherwise unchanged.

    Raises:
        ValueError: One of them is no number.
    """
    params: dict[str, int] = {}
    for name, value in parse_qsl(urlsplit(uri).query, keep_blank_values=True):
        if name in _OURS:
            try:
                params[name] = int(value)
            except ValueError:
                raise ValueError(f"source {uri!r}: {name}={value} is no number") from None
    head, mark, rest = uri.partition("?")
    query, sharp, fragment = rest.partition("#")
    kept = [each for each in query.split("&") if each and each.partition("=")[0] not in _OURS]
    return params, head + (mark + "&".join(kept) if kept else "") + sharp + fragment


def _is_test(uri: SourceUri) -> bool:
    return uri.startswith("test:") or uri == "test"


def _decode(uri: SourceUri, index: int, frames: int) -> str:
    # Behind the queue, which takes the identity's word: a decoder would send what it has begun, and
    # the identity lets that pass. It is the buffer of that number which it replaces by the end. One
    # more may have waited for room in the queue; the second identity is for that.
    limit = f"! identity\n  eos-after={frames + 1}\n" * 2 if frames >= 0 else ""
    return f"uridecodebin\n  {property_text('uri', uri)}\n! queue\n{limit}{_into_mux(index)}"


def _test_picture(index: int, frames: int) -> str:
    return f"videotestsrc\n  num-buffers={frames}\n! queue\n{_into_mux(index)}"


def _into_mux(index: int) -> str:
    return f"! nvvideoconvert\n! video/x-raw(memory:NVMM)\n! m.sink_{index}"
