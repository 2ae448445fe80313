"""nvinfer on objects: which are inferred, when again, and where the results go."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest

import pyds
from packages.pyds.tests.inference_support import (
    Array,
    constant_model,
    four_sources,
    identity_model,
    infer,
    model,
    pattern,
    read_frames,
    write_config,
)
from packages.pyds.tests.pipelines import DATA, Gst, PipelineError, needs_data, wait

# Objects of a 32 x 32 network: x1, y1, x2, y2, confidence, class. Frames are 64 x 48.
CAR = [8, 8, 24, 24, 0.9, 0]
PERSON = [0, 0, 6, 8, 0.8, 1]
CAR_BOX, PERSON_BOX = (16, 12, 48, 36), (0, 0, 12, 12)
#: What a classifier of three colours says of everything.
COLOURS = [0.1, 0.7, 0.2]


def detector(tmp_path: Path, *rows: list[float], name: str = "detector") -> str:
    """A primary nvinfer that sees these objects in every frame."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "labels.txt").write_text("car\nperson\n")
    config = write_config(
        folder,
        onnx_file=constant_model(folder, rows or [CAR, PERSON]),
        labelfile_path="labels.txt",
        gie_unique_id=1,
        cluster_mode=4,
    )
    return f"nvinfer config-file-path={config} ! "


def classifier(tmp_path: Path, scores: list[float] = COLOURS, **keys: object) -> Path:
    """A configuration of a secondary classifier that says the same of every object."""
    folder = tmp_path / f"classifier-{keys.get('gie_unique_id', 2)}"
    folder.mkdir()
    (folder / "labels.txt").write_text("red;dark green;blue\n")
    settings: dict[str, object] = {
        "onnx_file": constant_model(folder, scores, keys.pop("shape", ("N", 3, 16, 16))),  # type: ignore[arg-type]
        "labelfile_path": "labels.txt",
        "network_type": 1,
        "process_mode": 2,
        "gie_unique_id": 2,
        "batch_size": 4,
    }
    return write_config(folder, **(settings | keys))


def track(batch: pyds.NvDsBatchMeta) -> None:
    """Stands in for a tracker: the class is the object's id."""
    for frame in batch.frames:
        for obj in frame.objects:
            obj.object_id = obj.class_id


def of_class(objects: list[dict[str, Any]], class_id: int) -> dict[str, Any]:
    (found,) = (obj for obj in objects if obj["class_id"] == class_id)
    return found


class Calls:
    """The calls of a classification parser in Python, seen by the test."""

    def __init__(self) -> None:
        self.count = 0
        self.go_on = threading.Event()
        self.go_on.set()

    def parse(self, layers: dict[str, Array], network: Any, params: Any) -> list[Any]:
        self.go_on.wait(30)
        self.count += 1
        return [(0, 2, 0.75, f"answer {self.count}")]

    def keys(self, tmp_path: Path) -> dict[str, object]:
        file = tmp_path / "parser.py"
        file.write_text("from seen_by_test import parse\n")
        return {"custom_lib_path": file, "parse_classifier_func_name": "parse", "workers": 1}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    seen = Calls()
    module = ModuleType("seen_by_test")
    module.__dict__["parse"] = seen.parse
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return seen


# ---- Classifiers.


def test_classification_is_on_the_object_and_in_its_text(tmp_path: Path) -> None:
    config = classifier(tmp_path, classifier_type="colour")
    frames = infer(config, pattern(3) + detector(tmp_path))
    assert [frame.number for frame in frames] == [0, 1, 2]
    for frame in frames:
        car, person = of_class(frame.objects, 0), of_class(frame.objects, 1)
        for obj, name in ((car, "car"), (person, "person")):
            (colour,) = obj["attributes"]
            assert (colour.component, colour.classifier_type) == (2, "colour")
            assert (colour.index, colour.value, colour.label) == (0, 1, "dark green")
            assert colour.confidence == pytest.approx(0.7)
            assert obj["text"] == f"{name} dark green"
            assert (obj["label"], obj["component"]) == (name, 1)


def test_threshold_leaves_out_what_is_unlikely(tmp_path: Path) -> None:
    config = classifier(tmp_path, classifier_threshold=0.75)
    for frame in infer(config, pattern(2) + detector(tmp_path)):
        assert [obj["attributes"] for obj in frame.objects] == [[], []]
        assert {obj["text"] for obj in frame.objects} == {"car", "person"}


