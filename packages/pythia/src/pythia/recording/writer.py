"""Writes encoded pictures to a file, in a pipeline of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pythia.exceptions import PipelineStuckError
from pythia.utils.gst import Gst, quoted
from pythia.utils.message_handlers import pipeline_error

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CONTAINERS", "ClipWriter", "parser_for"]

CONTAINERS = {".mp4": "mp4mux", ".mov": "qtmux", ".mkv": "matroskamux", ".webm": "webmmux"}
"""The muxer, by the suffix of the file."""

_PARSERS = {
    "video/x-h264": "h264parse",
    "video/x-h265": "h265parse",
    "video/x-av1": "av1parse",
    "video/x-vp8": "",
    "video/x-vp9": "",
    "video/mpeg": "",
    "image/jpeg": "",
}

_TIMEOUT_S = 10.0

_flags: Any = Gst.BufferCopyFlags
_EVERYTHING = _flags.FLAGS | _flags.TIMESTAMPS | _flags.META | _flags.MEMORY


def parser_for(caps: Any) -> str:
    """Return what goes between pictures of a format and a muxer.

    Raises:
        ValueError: They are not encoded, or of a format that is not known.
    """
    name = caps.get_structure(0).get_name() if caps is not None else "nothing"
    if name not in _PARSERS:
        raise ValueError(
            f"clips are made of encoded video, and this pad carries {name}: name an encoder, such "
            f"as x264enc. Known: {', '.join(_PARSERS)}"
        )
    return _PARSERS[name]


class ClipWriter:
    """One file. `push` may be called from a streaming thread: it does not wait for the disk.

    Attributes:
        path: The file.
        start_ns: Timestamp of the first picture.
        end_ns: Timestamp of the last picture.
    """

    def __init__(self, path: Path, caps: Any) -> None:
        self.path = path
        self.start_ns: int = 0
        self.end_ns: int = 0
        self._offset_ns: int | None = None
        parser = parser_for(caps)
        pipeline: Any = Gst.parse_launch(
            f"appsrc name=clip format=time {f'! {parser} ' if parser else ''}"
            f"! {CONTAINERS[path.suffix]} ! filesink location={quoted(str(path))}"
        )
        self._pipeline = pipeline
        self._source = pipeline.get_by_name("clip")
        self._source.set_property("caps", caps)
        self._source.set_property("max-bytes", 0)
        self._pipeline.set_state(Gst.State.PLAYING)

    def push(self, buffer: Any) -> None:
        """Add a picture. Times are shifted so that the file begins at 0."""
        times = [each for each in (buffer.dts, buffer.pts) if each != Gst.CLOCK_TIME_NONE]
        if self._offset_ns is None:
            self._offset_ns = min(times)
            self.start_ns = buffer.pts
        self.end_ns = max(self.end_ns, buffer.pts)
        # Shares the data. Not copy(): in PyGObject that is another reference to the same buffer.
        copy = buffer.copy_region(_EVERYTHING, 0, buffer.get_size())
        copy.pts = buffer.pts - self._offset_ns
        if buffer.dts != Gst.CLOCK_TIME_NONE:
            copy.dts = max(0, buffer.dts - self._offset_ns)
        self._source.emit("push-buffer", copy)

    def close(self) -> None:
        """Complete the file.

        Raises:
            PipelineError: It could not be written.
            PipelineStuckError: It took too long.
        """
        self._source.emit("end-of-stream")
        message = self._pipeline.get_bus().timed_pop_filtered(
            int(_TIMEOUT_S * Gst.SECOND), Gst.MessageType.EOS | Gst.MessageType.ERROR
        )
        self._pipeline.set_state(Gst.State.NULL)
        if message is None:
            raise PipelineStuckError(f"{self.path} was not complete after {_TIMEOUT_S:g} s")
        if message.type == Gst.MessageType.ERROR:
            raise pipeline_error(message, playing=True)
