"""H.264 in and out through GStreamer, so that nobody needs another encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gi
import numpy as np

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import Gst, GstApp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

assert GstApp  # its import gives appsrc and appsink their methods
Gst.init(None)


class VideoError(RuntimeError):
    """Encoding or decoding failed; the message holds GStreamer's own words."""


class Mp4Writer:
    """Writes RGB frames to an H.264 mp4 file: a context manager."""

    def __init__(
        self, path: Path, width: int, height: int, fps: int, bitrate_kbps: int, preset: str = "slow"
    ) -> None:
        """Open ``path`` for frames of one size; ``preset`` is x264's speed preset."""
        self._frame_ns = Gst.SECOND // fps
        self._count = 0
        self._pipeline = _launch(
            f"appsrc name=source format=time max-buffers=4 block=true "
            f"caps=video/x-raw,format=RGB,width={width},height={height},framerate={fps}/1 "
            f"! videoconvert ! video/x-raw,format=I420,colorimetry=bt709 "
            f"! x264enc bitrate={bitrate_kbps} speed-preset={preset} "
            f"key-int-max={2 * fps} bframes=2 "
            f"! video/x-h264,profile=high ! h264parse ! mp4mux faststart=true "
            f"! filesink name=sink"
        )
        self._pipeline.get_by_name("sink").set_property("location", str(path))
        self._source = self._pipeline.get_by_name("source")
        self._pipeline.set_state(Gst.State.PLAYING)

    def write(self, rgb: NDArray[np.uint8]) -> None:
        """Append one frame, (height, width, 3) uint8."""
        buffer = Gst.Buffer.new_wrapped(rgb.tobytes())
        buffer.pts = self._count * self._frame_ns
        buffer.duration = self._frame_ns
        self._count += 1
        if self._source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
            _raise_error(self._pipeline, "encoding")

    def close(self) -> None:
        """Finish the file; waits until it is whole."""
        self._source.emit("end-of-stream")
        message = self._pipeline.get_bus().timed_pop_filtered(
            120 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
        )
        self._pipeline.set_state(Gst.State.NULL)
        if message is None or message.type == Gst.MessageType.ERROR:
            detail = message.parse_error()[0].message if message else "no end of stream in 120 s"
            raise VideoError(f"encoding failed: {detail}")

    def __enter__(self) -> Mp4Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._pipeline.set_state(Gst.State.NULL)


def read_frames(path: Path, size: tuple[int, int] | None = None) -> Iterator[NDArray[np.uint8]]:
    """RGB frames of a video file, (height, width, 3); ``size`` is (width, height) to scale to."""
    scaled = f",width={size[0]},height={size[1]}" if size else ""
    pipeline = _launch(
        "filesrc name=source ! decodebin ! videoconvert ! videoscale add-borders=false "
        f"! video/x-raw,format=RGB,pixel-aspect-ratio=1/1{scaled} "
        "! appsink name=sink sync=false max-buffers=4"
    )
    pipeline.get_by_name("source").set_property("location", str(path))
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    try:
        while True:
            sample = sink.emit("pull-sample")
            if sample is None:
                break
            yield _pixels(sample)
        error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        if error is not None:
            raise VideoError(f"decoding {path} failed: {error.parse_error()[0].message}")
    finally:
        pipeline.set_state(Gst.State.NULL)


def _launch(description: str) -> Any:
    # A whole pipeline has the methods of Gst.Bin, which the stubs do not know.
    return Gst.parse_launch(description)


def _pixels(sample: Any) -> NDArray[np.uint8]:
    structure = sample.get_caps().get_structure(0)
    width, height = structure.get_value("width"), structure.get_value("height")
    buffer = sample.get_buffer()
    data = np.frombuffer(buffer.extract_dup(0, buffer.get_size()), np.uint8)
    pitch = len(data) // height  # rows of RGB are padded to four bytes
    return np.ascontiguousarray(data.reshape(height, pitch)[:, : width * 3]).reshape(
        height, width, 3
    )


def _raise_error(pipeline: Any, action: str) -> None:
    message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
    detail = message.parse_error()[0].message if message else "the pipeline stopped taking frames"
    raise VideoError(f"{action} failed: {detail}")
