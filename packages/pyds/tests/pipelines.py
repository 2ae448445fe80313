"""Runs pipelines for the element tests and looks at the frames that come out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gi
import numpy as np
import numpy.typing as npt
import pytest

gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstVideo

Gst.init(None)

import pyds  # noqa: F401  registers the elements

TIMEOUT_NS = 200 * Gst.SECOND
DATA = Path(os.environ.get("PYTHIA_TEST_DATA", Path(__file__).parents[4] / "shared/data"))
needs_data = pytest.mark.skipif(
    not (DATA / "videos").is_dir(), reason=f"no test data in {DATA}; set PYTHIA_TEST_DATA"
)

Planes = dict[str, npt.NDArray[np.uint8]]
CHANNELS = {"RGB": 3, "BGR": 3, "GRAY8": 1}


class PipelineError(Exception):
    """The text and the debug text of an error message on the bus."""


@contextmanager
def playing(description: str) -> Iterator[Any]:
    """A pipeline in PLAYING that is shut down at the end."""
    pipeline = Gst.parse_launch(description)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        yield pipeline
    finally:
        pipeline.set_state(Gst.State.NULL)


def wait(pipeline: Any, kinds: Any = Gst.MessageType.EOS) -> Any:
    """The next message of these kinds; errors raise, and so does a pipeline that hangs."""
    message = pipeline.get_bus().timed_pop_filtered(TIMEOUT_NS, kinds | Gst.MessageType.ERROR)
    assert message is not None, "the pipeline hangs"
    if message.type == Gst.MessageType.ERROR:
        error, debug = message.parse_error()
        raise PipelineError(f"{error.message}\n{debug}")
    return message


def run(description: str) -> None:
    """Plays to the end of the stream."""
    with playing(description) as pipeline:
        wait(pipeline)


def planes_of(sample: Any) -> Planes:
    """Copies the planes of a system-memory sample: `y u v`, `y uv` or `pixels`, without padding."""
    info = GstVideo.VideoInfo.new_from_caps(sample.get_caps())
    buffer = sample.get_buffer()
    meta = GstVideo.buffer_get_video_meta(buffer)
    strides = meta.stride if meta else info.stride
    offsets = meta.offset if meta else info.offset
    width, height = info.width, info.height
    half_width, half_height = (width + 1) // 2, (height + 1) // 2
    name = info.finfo.name
    if name == "I420":
        layout = {"y": (width, height), "u": (half_width, half_height)}
        layout["v"] = layout["u"]
    elif name == "NV12":
        layout = {"y": (width, height), "uv": (2 * half_width, half_height)}
    else:
        layout = {"pixels": (width * CHANNELS.get(name, 4), height)}
    there, mapped = buffer.map(Gst.MapFlags.READ)
    assert there
    try:
        data = np.frombuffer(mapped.data, np.uint8)
        planes = {}
        for index, (plane, (row_bytes, rows)) in enumerate(layout.items()):
            view = np.lib.stride_tricks.as_strided(
                data[offsets[index] :], (rows, row_bytes), (strides[index], 1)
            )
            planes[plane] = view.copy()
    finally:
        buffer.unmap(mapped)
    if "pixels" in planes and name != "GRAY8":
        planes["pixels"] = planes["pixels"].reshape(height, width, -1)
    return planes


def samples(description: str) -> list[Any]:
    """Every sample that reaches the end of a pipeline description."""
    found = []
    with playing(f"{description} ! appsink name=out sync=false") as pipeline:
        sink = pipeline.get_by_name("out")
        wait(pipeline, Gst.MessageType.ASYNC_DONE)  # or the error that keeps samples from coming
        while (sample := sink.emit("try-pull-sample", TIMEOUT_NS)) is not None:
            found.append(sample)
        wait(pipeline)
    return found


def first_frame(description: str) -> Planes:
    """The planes of the first frame."""
    return planes_of(samples(description)[0])


def caps_at(pipeline: Any, element: str, pad: str) -> Any:
    """The first structure and the features of the current caps of a pad."""
    caps = pipeline.get_by_name(element).get_static_pad(pad).get_current_caps()
    assert caps is not None, f"no caps on {element}.{pad}"
    return caps
