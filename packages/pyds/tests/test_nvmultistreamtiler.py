"""nvmultistreamtiler: every source in its tile, and its objects where the tile is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import pyds
from packages.pyds.tests.pipelines import Gst, PipelineError, run, wait

GREYS = (0xFF404040, 0xFF808080, 0xFFC0C0C0, 0xFFFFFFFF)
SIZE = (320, 240)


@dataclass
class Tiled:
    """One mosaic and the plain facts of its only frame."""

    picture: npt.NDArray[np.uint8]
    frame: dict[str, int]
    boxes: dict[int, tuple[float, float, float, float]]  # by class id
    origins: dict[int, tuple[int, int]]  # source and frame number, by class id


def grey(source: int, frames: int = 2) -> str:
    return (
        f"videotestsrc num-buffers={frames} pattern=solid-color foreground-color={GREYS[source]} ! "
        f"video/x-raw,width={SIZE[0]},height={SIZE[1]},framerate=25/1 ! mux.sink_{source}"
    )


def tile(properties: str, sources: tuple[int, ...], memory: str = "NV12") -> list[Tiled]:
    """Runs grey sources, each with an object whose class is the source, through the tiler."""
    pipeline: Any = Gst.parse_launch(
        f"nvstreammux name=mux width={SIZE[0]} height={SIZE[1]} batch-size={len(sources)} ! "
        f"video/x-raw(memory:NVMM),format={memory} ! "
        f"nvmultistreamtiler name=tiler {properties} ! fakesink name=sink sync=false "
        + " ".join(grey(source) for source in sources)
    )
    found: list[Tiled] = []
    errors: list[BaseException] = []

    def add_objects(batch: Any) -> None:
        for frame in batch.frames:
            box = pyds.nvds_acquire_obj_meta_from_pool(batch)
            rect = box.rect_params
            rect.left, rect.top, rect.width, rect.height = 80, 60, 160, 120
            box.class_id = frame.source_id
            pyds.nvds_add_obj_meta_to_frame(frame, box, None)

    def look(_pad: Any, info: Any) -> Any:
        try:
            buffer = info.get_buffer()
            (frame,) = pyds.gst_buffer_get_nvds_batch_meta(hash(buffer)).frames
            objects = list(frame.objects)
            found.append(
                Tiled(
                    pyds.frame(buffer, 0).to_rgb().copy(),
                    {
                        name: getattr(frame, name)
                        for name in ("source_id", "pad_index", "batch_id", "frame_num")
                    },
                    {
                        o.class_id: tuple(
                            getattr(o.rect_params, n) for n in ("left", "top", "width", "height")
                        )
                        for o in objects
                    },
                    {o.class_id: tuple(int(v) for v in o.reserved[:2]) for o in objects},
                )
            )
        except BaseException as error:
            errors.append(error)
        return Gst.PadProbeReturn.OK

    tiler = pipeline.get_by_name("tiler")
    pyds.add_probe(tiler.get_static_pad("sink"), add_objects, on_error=errors.append)
    tiler.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    if errors:
        raise errors[0]
    return found


def level(tiled: Tiled, x: int, y: int) -> int:
    return int(tiled.picture[y, x].mean())


@pytest.mark.parametrize("memory", ["NV12", "I420", "RGBA"])
def test_each_source_fills_its_tile_and_missing_ones_are_black(memory: str) -> None:
    mosaics = tile("rows=2 columns=2 width=400 height=200", (0, 1, 3), memory)
    assert len(mosaics) == 2
    for mosaic in mosaics:
        assert mosaic.picture.shape == (200, 400, 3)
        for source, (x, y) in enumerate([(100, 50), (300, 50), (100, 150), (300, 150)]):
            expected = 0 if source == 2 else GREYS[source] & 0xFF
            assert abs(level(mosaic, x, y) - expected) <= 2
        assert abs(level(mosaic, 199, 50) - 0x40) <= 2
        assert abs(level(mosaic, 201, 50) - 0x80) <= 2


def test_objects_of_all_sources_lie_in_one_frame() -> None:
    first, second = tile("rows=2 columns=2 width=640 height=480", (0, 1, 2, 3))
    assert first.frame == {"source_id": 0, "pad_index": 0, "batch_id": 0, "frame_num": 0}
    assert second.frame["frame_num"] == 1
    assert first.boxes == {
        0: (80, 60, 160, 120),
        1: (400, 60, 160, 120),
        2: (80, 300, 160, 120),
        3: (400, 300, 160, 120),
    }


def test_objects_say_which_source_and_frame_they_come_from() -> None:
    _, second = tile("rows=1 columns=2 width=640 height=240", (0, 1))
    assert second.origins == {0: (0, 1), 1: (1, 1)}


def test_show_source_shows_one_as_large_as_the_mosaic() -> None:
    mosaics = tile("rows=2 columns=2 width=640 height=480 show-source=1", (0, 1))
    for mosaic in mosaics:
        assert abs(level(mosaic, 10, 10) - 0x80) <= 2
        assert abs(level(mosaic, 630, 470) - 0x80) <= 2
        assert mosaic.boxes == {1: (160, 120, 320, 240)}


def test_square_grid_has_no_gaps_for_absent_sources() -> None:
    *_, last = tile("square-seq-grid=true width=400 height=400", (1, 3))
    assert abs(level(last, 100, 100) - 0x80) <= 2
    assert abs(level(last, 300, 100) - 0xFF) <= 2
    assert level(last, 100, 300) <= 2


def test_source_beyond_the_grid_is_left_out_with_its_objects() -> None:
    for mosaic in tile("rows=1 columns=1 width=320 height=240", (0, 1)):
        assert set(mosaic.boxes) == {0}


def test_size_changes_while_playing() -> None:
    pipeline: Any = Gst.parse_launch(
        "nvstreammux name=mux width=320 height=240 batch-size=1 ! "
        "nvmultistreamtiler name=tiler width=320 height=240 ! fakesink name=sink sync=false "
        + grey(0, 6)
    )
    tiler = pipeline.get_by_name("tiler")
    sizes: list[tuple[int, ...]] = []

    def look(pad: Any, info: Any) -> Any:
        sizes.append(pyds.frame(info.get_buffer(), 0).to_rgb().shape)
        if len(sizes) == 3:
            tiler.set_property("width", 200)
        return Gst.PadProbeReturn.OK

    tiler.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert sizes == [(240, 320, 3)] * 3 + [(240, 200, 3)] * 3


def test_times_of_mosaics_grow_where_those_of_batches_do_not() -> None:
    pipeline: Any = Gst.parse_launch(
        "nvstreammux name=mux width=320 height=240 batch-size=1 ! nvmultistreamtiler name=tiler "
        "width=320 height=240 ! fakesink sync=false " + grey(0, 4)
    )
    tiler = pipeline.get_by_name("tiler")
    times: list[int] = []

    def stop_time(_pad: Any, info: Any) -> Any:
        info.get_buffer().pts = 80 * Gst.MSECOND
        return Gst.PadProbeReturn.OK

    def look(_pad: Any, info: Any) -> Any:
        times.append(info.get_buffer().pts)
        return Gst.PadProbeReturn.OK

    tiler.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, stop_time)
    tiler.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert times == [(80 + n) * Gst.MSECOND for n in range(4)]


def test_frame_outside_a_batch_is_refused_with_advice() -> None:
    with pytest.raises(PipelineError, match="nvstreammux"):
        run("videotestsrc num-buffers=1 ! nvvideoconvert ! nvmultistreamtiler ! fakesink")
