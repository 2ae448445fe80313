"""nvof and nvofvisual: the motion of real and made-up pictures, source by source."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import pyds
from packages.pyds.tests.pipelines import (
    DATA,
    Gst,
    PipelineError,
    needs_data,
    planes_of,
    run,
    samples,
    wait,
)

cv2 = pytest.importorskip("cv2")

UNITS_PER_PIXEL = 32
CARS = DATA / "videos/car-detection.mp4"
Flow = npt.NDArray[np.float32]


def flow_of(frame: Any) -> Flow | None:
    """The vectors of a frame in pixels, (rows, columns, 2)."""
    for user in frame.user_metas:
        if user.base_meta.meta_type == pyds.NVDS_OPTICAL_FLOW_META:
            meta = pyds.NvDsOpticalFlowMeta.cast(user.user_meta_data)
            assert meta.frame_num == frame.frame_num
            assert meta.mv_size == 4
            vectors = pyds.get_optical_flow_vectors(meta)
            return vectors.reshape(meta.rows, meta.cols, 2) / np.float32(UNITS_PER_PIXEL)
    return None


def flows(description: str) -> dict[int, list[Flow | None]]:
    """The flow of every frame at the element `flow`, by source."""
    found = defaultdict(list)
    errors: list[BaseException] = []

    def look(batch: Any) -> None:
        for frame in batch.frames:
            found[frame.source_id].append(flow_of(frame))

    pipeline: Any = Gst.parse_launch(description)
    pad = pipeline.get_by_name("flow").get_static_pad("src")
    pyds.add_probe(pad, look, on_error=errors.append)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    if errors:
        raise errors[0]
    return found


def unexplained(flow: Flow, before: npt.NDArray[Any], now: npt.NDArray[Any]) -> float:
    """The mean difference between a picture and the next one taken back along a flow."""
    height, width = before.shape
    dense = cv2.resize(flow, (width, height))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    back = cv2.remap(
        now, x + dense[..., 0], y + dense[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return float(np.abs(back.astype(int) - before).mean())


def mux(sources: int, width: int, height: int) -> str:
    return f"nvstreammux name=mux batch-size={sources} width={width} height={height} "


@needs_data
def test_vectors_are_those_of_opencv() -> None:
    decoder = (
        f"filesrc location={CARS} ! qtdemux ! h264parse ! avdec_h264 max-threads=1 ! "
        "identity eos-after=201"  # by then a car has come
    )
    (found,) = flows(
        f"{decoder} ! mux.sink_0 nvstreammux name=mux batch-size=1 width=768 height=432 ! "
        "nvof name=flow ! fakesink sync=false"
    ).values()
    assert found[0] is None

    luma = [planes_of(sample)["y"] for sample in samples(f"{decoder} ! video/x-raw,format=I420")]
    assert len(luma) == len(found)
    dense = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    moved = 0
    for index in range(100, len(luma), 5):
        before, now = luma[index - 1], luma[index]
        expected = dense.calc(before, now, None).reshape(108, 4, 192, 4, 2).mean(axis=(1, 3))
        flow = found[index]
        assert flow is not None
        assert flow.shape == expected.shape
        # They differ where nothing can be seen to move: both explain the picture as well.
        assert unexplained(flow, before, now) < 1.05 * unexplained(expected, before, now)
        fast = np.linalg.norm(expected, axis=2) > 4
        if fast.mean() > 0.02:
            moved += 1
            along = (flow * expected).sum(axis=2)[fast]
            assert np.median(along / (np.linalg.norm(expected, axis=2)[fast] ** 2)) > 0.9
    assert moved > 5


def moving(step: int, source: int, tmp_path: Path) -> str:
    """A texture that moves right by `step` pixels per frame, as a source of the mux."""
    noise = np.random.default_rng(3).integers(0, 256, (256, 512), np.uint8)
    texture = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 4), None, 0, 255, cv2.NORM_MINMAX)
    folder = tmp_path / f"texture-{source}"
    folder.mkdir()
    for index in range(5):
        left = 100 - step * index
        cv2.imwrite(str(folder / f"{index}.png"), texture[:, left : left + 320])
    return (
        f"multifilesrc location={folder}/%d.png caps=image/png,framerate=10/1 ! pngdec ! "
        f"videoconvert ! video/x-raw,format=I420 ! mux.sink_{source} "
    )


def test_every_source_has_the_motion_of_its_own(tmp_path: Path) -> None:
    steps = {0: 4, 1: -6, 2: 0}
    sources = " ".join(moving(step, source, tmp_path) for source, step in steps.items())
    found = flows(f"{sources} {mux(3, 320, 256)} ! nvof name=flow ! fakesink sync=false")
    assert sorted(found) == [0, 1, 2]
    for source, step in steps.items():
        first, *others = found[source]
        assert first is None
        assert len(others) == 4
        for flow in others:
            assert flow is not None
            assert np.median(flow[..., 0]) == pytest.approx(step, abs=0.25)
            assert np.median(flow[..., 1]) == pytest.approx(0, abs=0.25)


def test_motion_is_shown_in_the_colour_of_its_direction(tmp_path: Path) -> None:
    pictures = [
        planes_of(sample)["pixels"]
        for sample in samples(
            f"{moving(4, 0, tmp_path)} {mux(1, 320, 256)} ! nvof ! nvofvisual ! "
            "nvvideoconvert ! video/x-raw,format=RGBA"
        )
    ]
    assert len(pictures) == 5
    assert not pictures[0][..., :3].any()  # nothing to compare the first frame with
    for picture in pictures[1:]:
        assert picture.shape == (256, 320, 4)
        red, green, blue, _ = np.median(picture, axis=(0, 1))
        assert red > 100
        assert green < 40
        assert blue < 40


def test_a_copy_of_the_batch_has_the_vectors(tmp_path: Path) -> None:
    found = flows(
        f"{moving(4, 0, tmp_path)} {mux(1, 320, 256)} ! nvof ! tee name=t ! queue ! "
        "nvvideoconvert ! video/x-raw(memory:NVMM),format=RGBA ! identity name=flow ! "
        "fakesink sync=false t. ! queue ! fakesink sync=false"
    )
    assert [flow is None for flow in found[0]] == [True] + 4 * [False]


def test_too_small_pictures_are_an_error_that_says_how_large() -> None:
    with pytest.raises(PipelineError, match=r"64 x 64 pixels are too small.*128 or more"):
        run(
            f"videotestsrc num-buffers=3 ! video/x-raw,width=64,height=64 ! mux.sink_0 "
            f"{mux(1, 64, 64)} ! nvof ! fakesink"
        )


def test_without_a_mux_the_error_says_so() -> None:
    with pytest.raises(PipelineError, match="Put nvstreammux in front"):
        run(
            "videotestsrc num-buffers=3 ! video/x-raw,width=320,height=240 ! nvvideoconvert ! "
            "video/x-raw(memory:NVMM),format=NV12 ! nvof ! fakesink"
        )
