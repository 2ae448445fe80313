"""nvtracker in pipelines: ids, predicted objects, sources, reset modes, properties, errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyds
from packages.pyds.tests.pipelines import DATA, Gst, PipelineError, needs_data, wait
from packages.pyds.tests.tracking import detections, no_detections, track, tracking


def moving(source: int, frame: int) -> Any:
    """Two objects that move apart, faster for each further source."""
    step = 4 + 2 * source
    return detections((200 - step * frame, 100), (300 + step * frame, 200))


def ids(table: Any) -> list[int]:
    return sorted({int(value) for value in table["object_id"]})


def test_objects_keep_their_ids() -> None:
    table = track(moving, frames=20)
    assert len(table) == 40
    assert ids(table) == [0, 1]
    for left_object in (True, False):
        rows = table[(table["top"] < 150) == left_object]
        assert len(set(rows["object_id"])) == 1
    np.testing.assert_allclose(table["tracker_confidence"], 1)


def test_ids_differ_between_sources() -> None:
    table = track(moving, sources=3, frames=10)
    by_source = [set(table[table["source_id"] == source]["object_id"]) for source in range(3)]
    assert [len(found) for found in by_source] == [2, 2, 2]
    assert len(set.union(*by_source)) == 6


def test_frames_without_inference_get_predicted_objects() -> None:
    table = track(lambda s, f: moving(s, f) if f % 3 == 0 else None, frames=18)
    assert len(table) == 36
    assert ids(table) == [0, 1]
    late = table[(table["frame_num"] >= 10) & (table["top"] > 150)]
    np.testing.assert_allclose(late["left"], 300 + 4 * late["frame_num"], atol=6)
    predicted = table[table["frame_num"] % 3 != 0]
    np.testing.assert_allclose(predicted["confidence"], -0.1)


def test_an_object_keeps_its_id_across_an_occlusion() -> None:
    def walk(source: int, frame: int) -> Any:
        return no_detections() if 15 <= frame < 30 else detections((20 + 8 * frame, 100))

    table = track(walk, frames=45)
    assert ids(table) == [0]
    assert {*range(15), *range(30, 45)} <= set(table["frame_num"])
    assert not set(table["frame_num"]) & set(range(18, 30)), "reported while nobody saw it"


def test_past_frames_follow_once_a_target_is_confirmed(tmp_path: Path) -> None:
    config = tmp_path / "tracker.yml"
    config.write_text("%YAML:1.0\nTargetManagement:\n  probationAge: 4\n")
    types: list[int] = []
    with tracking(moving, frames=8, ll_config_file=config) as (pipeline, tables):
        pyds.add_probe(
            pipeline.get_by_name("sink").get_static_pad("sink"),
            lambda batch: types.append([int(m.base_meta.meta_type) for m in batch.user_metas]),
        )
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    assert [len(table) for table in tables] == [0] * 4 + [2] * 4
    assert types == [[]] * 4 + [[int(pyds.NvDsMetaType.NVDS_TRACKER_PAST_FRAME_META)]] + [[]] * 3


def test_only_the_classes_asked_for_are_tracked() -> None:
    def two_classes(source: int, frame: int) -> Any:
        return detections((100, 100, 0.9, 0), (300, 100, 0.9, 2))

    table = track(two_classes, frames=5, operate_on_class_ids="2;3")
    assert ids(table[table["class_id"] == 2]) == [0]
    assert ids(table[table["class_id"] == 0]) == [np.iinfo(np.uint64).max]
    assert len(table) == 10


@pytest.mark.parametrize("show", [True, False])
def test_the_id_is_appended_to_the_text(show: bool) -> None:
    texts: list[str] = []
    with tracking(moving, frames=2, display_tracking_id=show) as (pipeline, _):
        pyds.add_probe(
            pipeline.get_by_name("sink").get_static_pad("sink"),
            lambda batch: texts.extend(
                pyds.get_string(o.text_params.display_text)
                for frame in batch.frames
                for o in frame.objects
            ),
        )
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    assert sorted(texts) == (["person 0"] * 2 + ["person 1"] * 2 if show else ["person"] * 4)


def track_with_event(event: str, detector: Any, **properties: Any) -> Any:
    """The tracked objects of 12 frames with a stream event of source 0 after the sixth."""
    with tracking(detector, frames=12, **properties) as (pipeline, tables):

        def send(pad: Any, info: Any) -> Any:
            if len(tables) < 6:
                return Gst.PadProbeReturn.OK
            structure, _ = Gst.Structure.from_string(f"{event}, stream-id=(uint)0")
            pad.send_event(Gst.Event.new_custom(Gst.EventType.CUSTOM_DOWNSTREAM, structure))
            return Gst.PadProbeReturn.REMOVE

        pad = pipeline.get_by_name("tracker").get_static_pad("sink")
        pad.add_probe(Gst.PadProbeType.BUFFER, send)
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    return np.concatenate(tables)


@pytest.mark.parametrize(
    ("mode", "event", "expected"),
    [
        (0, "stream-reset", [0, 1]),
        (1, "stream-reset", [0, 1, 2, 3]),
        (1, "stream-eos", [0, 1]),
        (0, "pad-deleted", [0, 1, 2, 3]),
    ],
)
def test_reset_mode_decides_whether_a_stream_event_gives_new_ids(
    mode: int, event: str, expected: list[int]
) -> None:
    assert ids(track_with_event(event, moving, tracking_id_reset_mode=mode)) == expected


@pytest.mark.parametrize(("mode", "expected"), [(0, [0, 1]), (1, [0, 1]), (2, [0]), (3, [0])])
def test_reset_mode_decides_whether_ids_start_from_zero_after_the_end_of_a_source(
    mode: int, expected: list[int]
) -> None:
    def jump(source: int, frame: int) -> Any:
        return detections((20 if frame < 6 else 500, 100))

    assert ids(track_with_event("stream-eos", jump, tracking_id_reset_mode=mode)) == expected


def test_unique_ids_have_a_random_upper_half_for_each_source(tmp_path: Path) -> None:
    config = tmp_path / "tracker.yml"
    config.write_text("TrajectoryManagement: {useUniqueID: 1}\n")
    table = track(moving, sources=2, frames=3, ll_config_file=config)
    lower = {int(value) & 0xFFFFFFFF for value in table["object_id"]}
    upper = [
        {int(value) >> 32 for value in table[table["source_id"] == source]["object_id"]}
        for source in range(2)
    ]
    assert lower == {0, 1}
    assert len(upper[0]) == len(upper[1]) == 1
    assert upper[0] != upper[1]


def test_each_sub_batch_has_its_own_configuration(tmp_path: Path) -> None:
    patient, prompt = tmp_path / "patient.yml", tmp_path / "prompt.yml"
    patient.write_text("TargetManagement: {probationAge: 5}\n")
    prompt.write_text("TargetManagement: {probationAge: 0}\n")
    table = track(
        moving, sources=2, frames=8, ll_config_file=f"{patient};{prompt}", sub_batches="0;1"
    )
    first = [int(table[table["source_id"] == source]["frame_num"].min()) for source in range(2)]
    assert first == [5, 0]


@needs_data
@pytest.mark.parametrize(
    "file",
    sorted((DATA / "configs/tracker").glob("*.yml")),
    ids=lambda file: file.stem,
)
def test_public_configurations_track(file: Path) -> None:
    library = "/opt/nvidia/deepstream/deepstream/lib/libnvds_nvmultiobjecttracker.so"
    if "\n  reidType: 2 " in file.read_text():  # with a model of a format that was withdrawn
        with pytest.raises(PipelineError, match=r"tltEncodedModel: .* or set reidType: 0"):
            track(moving, ll_config_file=file)
        return
    table = track(moving, frames=20, ll_config_file=file, ll_lib_file=library)
    settled = table[table["frame_num"] >= 10]
    assert len(set(settled["object_id"])) == 2
    assert len(settled) == 20


def test_a_wrong_configuration_is_an_error_that_says_what_is_allowed(tmp_path: Path) -> None:
    config = tmp_path / "tracker.yml"
    config.write_text("TargetManagement:\n  probationAge: soon\n")
    with tracking(moving, ll_config_file=config) as (pipeline, _):
        pipeline.set_state(Gst.State.PLAYING)
        with pytest.raises(PipelineError, match=r"tracker\.yml:2.*probationAge is 'soon'.*whole"):
            wait(pipeline)


def test_properties_of_deepstream_exist_and_keep_their_values() -> None:
    tracker = Gst.ElementFactory.make("nvtracker", None)
    values = {
        "tracker-width": 640,
        "tracker-height": 384,
        "gpu-id": 1,
        "ll-lib-file": "x.so",
        "ll-config-file": "x.yml",
        "tracking-surface-type": 1,
        "display-tracking-id": False,
        "tracking-id-reset-mode": 3,
        "input-tensor-meta": True,
        "tensor-meta-gie-id": 2,
        "user-meta-pool-size": 64,
        "sub-batches": "0,1;2",
        "sub-batch-err-recovery-trial-cnt": -1,
        "operate-on-class-ids": "0;2",
        "compute-hw": 1,
    }
    defaults = {name: tracker.get_property(name) for name in values}
    assert (defaults["tracker-width"], defaults["tracker-height"]) == (960, 544)
    assert defaults["display-tracking-id"] is True
    assert defaults["user-meta-pool-size"] == 32
    for name, value in values.items():
        tracker.set_property(name, value)
    assert {name: tracker.get_property(name) for name in values} == values


def test_buffers_after_a_tee_are_tracked_apart() -> None:
    """Each branch has its own copy of the metadata: ids of one do not show in the other."""
    untracked = np.iinfo(np.uint64).max
    tables: dict[str, list[Any]] = {"tracked": [], "plain": []}
    pipeline = Gst.parse_launch(
        "nvstreammux name=mux width=640 height=480 batch-size=1 ! tee name=t "
        "t. ! queue ! nvtracker ! fakesink name=tracked sync=false "
        "t. ! queue ! fakesink name=plain sync=false "
        "videotestsrc num-buffers=8 ! video/x-raw,format=NV12,width=640,height=480 ! "
        "nvvideoconvert ! mux.sink_0"
    )

    def add(batch: Any) -> None:
        rows = np.zeros(1, pyds.OBJECT_DTYPE)
        rows["left"], rows["top"], rows["width"], rows["height"] = 10, 20, 60, 90
        rows["object_id"], rows["confidence"] = untracked, 1
        pyds.add_objects(batch, rows)

    pyds.add_probe(pipeline.get_by_name("mux").get_static_pad("src"), add)
    for name, found in tables.items():
        pad = pipeline.get_by_name(name).get_static_pad("sink")
        pyds.add_probe(pad, lambda batch, found=found: found.append(batch.objects))
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert ids(np.concatenate(tables["tracked"])) == [0]
    assert ids(np.concatenate(tables["plain"])) == [untracked]
