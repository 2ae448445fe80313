"""nvdsanalytics: regions, crowds, crossings and directions of tracked objects in pipelines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyds
from packages.pyds.tests.inference_support import model, write_config
from packages.pyds.tests.pipelines import DATA, Gst, PipelineError, needs_data, run, wait

SIZE = (640, 360)
FRAME_TYPE = "NVIDIA.DSANALYTICSFRAME.USER_META"
OBJECT_TYPE = "NVIDIA.DSANALYTICSOBJ.USER_META"


def users(items: Any, kind: str, cast: Callable[[Any], Any]) -> list[Any]:
    """The payloads of the user metas of one type in a list."""
    number = pyds.nvds_get_user_meta_type(kind)
    found = []
    while items is not None:
        user = pyds.NvDsUserMeta.cast(items.data)
        if user.base_meta.meta_type == number:
            found.append(cast(user.user_meta_data))
        items = items.next
    return found


def analyse(
    config: Path, places: list[tuple[float, float]], properties: str = "", after: str = ""
) -> list[dict[str, Any]]:
    """What is said of an object whose feet go along some places, frame by frame."""
    pipeline: Any = Gst.parse_launch(
        f"videotestsrc num-buffers={len(places)} pattern=black ! video/x-raw,width={SIZE[0]},"
        f"height={SIZE[1]},framerate=25/1 ! mux.sink_0 nvstreammux name=mux width={SIZE[0]} "
        f"height={SIZE[1]} batch-size=1 ! nvdsanalytics name=analytics config-file={config} "
        f"{properties} {after} ! fakesink name=out sync=false"
    )
    found: list[dict[str, Any]] = []
    errors: list[BaseException] = []

    def add_object(batch: Any) -> None:
        for frame in batch.frames:
            x, y = places[frame.frame_num]
            table = np.zeros(1, pyds.OBJECT_DTYPE)
            table["left"], table["top"] = x - 20, y - 60
            table["width"], table["height"] = 40, 60
            table["object_id"] = 5
            table["label_id"] = pyds.label_id("car")
            pyds.add_objects(batch, table)

    def look(batch: Any) -> None:
        for frame in batch.frames:
            entry: dict[str, Any] = {"texts": [], "lines": 0, "lc": [], "roi": [], "direction": ""}
            for meta in users(
                frame.frame_user_meta_list, FRAME_TYPE, pyds.NvDsAnalyticsFrameMeta.cast
            ):
                entry["in_roi"] = meta.objInROIcnt
                entry["current"] = meta.objLCCurrCnt
                entry["crossed"] = meta.objLCCumCnt
                entry["count"] = meta.objCnt
                entry["id"] = meta.unique_id
            for obj in frame.objects:
                for info in users(
                    obj.obj_user_meta_list, OBJECT_TYPE, pyds.NvDsAnalyticsObjInfo.cast
                ):
                    entry["lc"] += info.lcStatus
                    entry["roi"] += info.roiStatus
                    entry["direction"] = info.dirStatus
            display = frame.display_meta_list
            while display is not None:
                shapes = pyds.NvDsDisplayMeta.cast(display.data)
                entry["lines"] += shapes.num_lines
                entry["texts"] += [
                    pyds.get_string(shapes.text_params[i].display_text)
                    for i in range(shapes.num_labels)
                ]
                display = display.next
            found.append(entry)

    sink = pipeline.get_by_name("analytics").get_static_pad("sink")
    pyds.add_probe(sink, add_object, on_error=errors.append)
    last = pipeline.get_by_name("out").get_static_pad("sink")
    pyds.add_probe(last, look, on_error=errors.append)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    if errors:
        raise errors[0]
    return found


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A gate across the middle and a region in its lower half, in twice the pixels."""
    path = tmp_path / "analytics.txt"
    path.write_text(
        """[property]
config-width=1280
config-height=720
[roi-filtering-stream-0]
roi-Yard=0;400;1280;400;1280;720;0;720
[line-crossing-stream-0]
line-crossing-In=640;200;640;400;0;360;1280;360
[direction-detection-stream-0]
direction-Down=0;0;0;100
"""
    )
    return path


PATH = [(320.0, y) for y in (100.0, 140.0, 170.0, 190.0, 230.0, 260.0)]


