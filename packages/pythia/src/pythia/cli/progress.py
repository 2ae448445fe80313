"""The progress line of a terminal: position, frames and objects per second.

Only on stderr, only when that is a terminal, and never while events are written to a terminal: what
programs read is never mixed with what people read.
"""

from __future__ import annotations

import logging
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

from pythia.applications.probes import ProbeHandle
from pythia.utils.ds import import_pyds
from pythia.utils.gst import Gst, gst_iter

if TYPE_CHECKING:
    from pythia.applications.base import BaseApplication

__all__ = ["ProgressLine", "StderrHandler"]

_INTERVAL_S = 0.5
_CLEAR = "\r\x1b[K"
# What writes or refines objects, so that what leaves it is worth counting.
_ANALYTICS = ("nvinfer", "nvtracker", "nvdsanalytics")


class ProgressLine:
    """Shows how far a running application is. All methods but the probes' run in its loop's thread.

    Args:
        app: The application.
        is_shown: Whether there is a line at all.
    """

    def __init__(self, app: BaseApplication, *, is_shown: bool) -> None:
        self._app = app
        self.is_shown: bool = is_shown
        self._counter: ProbeHandle | None = None
        self._frames = self._objects = 0
        self._last = (0.0, 0, 0)
        self._has_line = False

    def start(self) -> None:
        """Show the line from now on, twice a second."""
        if self.is_shown:
            self._last = (time.monotonic(), 0, 0)
            self._schedule()

    def stop(self) -> None:
        """Take the line away for good."""
        if self._counter is not None:
            self._counter.remove()
        self.clear()
        self.is_shown = False

    def clear(self) -> None:
        """Take the line away until it is drawn again, to make room for other text."""
        if self._has_line:
            self._has_line = False
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()

    def _schedule(self) -> None:
        loop = self._app.loop
        if loop is not None and self.is_shown:
            loop.call_later(_INTERVAL_S, self._tick)

    def _tick(self) -> None:
        if self._counter is None:
            self._counter = self._attach_counter()
        text = self._text()
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(_CLEAR + text[:width])
        sys.stderr.flush()
        self._has_line = True
        self._schedule()

    def _text(self) -> str:
        now, frames, objects = time.monotonic(), self._frames, self._objects
        before, frames_before, objects_before = self._last
        self._last = (now, frames, objects)
        elapsed = max(now - before, 1e-6)
        parts = [self._position()]
        if self._counter is not None:
            parts.append(f"{(frames - frames_before) / elapsed:.1f} fps")
        if objects:
            parts.append(f"{(objects - objects_before) / elapsed:.0f} objects/s")
        return "  ".join(part for part in parts if part)

    def _position(self) -> str:
        pipeline = self._app.pipeline.pipeline
        has_position, position = pipeline.query_position(Gst.Format.TIME)
        has_duration, duration = pipeline.query_duration(Gst.Format.TIME)
        if not has_position:
            return "starting"
        if has_duration and duration > 0:
            percent = min(100, round(100 * position / duration))
            return f"{_clock(position)} / {_clock(duration)}  {percent} %"
        return _clock(position)

    def _attach_counter(self) -> ProbeHandle | None:
        # Elements in order from the sinks to the sources: the last analytics element comes first.
        elements = list(gst_iter(self._app.pipeline.iterate_sorted()))
        if import_pyds() is not None:
            for element in elements:
                factory = element.get_factory()
                if factory is not None and factory.get_name().startswith(_ANALYTICS):
                    return self._probe(element, "src", self._count_batch)
        for element in elements:
            pad = element.get_static_pad("sink")
            caps = pad.get_current_caps() if pad is not None else None
            if caps is not None and caps.get_structure(0).get_name() == "video/x-raw":
                return self._probe(element, "sink", self._count_buffer)
        return None

    def _probe(self, element: Any, pad_name: str, function: Any) -> ProbeHandle:
        return ProbeHandle(
            element, pad_name, function, on_error="ignore", on_failure=lambda error: None
        )

    def _count_batch(self, batch_meta: Any) -> None:
        self._frames += batch_meta.num_frames_in_batch
        cast = import_pyds().NvDsFrameMeta.cast  # type: ignore[union-attr]
        node = batch_meta.frame_meta_list
        while node is not None:
            self._objects += cast(node.data).num_obj_meta
            node = node.next

    def _count_buffer(self, pad: Any, info: Any) -> None:
        self._frames += 1


class StderrHandler(logging.Handler):
    """Writes log records to stderr, above the progress line.

    Attributes:
        progress: The line, once there is one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.progress: ProgressLine | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            if self.progress is not None:
                self.progress.clear()
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def _clock(nanoseconds: int) -> str:
    minutes, seconds = divmod(nanoseconds // Gst.SECOND, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
