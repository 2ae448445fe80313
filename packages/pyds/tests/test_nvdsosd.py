"""nvdsosd: draws the metadata of each frame into its picture, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import pyds
from packages.pyds.tests.pipelines import Gst, playing, wait

Pixels = npt.NDArray[np.uint8]
RGB_OF_RED = (255, 0, 0)
SOURCE = "videotestsrc num-buffers={n} pattern=black ! video/x-raw,width=320,height=240"
MUX = "nvstreammux name=m width=320 height=240 batch-size=4"


def pictures(
    description: str, decorate: Callable[[Any, Any], None], *, element: str = "osd"
) -> list[list[Pixels]]:
    """Runs a pipeline and returns the pictures (RGB) of each batch behind the element.

    `decorate(batch_meta, frame_meta)` is called for each frame in front of it.
    """
    pipeline: Any = Gst.parse_launch(description)
    found: list[list[Pixels]] = []
    problems: list[Exception] = []

    def before(_pad: Any, info: Any) -> Any:
        try:
            batch: Any = pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer()))
            for frame in batch.frames:
                decorate(batch, frame)
        except Exception as problem:
            problems.append(problem)
        return Gst.PadProbeReturn.OK

    def after(_pad: Any, info: Any) -> Any:
        try:
            buffer = info.get_buffer()
            batch: Any = pyds.gst_buffer_get_nvds_batch_meta(hash(buffer))
            found.append([pyds.frame(buffer, frame.batch_id).to_rgb() for frame in batch.frames])
        except Exception as problem:
            problems.append(problem)
        return Gst.PadProbeReturn.OK

    osd = pipeline.get_by_name(element)
    osd.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, before)
    osd.get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, after)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert not problems, problems
    return found


def add_box(batch: Any, frame: Any, left: float, top: float, width: float, height: float) -> Any:
    box = pyds.nvds_acquire_obj_meta_from_pool(batch)
    rect = box.rect_params
    rect.left, rect.top, rect.width, rect.height = left, top, width, height
    rect.border_width = 4
    rect.border_color.set(1.0, 0.0, 0.0, 1.0)
    pyds.nvds_add_obj_meta_to_frame(frame, box, None)
    return box


def is_red(pixel: Pixels) -> bool:
    return bool(np.all(np.abs(pixel.astype(int) - RGB_OF_RED) <= 6))


@pytest.mark.parametrize("memory", ["NV12", "I420", "RGBA"])
@pytest.mark.parametrize("mode", [0, 1])
def test_draws_boxes_in_every_format_and_mode(memory: str, mode: int) -> None:
    [[picture]] = pictures(
        f"{SOURCE.format(n=1)} ! m.sink_0 {MUX} ! video/x-raw(memory:NVMM),format={memory} ! "
        f"nvdsosd name=osd process-mode={mode} ! fakesink",
        lambda batch, frame: add_box(batch, frame, 100, 60, 80, 40),
    )
    assert is_red(picture[80, 100])
    assert is_red(picture[80, 179])
    assert is_red(picture[60, 140])
    assert is_red(picture[99, 140])
    assert not picture[80, 140].any()
    assert not picture[80, 90].any()


def test_each_frame_gets_its_own_drawing() -> None:
    [found] = pictures(
        f"{SOURCE.format(n=1)} ! m.sink_0 {SOURCE.format(n=1)} ! m.sink_1 "
        f"{SOURCE.format(n=1)} ! m.sink_2 {MUX} sort-batch=true ! nvdsosd name=osd ! fakesink",
        lambda batch, frame: add_box(batch, frame, 20 + 100 * frame.source_id, 50, 40, 40),
    )
    for source, picture in enumerate(found):
        for other in range(3):
            assert is_red(picture[70, 20 + 100 * other]) == (other == source)


@pytest.mark.parametrize("shown", ["display-bbox", "display-text", "display-mask"])
def test_what_is_switched_off_is_not_drawn(shown: str) -> None:
    def decorate(batch: Any, frame: Any) -> None:
        box = add_box(batch, frame, 100, 60, 80, 80)
        box.text_params.display_text = "label"
        box.text_params.x_offset, box.text_params.y_offset = 10, 10
        box.text_params.font_params.font_color.set(1.0, 1.0, 1.0, 1.0)
        mask = box.mask_params
        mask.width = mask.height = 4
        mask.size = 4 * mask.width * mask.height
        mask.threshold = 0.5
        mask.alloc_mask_array()[:] = 1

    description = f"{SOURCE.format(n=1)} ! m.sink_0 {MUX} ! nvdsosd name=osd {{}} ! fakesink"
    [[everything]] = pictures(description.format(""), decorate)
    [[rest]] = pictures(description.format(f"{shown}=false"), decorate)
    place = {
        "display-bbox": np.s_[90:110, 98:100],  # outside the mask
        "display-text": np.s_[10:30, 10:60],
        "display-mask": np.s_[90:110, 130:150],
    }
    for name, area in place.items():
        assert everything[area].any()
        assert rest[area].any() == (name != shown)


def test_display_meta_draws_every_kind() -> None:
    def decorate(batch: Any, frame: Any) -> None:
        display = pyds.nvds_acquire_display_meta_from_pool(batch)
        display.num_lines = display.num_arrows = display.num_circles = 1
        display.num_rects = display.num_labels = 1
        line, arrow = display.line_params[0], display.arrow_params[0]
        line.x1, line.y1, line.x2, line.y2, line.line_width = 10, 200, 60, 200, 3
        line.line_color.set(1.0, 0.0, 0.0, 1.0)
        arrow.x1, arrow.y1, arrow.x2, arrow.y2, arrow.arrow_width = 80, 200, 140, 200, 3
        arrow.arrow_color.set(1.0, 0.0, 0.0, 1.0)
        circle = display.circle_params[0]
        circle.xc, circle.yc, circle.radius, circle.circle_width = 200, 200, 20, 4
        circle.circle_color.set(1.0, 0.0, 0.0, 1.0)
        rect = display.rect_params[0]
        rect.left, rect.top, rect.width, rect.height = 250, 180, 30, 30
        rect.has_bg_color = 1
        rect.bg_color.set(1.0, 0.0, 0.0, 1.0)
        label = display.text_params[0]
        label.display_text = "Frame 0"
        label.x_offset, label.y_offset = 20, 20
        label.font_params.font_name = "Serif"
        label.font_params.font_size = 12
        label.font_params.font_color.set(1.0, 0.0, 0.0, 1.0)
        pyds.nvds_add_display_meta_to_frame(frame, display)

    [[picture]] = pictures(
        f"{SOURCE.format(n=1)} ! m.sink_0 {MUX} ! video/x-raw(memory:NVMM),format=RGBA ! "
        "nvdsosd name=osd ! fakesink",
        decorate,
    )
    assert is_red(picture[200, 30])
    assert is_red(picture[200, 110])
    assert is_red(picture[200, 220])
    assert is_red(picture[195, 265])
    assert (picture[20:40, 20:80, 0] > 200).sum() > 30


def test_clock_is_drawn_in_its_color_at_its_place() -> None:
    [[picture]] = pictures(
        f"{SOURCE.format(n=1)} ! m.sink_0 {MUX} ! video/x-raw(memory:NVMM),format=RGBA ! "
        "nvdsosd name=osd display-clock=true x-clock-offset=50 y-clock-offset=100 "
        "clock-color=0xff0000ff ! fakesink",
        lambda _batch, _frame: None,
    )
    assert (picture[100:125, 50:260, 0] > 200).sum() > 100
    assert not picture[..., 1].any()
    assert not picture[:100].any()


def test_tee_branches_do_not_see_each_others_drawing() -> None:
    pipeline: Any = Gst.parse_launch(
        f"{SOURCE.format(n=5)} ! m.sink_0 {MUX} ! tee name=t "
        "t. ! queue ! nvdsosd name=osd ! fakesink name=drawn sync=false async=false "
        "t. ! queue ! fakesink name=plain sync=false async=false"
    )
    found: dict[str, list[Pixels]] = {"drawn": [], "plain": []}

    def before(_pad: Any, info: Any) -> Any:
        batch: Any = pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer()))
        for frame in batch.frames:
            add_box(batch, frame, 100, 60, 80, 40)
        return Gst.PadProbeReturn.OK

    def look(_pad: Any, info: Any, name: str) -> Any:
        found[name].append(pyds.frame(info.get_buffer(), 0).to_rgb())
        return Gst.PadProbeReturn.OK

    kind = Gst.PadProbeType.BUFFER
    pipeline.get_by_name("m").get_static_pad("src").add_probe(kind, before)
    for name in found:
        pipeline.get_by_name(name).get_static_pad("sink").add_probe(kind, look, name)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert len(found["drawn"]) == len(found["plain"]) == 5
    for drawn, plain in zip(found["drawn"], found["plain"], strict=True):
        assert is_red(drawn[80, 100])
        assert not plain.any()


def test_without_anything_to_draw_the_picture_is_not_copied() -> None:
    # Two owners of the picture: were it drawn on, it would be copied.
    pipeline: Any = Gst.parse_launch(
        f"{SOURCE.format(n=3)} ! m.sink_0 {MUX} ! tee name=t "
        "t. ! queue ! fakesink sync=false async=false "
        "t. ! queue ! nvdsosd name=osd ! fakesink sync=false async=false"
    )
    seen: dict[str, list[int]] = {"sink": [], "src": []}

    def look(_pad: Any, info: Any, name: str) -> Any:
        seen[name].append(pyds.frame(info.get_buffer(), 0).planes[0].ctypes.data)
        return Gst.PadProbeReturn.OK

    for name in seen:
        pad = pipeline.get_by_name("osd").get_static_pad(name)
        pad.add_probe(Gst.PadProbeType.BUFFER, look, name)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert len(seen["sink"]) == 3
    assert seen["sink"] == seen["src"]


def test_buffers_without_batch_metadata_pass_untouched() -> None:
    with playing(
        "videotestsrc num-buffers=3 pattern=black ! nvvideoconvert ! nvdsosd display-clock=true ! "
        "nvvideoconvert ! video/x-raw,format=GRAY8 ! appsink name=out sync=false"
    ) as pipeline:
        sink = pipeline.get_by_name("out")
        for _ in range(3):
            sample = sink.emit("pull-sample")
            buffer = sample.get_buffer()
            assert max(buffer.extract_dup(0, buffer.get_size())) <= 16


def test_blur_hides_what_is_in_the_selected_boxes() -> None:
    def decorate(batch: Any, frame: Any) -> None:
        for class_id, left in ((0, 20), (1, 180)):
            box = add_box(batch, frame, left, 60, 96, 96)
            box.rect_params.border_width = 0
            box.unique_component_id, box.class_id = 1, class_id

    [[picture]] = pictures(
        "videotestsrc num-buffers=1 pattern=snow ! video/x-raw,width=320,height=240 ! m.sink_0 "
        f'{MUX} ! nvdsosd name=osd blur-bbox=true blur-on-gie-class-ids="1:0" ! fakesink',
        decorate,
    )
    assert picture[70:150, 30:110].std() < 20
    assert picture[70:150, 190:270].std() > 60