def test_several_classifiers_add_up(tmp_path: Path) -> None:
    first = f"nvinfer config-file-path={classifier(tmp_path, operate_on_gie_id=1)} ! "
    second = classifier(tmp_path, [0.9, 0.05, 0.05], gie_unique_id=3, operate_on_class_ids=0)
    (frame,) = infer(second, pattern(1) + detector(tmp_path) + first)
    car, person = of_class(frame.objects, 0), of_class(frame.objects, 1)
    assert [(a.component, a.label) for a in car["attributes"]] == [(2, "dark green"), (3, "red")]
    assert car["text"] == "car dark green red"
    assert [a.component for a in person["attributes"]] == [2]


def test_primary_classifier_makes_an_object_of_the_frame(tmp_path: Path) -> None:
    config = classifier(tmp_path, process_mode=1)
    frames = infer(config, pattern(4), "interval=1")
    assert [len(frame.objects) for frame in frames] == [1, 0, 1, 0]
    (obj,) = frames[0].objects
    assert obj["box"] == (0, 0, 64, 48)
    assert (obj["class_id"], obj["component"], obj["label"]) == (-1, 2, "")
    assert obj["text"] == "dark green"
    assert [a.label for a in obj["attributes"]] == ["dark green"]


@needs_data
def test_primary_classifier_knows_an_orange(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        onnx_file=model("mobilenet_v2_quant.onnx"),
        labelfile_path=DATA / "labels/imagenet1000.txt",
        network_type=1,
        net_scale_factor=1 / (255 * 0.226),
        offsets="123.675;116.28;103.53",
    )
    picture = (
        f"filesrc location={DATA / 'images/orange.png'} ! pngdec ! videoconvert "
        "! video/x-raw,format=I420 ! mux.sink_0 "
        "nvstreammux name=mux width=224 height=224 batch-size=1 ! "
    )
    (frame,) = infer(config, picture)
    # The quantised model gives both the same logit.
    assert frame.objects[0]["text"] in ("orange", "lemon")


def test_class_without_a_label_is_named_by_its_number_and_a_warning(tmp_path: Path) -> None:
    config = classifier(tmp_path, [0.1, 0.1, 0.1, 0.7])
    warnings: list[str] = []
    (frame,) = infer(config, pattern(1) + detector(tmp_path, CAR), messages=warnings)
    assert frame.objects[0]["text"] == "car 3"
    assert any("3 labels for the output 'out'" in text and "4 classes" in text for text in warnings)


def test_python_parser_reads_the_tensors_and_names_the_classes(tmp_path: Path) -> None:
    (tmp_path / "parser.py").write_text(
        "def parse(layers, network, params):\n"
        "    scores = layers['out']\n"
        "    assert scores.shape == (3,) and (network.width, network.height) == (16, 16)\n"
        "    best = scores.argmax()\n"
        "    return [(0, best, scores[best]), (5, 1, params.threshold, 'as low as this')]\n"
    )
    config = classifier(
        tmp_path,
        classifier_threshold=0.25,
        custom_lib_path=tmp_path / "parser.py",
        parse_classifier_func_name="parse",
    )
    (frame,) = infer(config, pattern(1) + detector(tmp_path, CAR))
    first, second = frame.objects[0]["attributes"]
    assert (first.index, first.value, first.label) == (0, 1, "dark green")
    assert (second.index, second.label, second.confidence) == (5, "as low as this", 0.25)
    assert frame.objects[0]["text"] == "car dark green as low as this"


def test_python_parser_that_returns_something_else_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "parser.py").write_text("def parse(*_):\n    return ['red']\n")
    keys = {"custom_lib_path": tmp_path / "parser.py", "parse_classifier_func_name": "parse"}
    with pytest.raises(PipelineError, match=r"returned 'red'; expected tuples of attribute"):
        infer(classifier(tmp_path, **keys), pattern(1) + detector(tmp_path))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"labelfile_path": "none.txt"}, ["labelfile-path", "none.txt"]),
        ({"parse_classifier_func_name": "NvDsInferParseLicense"}, ["NvDsInferParseLicense", "out"]),
        ({"custom_lib_path": "p.py"}, ["p.py", "set parse-classifier-func-name"]),
        ({"process_mode": 3}, ["process-mode=3", "1 to 2"]),
        ({"classifier_threshold": 50}, ["classifier-threshold=50", "0 to 1"]),
        ({"secondary_reinfer_interval": "often"}, ["secondary-reinfer-interval=often"]),
    ],
)
def test_bad_configuration_fails_at_start_with_its_remedy(
    tmp_path: Path, keys: dict[str, object], expected: list[str]
) -> None:
    with pytest.raises(PipelineError) as error:
        infer(classifier(tmp_path, **keys), pattern(1))
    for part in expected:
        assert part in str(error.value)


