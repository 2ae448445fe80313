"""Paths of the samples and a look into media files, for the tests across packages."""

from __future__ import annotations

from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import Gst, GstPbutils

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLES = Path("/opt/nvidia/deepstream/deepstream/samples")
PGIE_CONFIG = SAMPLES / "configs/deepstream-app/config_infer_primary.txt"
CLIP = SAMPLES / "streams/sample_720p.mp4"


def video_frames(path: Path) -> int:
    """Decodes a video to its end and counts its frames; an unplayable file raises."""
    pipeline = Gst.parse_launch(
        f'filesrc location="{path}" ! qtdemux ! h264parse ! avdec_h264 ! fakesink name=sink'
    )
    frames = 0

    def count(_pad, _info):
        nonlocal frames
        frames += 1
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name("sink").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, count)
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
    )
    pipeline.set_state(Gst.State.NULL)
    if message is None or message.type != Gst.MessageType.EOS:
        raise AssertionError(
            f"{path} does not play to its end: {message and message.parse_error()}"
        )
    return frames


def video_size(path: Path) -> tuple[int, int]:
    """Width and height of the first video stream, in pixels."""
    info = GstPbutils.Discoverer.new(60 * Gst.SECOND).discover_uri(path.as_uri())
    stream = info.get_video_streams()[0]
    return stream.get_width(), stream.get_height()
