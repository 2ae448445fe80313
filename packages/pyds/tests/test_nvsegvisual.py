"""nvsegvisual: the class of each pixel in its colour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pyds
from packages.pyds.tests.inference_support import PATTERN
from packages.pyds.tests.pipelines import Gst, PipelineError, planes_of, run, samples, wait
from packages.pyds.tests.segmentation import BALL, brightness_config, segment

#: Of no class, then of classes 0 (dark), 1 and 2 (bright).
COLOURS = np.array([[0, 0, 0, 255], [128, 0, 0, 255], [0, 128, 0, 255], [128, 128, 0, 255]])
TO_RGBA = "nvvideoconvert ! video/x-raw,format=RGBA"


def show(config: Path, properties: str = "width=64 height=48", source: str = BALL) -> Any:
    """The first picture that comes out, (height, width, 4)."""
    pipeline = f"{source} nvinfer config-file-path={config} ! nvsegvisual {properties} ! {TO_RGBA}"
    return planes_of(samples(pipeline)[0])["pixels"]


def first_map(config: Path) -> NDArray[np.int32]:
    return segment(config, BALL)[0][0]


def test_each_class_has_its_colour_and_no_class_is_black(tmp_path: Path) -> None:
    config = brightness_config(tmp_path, segmentation_threshold=0.95)
    classes = first_map(config)
    assert set(np.unique(classes)) >= {-1, 0, 2}
    assert np.array_equal(show(config), COLOURS[classes + 1])


def test_the_map_is_stretched_over_the_size_asked_for(tmp_path: Path) -> None:
    config = brightness_config(tmp_path)
    picture = show(config, "width=128 height=96")
    expected = COLOURS[first_map(config) + 1].repeat(2, axis=0).repeat(2, axis=1)
    assert np.array_equal(picture, expected)
    assert show(config, "").shape == (720, 1280, 4)


def test_over_the_picture_the_background_stays_as_it_is(tmp_path: Path) -> None:
    config = brightness_config(tmp_path)
    plain = planes_of(samples(f"{BALL} {TO_RGBA}")[0])["pixels"]
    picture = show(config, "width=64 height=48 original-background=1 alpha=0.5 class-id=0")
    classes = first_map(config)
    assert np.array_equal(picture[classes == 0], plain[classes == 0])
    half = (plain[classes == 2].astype(int) + COLOURS[3]) // 2
    assert np.abs(picture[classes == 2].astype(int) - half)[:, :3].max() <= 1


def test_only_the_network_asked_for_is_shown(tmp_path: Path) -> None:
    config = brightness_config(tmp_path, gie_unique_id=3)
    shown = show(config, "width=64 height=48 operate-on-seg-meta-id=3")
    assert np.array_equal(shown, show(config))
    other = show(config, "width=64 height=48 operate-on-seg-meta-id=4")
    assert (other == COLOURS[0]).all()


def test_every_frame_of_a_batch_shows_its_own_classes_and_moves_its_objects(tmp_path: Path) -> None:
    white = PATTERN.format(frames=2, pattern="white").replace("batch-size=1", "batch-size=2")
    black = "videotestsrc num-buffers=2 pattern=black ! video/x-raw,width=64,height=48 ! mux.sink_1"
    config = brightness_config(tmp_path, batch_size=2)
    pipeline: Any = Gst.parse_launch(
        f"{white} nvinfer config-file-path={config} ! nvsegvisual name=show batch-size=2 width=32 "
        f"height=24 ! fakesink name=sink {black}"
    )
    seen: list[dict[int, Any]] = []

    def add_objects(batch: Any) -> None:
        for frame in batch.frames:
            box = pyds.nvds_acquire_obj_meta_from_pool(batch)
            rect = box.rect_params
            rect.left, rect.top, rect.width, rect.height = 16, 8, 32, 16
            pyds.nvds_add_obj_meta_to_frame(frame, box, None)

    def look(_pad: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        batch = pyds.gst_buffer_get_nvds_batch_meta(hash(buffer))
        found = {}
        for frame in batch.frames:
            (box,) = frame.objects
            pixels = np.array(pyds.get_nvds_buf_surface(hash(buffer), frame.batch_id))
            rect = box.rect_params
            place = (rect.left, rect.top, rect.width, rect.height)
            found[frame.source_id] = (pixels.shape, tuple(pixels[12, 16]), place)
        seen.append(found)
        return Gst.PadProbeReturn.OK

    pyds.add_probe(pipeline.get_by_name("show").get_static_pad("sink"), add_objects)
    sink = pipeline.get_by_name("sink").get_static_pad("sink")
    sink.add_probe(Gst.PadProbeType.BUFFER, look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    place = (8, 4, 16, 8)
    both = {
        0: ((24, 32, 4), tuple(COLOURS[3]), place),
        1: ((24, 32, 4), tuple(COLOURS[1]), place),
    }
    assert both in seen


def test_without_a_class_map_the_picture_is_black_or_the_original() -> None:
    plain = planes_of(samples(f"{BALL} {TO_RGBA}")[0])["pixels"]
    visual = f"{BALL} nvsegvisual width=64 height=48"
    shown = planes_of(samples(f"{visual} ! {TO_RGBA}")[0])["pixels"]
    assert (shown == COLOURS[0]).all()
    shown = planes_of(samples(f"{visual} original-background=1 ! {TO_RGBA}")[0])["pixels"]
    assert np.array_equal(shown, plain)


def test_buffers_without_batch_metadata_are_refused() -> None:
    with pytest.raises(PipelineError, match="nvstreammux and nvinfer in front"):
        run(
            "videotestsrc num-buffers=2 ! nvvideoconvert ! "
            "video/x-raw(memory:NVMM),format=NV12 ! nvsegvisual ! fakesink"
        )