# ---- Which objects.


def labelled(frames: list[Any]) -> set[str]:
    """Labels of the objects that were classified, the same in every frame."""
    (names,) = {
        tuple(sorted(obj["label"] for obj in frame.objects if obj["attributes"]))
        for frame in frames
    }
    return set(names)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"operate_on_gie_id": 1}, {"car", "person"}),
        ({"operate_on_gie_id": 7}, set()),
        ({"operate_on_class_ids": "1"}, {"person"}),
        ({"operate_on_class_ids": "0;1;"}, {"car", "person"}),
        ({"input_object_min_width": 13}, {"car"}),
        ({"input_object_min_height": 25}, set()),
        ({"input_object_max_width": 31}, {"person"}),
        ({"input_object_max_height": 12}, {"person"}),
    ],
)
def test_configuration_chooses_the_objects(
    tmp_path: Path, keys: dict[str, object], expected: set[str]
) -> None:
    config = classifier(tmp_path, **keys)
    assert labelled(infer(config, pattern(2) + detector(tmp_path))) == expected


def test_properties_choose_the_objects_too(tmp_path: Path) -> None:
    config = classifier(tmp_path, process_mode=1, operate_on_gie_id=9)
    properties = "process-mode=secondary infer-on-gie-id=1 infer-on-class-ids=1:4"
    frames = infer(config, pattern(2) + detector(tmp_path), properties)
    assert labelled(frames) == {"person"}


@pytest.mark.parametrize("model_batch", ["N", 1, 8])
def test_objects_of_all_frames_share_batches(tmp_path: Path, model_batch: Any) -> None:
    boxes = [[x, y, x + 8, y + 8, 0.9, 0] for x in (0, 8, 16) for y in (0, 12, 24)]
    config = classifier(tmp_path, batch_size=5, shape=(model_batch, 3, 16, 16))
    frames = infer(config, four_sources(5) + detector(tmp_path, *boxes))
    for source in range(4):
        mine = [frame for frame in frames if frame.source == source]
        assert [frame.number for frame in mine] == list(range(5))
        assert all(
            [len(obj["attributes"]) for obj in frame.objects] == [1] * len(boxes) for frame in mine
        )


def test_frames_without_objects_pass_through(tmp_path: Path) -> None:
    nothing = detector(tmp_path, [0, 0, 8, 8, 0.1, 0])
    frames = infer(classifier(tmp_path), pattern(20) + nothing)
    assert [frame.number for frame in frames] == list(range(20))


def test_network_sees_the_region_of_the_object(tmp_path: Path) -> None:
    # The identity of the region: what the network was fed, read back as its raw output.
    folder = tmp_path / "identity"
    folder.mkdir()
    config = write_config(
        folder,
        onnx_file=identity_model(folder, ("N", 3, 32, 64)),
        network_type=100,
        process_mode=2,
        output_tensor_meta=1,
        model_color_format=1,
        maintain_aspect_ratio=1,
    )
    width, height = 64, 48
    y, x = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    bgr = np.stack([127 + 100 * np.sin(7 * x), 127 + 100 * np.sin(5 * y), 255 * x * y], -1)
    i420 = cv2.cvtColor(bgr.astype(np.uint8), cv2.COLOR_BGR2YUV_I420)
    (tmp_path / "frame.yuv").write_bytes(i420.tobytes())
    source = (
        f"filesrc location={tmp_path / 'frame.yuv'} blocksize={i420.nbytes} ! rawvideoparse "
        f"width={width} height={height} format=i420 colorimetry=bt601 ! mux.sink_0 "
        f"nvstreammux name=mux width={width} height={height} batch-size=1 ! "
    )
    (frame,) = infer(config, source + detector(tmp_path, CAR))
    assert frame.tensors is None
    got = frame.objects[0]["tensors"]["out"]
    left, top, right, bottom = CAR_BOX
    region = cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420)[top:bottom, left:right]
    expected = np.zeros((32, 64, 3), np.uint8)
    expected[:, :43] = cv2.resize(region, (43, 32))  # 32 x 24, letterboxed
    difference = np.abs(got - expected.transpose(2, 0, 1))[:, 1:-1, 1:42]
    assert difference.mean() <= 2
    assert np.abs(got[:, :, 43:]).max() == 0