def test_object_that_enters_is_counted_once_and_seen_inside(config: Path) -> None:
    frames = analyse(config, PATH)
    assert [frame["current"]["In"] for frame in frames] == [0, 0, 0, 1, 0, 0]
    assert [frame["crossed"]["In"] for frame in frames] == [0, 0, 0, 1, 1, 1]
    assert [frame["lc"] for frame in frames][3] == ["In"]
    assert [frame["in_roi"]["Yard"] for frame in frames] == [0, 0, 0, 0, 1, 1]
    assert frames[-1]["roi"] == ["Yard"]
    assert frames[-1]["direction"] == "Down"
    assert frames[-1]["count"] == {0: 1}
    assert frames[-1]["id"] == 17


def test_counts_stand_beside_what_is_drawn(config: Path) -> None:
    last = analyse(config, PATH)[-1]
    assert set(last["texts"]) == {"Yard=1", "In=1", "Down"}
    assert last["lines"] == 4 + 1


def test_results_survive_the_tiler_and_a_copy(config: Path) -> None:
    branches = "! tee name=t t. ! queue ! fakesink sync=false t. ! queue"
    last = analyse(config, PATH, after=f"{branches} ! nvmultistreamtiler width=320 height=180")[-1]
    assert last["crossed"] == {"In": 1}
    assert last["roi"] == ["Yard"]


def test_element_can_be_switched_off(config: Path) -> None:
    last = analyse(config, PATH, "enable=false")[-1]
    assert "crossed" not in last
    assert last["texts"] == []


def test_wrong_value_is_an_error_that_says_what_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "analytics.txt"
    path.write_text("[line-crossing-stream-0]\nmode=tight\n")
    with pytest.raises(PipelineError, match="loose, balanced or strict"):
        analyse(path, PATH)
    with pytest.raises(PipelineError, match="config-file"):
        run("videotestsrc num-buffers=1 ! nvvideoconvert ! nvdsanalytics ! fakesink")


@needs_data
@pytest.mark.parametrize(
    "name", sorted(path.name for path in (DATA / "configs/analytics").glob("*.txt"))
)
def test_configurations_of_applications_are_understood(name: str) -> None:
    frames = analyse(DATA / "configs/analytics" / name, PATH[:2])
    assert all("count" in frame for frame in frames)


@needs_data
def test_cars_of_the_road_cross_as_somebody_counted_them(tmp_path: Path) -> None:
    truth = json.loads((DATA / "events/car-detection.events.json").read_text())
    detector = write_config(
        tmp_path,
        onnx_file=model("vehicle-detection-0200_dyn.onnx"),
        num_detected_classes=1,
        model_color_format=1,
        cluster_mode=2,
        classes={"all": {"pre_cluster_threshold": 0.4, "nms_iou_threshold": 0.45}},
    )
    config = tmp_path / "analytics.txt"
    config.write_text(
        """[property]
config-width=768
config-height=432
[line-crossing-stream-0]
line-crossing-up=384;300;384;100;0;216;768;216
line-crossing-down=384;100;384;300;0;216;768;216
mode=balanced
"""
    )
    pipeline: Any = Gst.parse_launch(
        f"filesrc location={DATA / 'videos/car-detection.mp4'} ! qtdemux ! h264parse ! avdec_h264 "
        "! mux.sink_0 nvstreammux name=mux width=768 height=432 batch-size=1 ! "
        f"nvinfer config-file-path={detector} ! nvtracker ! "
        f"nvdsanalytics config-file={config} ! fakesink name=out sync=false"
    )
    crossings: list[tuple[int, str]] = []
    counts: dict[str, int] = {}
    errors: list[BaseException] = []

    def look(batch: Any) -> None:
        for frame in batch.frames:
            (meta,) = users(
                frame.frame_user_meta_list, FRAME_TYPE, pyds.NvDsAnalyticsFrameMeta.cast
            )
            counts.update(meta.objLCCumCnt)
            crossings.extend((frame.frame_num, k) for k, n in meta.objLCCurrCnt.items() if n)

    pyds.add_probe(pipeline.get_by_name("out").get_static_pad("sink"), look, on_error=errors.append)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert not errors, errors
    expected = {name: truth["line_crossing"][name] for name in ("up", "down")}
    assert counts == expected
    # Each while the car that goes this way is in view.
    for car in truth["objects"]:
        slack = truth["tolerance_frames"]
        assert any(
            way == car["direction"]
            and car["first_frame"] - slack <= frame <= car["last_frame"] + slack
            for frame, way in crossings
        ), (car, crossings)
