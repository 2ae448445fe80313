"""Gives frames that Debian 12's ``avenc_mpeg4`` encodes their times back.

With FFmpeg 5.1.9 that element of GStreamer 1.22 loses the times of all frames, and ``qtmux``, which
DeepStream's optical flow application writes its file with, refuses frames without. It encodes
without B-frames unless told otherwise, so frames leave it in the order in which they came.
"""

from __future__ import annotations

from collections import deque
from typing import Any

_NONSENSE_NS = 1 << 62


def _watch(encoder: Any, gst: Any) -> None:
    running_times: deque[int] = deque()

    def segment(pad: Any) -> Any:  # the encoder's output has one of its own
        return pad.get_sticky_event(gst.EventType.SEGMENT, 0).parse_segment()

    def enters(pad: Any, info: Any) -> Any:
        pts = info.get_buffer().pts
        running_times.append(segment(pad).to_running_time(gst.Format.TIME, pts))
        return gst.PadProbeReturn.OK

    def leaves(pad: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        time = running_times.popleft() if running_times else gst.CLOCK_TIME_NONE
        if buffer.pts >= _NONSENSE_NS:
            time = segment(pad).position_from_running_time(gst.Format.TIME, time)
            buffer.pts = buffer.dts = time
        return gst.PadProbeReturn.OK

    for name, probe in (("sink", enters), ("src", leaves)):
        encoder.get_static_pad(name).add_probe(gst.PadProbeType.BUFFER, probe)


def install() -> None:
    """Watch every such encoder that ``Gst.ElementFactory.make`` makes from now on."""
    import gi

    gi.require_version("Gst", "1.0")
    from gi.repository import Gst

    factory: Any = Gst.ElementFactory
    make = factory.make

    def make_watched(factory_name: str, name: str | None = None) -> Any:
        element = make(factory_name, name)
        if factory_name == "avenc_mpeg4" and element is not None:
            _watch(element, Gst)
        return element

    factory.make = staticmethod(make_watched)