# ---- Secondary detectors.


def test_secondary_detector_finds_parts_of_objects(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "labels.txt").write_text("wheel\nplate\n")
    config = write_config(
        folder,
        # A quarter of the region in its middle, and one that reaches out of it.
        onnx_file=constant_model(folder, [[8, 8, 24, 24, 0.9, 1], [24, 24, 99, 99, 0.8, 0]]),
        labelfile_path="labels.txt",
        process_mode=2,
        gie_unique_id=5,
        operate_on_class_ids=0,
        cluster_mode=4,
    )
    for frame in infer(config, pattern(3) + detector(tmp_path)):
        assert len(frame.objects) == 4
        plate, wheel = (
            next(obj for obj in frame.objects if obj["label"] == name)
            for name in ("plate", "wheel")
        )
        assert plate["box"] == pytest.approx((24, 18, 40, 30))
        assert wheel["box"] == pytest.approx((40, 30, 48, 36))
        assert (plate["parent"], plate["component"], plate["text"]) == ("car", 5, "plate")
        assert of_class([o for o in frame.objects if o["component"] == 1], 0)["parent"] is None


# ---- When again.


def test_tracked_object_is_inferred_once_and_labelled_in_every_frame(
    tmp_path: Path, calls: Calls
) -> None:
    config = classifier(tmp_path, **calls.keys(tmp_path))
    frames = infer(config, pattern(30) + detector(tmp_path, CAR), before=track)
    assert calls.count == 1
    assert [obj["text"] for frame in frames for obj in frame.objects] == ["car answer 1"] * 30


def test_untracked_object_is_inferred_in_every_frame(tmp_path: Path, calls: Calls) -> None:
    config = classifier(tmp_path, **calls.keys(tmp_path))
    frames = infer(config, pattern(10) + detector(tmp_path, CAR))
    assert calls.count == 10
    assert len({obj["text"] for frame in frames for obj in frame.objects}) == 10


def test_tracked_object_is_inferred_again_after_the_interval(tmp_path: Path, calls: Calls) -> None:
    config = classifier(tmp_path, secondary_reinfer_interval=4, **calls.keys(tmp_path))
    frames = infer(config, pattern(12) + detector(tmp_path, CAR), before=track)
    texts = [obj["text"] for frame in frames for obj in frame.objects]
    assert texts == [f"car answer {number // 5 + 1}" for number in range(12)]


def test_tracked_object_is_inferred_again_when_it_has_grown(tmp_path: Path, calls: Calls) -> None:
    def grow(batch: pyds.NvDsBatchMeta) -> None:
        track(batch)
        for frame in batch.frames:
            for obj in frame.objects:
                obj.rect_params.height = 20 + frame.frame_num

    config = classifier(tmp_path, **calls.keys(tmp_path))
    frames = infer(config, pattern(12) + detector(tmp_path, CAR), before=grow)
    texts = [obj["text"] for frame in frames for obj in frame.objects]
    # By more than a fifth: 20, 25, 31.
    assert texts == [f"car answer {1 + (n >= 5) + (n >= 11)}" for n in range(12)]


def test_objects_with_one_id_in_several_sources_are_several(tmp_path: Path, calls: Calls) -> None:
    config = classifier(tmp_path, **calls.keys(tmp_path))
    frames = infer(config, four_sources(10) + detector(tmp_path, CAR), before=track)
    assert calls.count == 4
    for source in range(4):
        (text,) = {f.objects[0]["text"] for f in frames if f.source == source}
        assert text.startswith("car answer ")


def test_order_of_answers_holds_with_many_workers(tmp_path: Path) -> None:
    """The answer to a frame is seen from that frame on, however workers finish."""
    (tmp_path / "parser.py").write_text(
        "def parse(layers, network, params):\n"
        "    return [(0, 0, 1.0, str(round(float(layers['out'].max()))))]\n"
    )
    folder = tmp_path / "identity"
    folder.mkdir()
    config = write_config(
        folder,
        onnx_file=identity_model(folder, ("N", 1, 4, 4)),
        network_type=1,
        process_mode=2,
        model_color_format=2,
        secondary_reinfer_interval=1,
        custom_lib_path=tmp_path / "parser.py",
        parse_classifier_func_name="parse",
        workers=4,
    )
    # Every frame has another brightness, so the answer says which frame it is about.
    raw = b"".join(bytes([16 + 2 * n]) * (64 * 48) + b"\x80" * (64 * 24) for n in range(60))
    (tmp_path / "frames.yuv").write_bytes(raw)
    source = (
        f"filesrc location={tmp_path / 'frames.yuv'} blocksize={64 * 72} ! rawvideoparse "
        "width=64 height=48 format=i420 colorimetry=bt601 ! mux.sink_0 "
        "nvstreammux name=mux width=64 height=48 batch-size=1 ! "
    )
    frames = infer(config, source + detector(tmp_path, CAR), before=track)
    answers = [int(frame.objects[0]["attributes"][0].label) for frame in frames]
    assert answers[::2] == answers[1::2]
    assert sorted(set(answers)) == answers[::2]
    assert len(set(answers)) == 30


# ---- Asynchronous classifiers.


def test_asynchronous_classifier_holds_no_frame_and_labels_later_ones(
    tmp_path: Path, calls: Calls
) -> None:
    config = classifier(tmp_path, classifier_async_mode=1, **calls.keys(tmp_path))
    calls.go_on.clear()
    passed, answered = threading.Event(), threading.Event()
    texts: list[str] = []

    def look(batch: pyds.NvDsBatchMeta) -> None:
        texts.extend(frame.objects[0]["text"] for frame in read_frames(batch))
        if len(texts) == 50:
            passed.set()
        if texts[-1] == "car answer 1":
            answered.set()

    play_until(f"{pattern(-1)} {detector(tmp_path, CAR)}", config, look, [passed, answered], calls)
    first = texts.index("car answer 1")
    assert first >= 50
    assert set(texts[:first]) == {"car"}
    assert set(texts[first:]) == {"car answer 1"}
    assert calls.count == 1


def play_until(
    source: str,
    config: Path,
    look: Callable[[pyds.NvDsBatchMeta], None],
    steps: list[threading.Event],
    calls: Calls,
) -> None:
    """Plays until the first event, lets the parser go on, and plays until the second."""
    pipeline = Gst.parse_launch(
        f"{source} nvinfer name=infer config-file-path={config} ! fakesink name=sink"
    )
    pyds.add_probe(pipeline.get_by_name("infer").get_static_pad("sink"), track)
    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        assert steps[0].wait(30)
        calls.go_on.set()
        assert steps[1].wait(30)
    finally:
        calls.go_on.set()
        pipeline.set_state(Gst.State.NULL)


def test_asynchronous_classifier_labels_every_object_that_stays(tmp_path: Path) -> None:
    """Also where more objects come at once than there is room for."""
    boxes = [[x, y, x + 8, y + 8, 0.9, 0] for x in (0, 8, 16) for y in (0, 12, 24)]

    def number(batch: pyds.NvDsBatchMeta) -> None:
        for frame in batch.frames:
            for index, obj in enumerate(frame.objects):
                obj.object_id = index

    config = classifier(tmp_path, classifier_async_mode=1, batch_size=2, workers=1)
    frames = infer(config, pattern(300) + detector(tmp_path, *boxes), before=number)
    assert [frame.number for frame in frames] == list(range(300))
    assert all(len(obj["attributes"]) == 1 for obj in frames[-1].objects)


def test_asynchronous_classifier_says_that_it_needs_a_tracker(tmp_path: Path) -> None:
    config = classifier(tmp_path, classifier_async_mode=1)
    warnings: list[str] = []
    frames = infer(config, pattern(5) + detector(tmp_path), messages=warnings)
    assert [frame.number for frame in frames] == list(range(5))
    assert labelled(frames) == set()
    assert [text for text in warnings if "nvtracker" in text and "async" in text] == warnings[-1:]


def test_asynchronous_mode_is_for_classifiers_of_objects_only(tmp_path: Path) -> None:
    config = classifier(tmp_path, classifier_async_mode=1, process_mode=1)
    warnings: list[str] = []
    (frame,) = infer(config, pattern(1), messages=warnings)
    assert frame.objects[0]["text"] == "dark green"
    assert any("classifier-async-mode=1 is switched off" in text for text in warnings)


def test_error_of_an_asynchronous_classifier_ends_the_stream(tmp_path: Path) -> None:
    (tmp_path / "parser.py").write_text("def parse(*_):\n    raise KeyError('seventeen')\n")
    keys = {"custom_lib_path": tmp_path / "parser.py", "parse_classifier_func_name": "parse"}
    config = classifier(tmp_path, classifier_async_mode=1, **keys)
    with pytest.raises(PipelineError, match=r"seventeen.*line 2"):
        infer(config, pattern(-1) + detector(tmp_path), before=track)


@pytest.mark.parametrize("mode", [0, 1])
def test_stops_flushes_and_starts_again_while_objects_are_under_way(
    tmp_path: Path, mode: int
) -> None:
    config = classifier(tmp_path, classifier_async_mode=mode)
    pipeline = Gst.parse_launch(
        f"{pattern(-1)} {detector(tmp_path)} nvinfer name=infer config-file-path={config} "
        "workers=2 ! fakesink name=sink"
    )
    pyds.add_probe(pipeline.get_by_name("infer").get_static_pad("sink"), track)
    sink = pipeline.get_by_name("sink")
    for turn in range(4):
        seen = threading.Event()

        def look(batch: pyds.NvDsBatchMeta, seen: threading.Event = seen) -> None:
            if all(obj["attributes"] for frame in read_frames(batch) for obj in frame.objects):
                seen.set()

        probe = pyds.add_probe(sink.get_static_pad("sink"), look)
        assert pipeline.set_state(Gst.State.PLAYING) != Gst.StateChangeReturn.FAILURE
        assert seen.wait(30)
        if turn % 2:
            sink.send_event(
                Gst.Event.new_seek(
                    1.0,
                    Gst.Format.TIME,
                    Gst.SeekFlags.FLUSH,
                    Gst.SeekType.SET,
                    0,
                    Gst.SeekType.NONE,
                    0,
                )
            )
        probe.remove()
        assert pipeline.set_state(Gst.State.READY) == Gst.StateChangeReturn.SUCCESS
    pipeline.set_state(Gst.State.NULL)


# ---- Events.


def test_interval_event_changes_the_interval_from_there_on(tmp_path: Path) -> None:
    folder = tmp_path / "primary"
    folder.mkdir()
    config = write_config(folder, onnx_file=constant_model(folder, [CAR]), cluster_mode=4)
    pipeline = Gst.parse_launch(
        f"{pattern(12)} nvinfer name=infer config-file-path={config} ! fakesink name=sink"
    )
    element = pipeline.get_by_name("infer")
    inferred: list[bool] = []

    def ask(batch: pyds.NvDsBatchMeta) -> None:
        if next(iter(batch.frames)).frame_num == 3:
            pyds.gst_element_send_nvevent_interval_update(hash(element), "0", 2)

    def look(batch: pyds.NvDsBatchMeta) -> None:
        inferred.extend(frame.inferred for frame in read_frames(batch))

    # In the streaming thread, so that the event comes right before this batch.
    pyds.add_probe(element.get_static_pad("sink"), ask)
    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), look)
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert element.get_property("interval") == 2
    assert inferred == [True] * 3 + [True, False, False] * 3


def test_objects_of_a_source_that_starts_anew_are_inferred_again(
    tmp_path: Path, calls: Calls
) -> None:
    def start_anew(batch: pyds.NvDsBatchMeta) -> None:
        track(batch)
        frame = next(iter(batch.frames))
        if frame.frame_num == 4:
            pyds.gst_element_send_nvevent_new_stream_reset(hash(element), frame.source_id)

    config = classifier(tmp_path, **calls.keys(tmp_path))
    pipeline = Gst.parse_launch(
        f"{pattern(8)} {detector(tmp_path, CAR)} "
        f"nvinfer name=infer config-file-path={config} ! fakesink name=sink"
    )
    element = pipeline.get_by_name("infer")
    texts: list[str] = []
    pyds.add_probe(element.get_static_pad("sink"), start_anew)
    pyds.add_probe(
        pipeline.get_by_name("sink").get_static_pad("sink"),
        lambda batch: texts.extend(frame.objects[0]["text"] for frame in read_frames(batch)),
    )
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert texts == ["car answer 1"] * 4 + ["car answer 2"] * 4
