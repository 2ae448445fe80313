"""Real models on real video find what the reference pipeline found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest

from packages.pyds.tests.inference_support import Frame, infer, model, write_config
from packages.pyds.tests.pipelines import DATA, Gst, needs_data

pytestmark = needs_data

VEHICLE_ATTRIBUTES = "vehicle-attributes-recognition-barrier-0039_dyn.onnx"

Detection = list[Any]  # x1, y1, x2, y2, confidence, class


def golden(name: str) -> list[list[Detection]]:
    """The reference detections of each frame."""
    lines = (DATA / "golden" / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line)["dets"] for line in lines]


def overlap(a: Detection, b: Detection) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return float(both / (area - both))


def check(frames: list[Frame], expected: list[list[Detection]]) -> None:
    """95 % of the confident boxes are found, with their confidence, and hardly any others."""
    assert [frame.number for frame in frames] == list(range(len(expected)))
    found, wanted, extra = 0, 0, 0
    differences = []
    for frame, boxes in zip(frames, expected, strict=True):
        ours = [[*o["box"], o["confidence"], o["class_id"]] for o in frame.objects]
        free = list(ours)
        for box in boxes:
            if box[4] < 0.4:
                continue
            wanted += 1
            best = max(
                (o for o in free if o[5] == box[5]), key=lambda o: overlap(o, box), default=None
            )
            if best is not None and overlap(best, box) >= 0.9:
                found += 1
                free.remove(best)
                differences.append(abs(best[4] - box[4]))
        extra += sum(
            o[4] >= 0.4 and not any(o[5] == b[5] and overlap(o, b) >= 0.9 for b in boxes)
            for o in ours
        )
    assert found >= 0.95 * wanted
    assert sum(differences) / len(differences) <= 0.02
    assert extra <= 0.05 * wanted


def source(video: str, parser: str, decoder: str, width: int, height: int) -> str:
    """A file of the test data, through the mux."""
    return (
        f"filesrc location={DATA / 'videos' / video} ! qtdemux ! {parser} ! {decoder} ! mux.sink_0 "
        f"nvstreammux name=mux width={width} height={height} batch-size=1 ! "
    )


def test_yolox_finds_the_people_and_chairs_of_the_shop(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        onnx_file=model("yolox_nano_416_dyn.onnx"),
        labelfile_path=DATA / "labels/coco80.txt",
        num_detected_classes=80,
        model_color_format=1,
        maintain_aspect_ratio=1,
        padding_value=114,
        cluster_mode=2,
        classes={"all": {"pre_cluster_threshold": 0.3, "nms_iou_threshold": 0.45}},
    )
    frames = infer(config, source("Retail02_short.mp4", "h265parse", "avdec_h265", 1920, 1080))
    check(frames, golden("Retail02_short.yolox_nano"))
    labels = {obj["label"] for frame in frames for obj in frame.objects}
    assert {"person", "chair"} <= labels


def vehicle_detector(folder: Path) -> Path:
    return write_config(
        folder,
        name="vehicles.txt",
        gie_unique_id=1,
        onnx_file=model("vehicle-detection-0200_dyn.onnx"),
        batch_size=2,
        num_detected_classes=1,
        model_color_format=1,
        cluster_mode=2,
        classes={"all": {"pre_cluster_threshold": 0.4, "nms_iou_threshold": 0.45}},
    )


def road() -> str:
    return source("car-detection.mp4", "h264parse", "avdec_h264", 768, 432)


def test_ssd_finds_the_cars_of_the_road(tmp_path: Path) -> None:
    frames = infer(vehicle_detector(tmp_path), road())
    check(frames, golden("car-detection.vehicle-detection-0200"))


class VehicleAttributes:
    """Colours and types of vehicles as onnxruntime and OpenCV find them."""

    COLOURS = ("white", "gray", "yellow", "red", "green", "blue", "black")
    TYPES = ("car", "bus", "truck", "van")

    def __init__(self) -> None:
        self._session = onnxruntime.InferenceSession(str(model(VEHICLE_ATTRIBUTES)))
        video = cv2.VideoCapture(str(DATA / "videos/car-detection.mp4"))
        self._pictures = []
        while (picture := video.read())[0]:
            self._pictures.append(picture[1])

    def of(self, frame: int, box: tuple[float, ...]) -> tuple[Any, Any]:
        """The probabilities of each colour and type."""
        left, top, right, bottom = (round(edge) for edge in box)
        crop = cv2.resize(self._pictures[frame][top:bottom, left:right], (72, 72))
        tensor = crop.transpose(2, 0, 1)[np.newaxis].astype(np.float32)
        colour, kind = self._session.run(["color", "type"], {"input": tensor})
        return colour.ravel(), kind.ravel()


def vehicle_classifier(folder: Path, **keys: object) -> Path:
    (folder / "labels.txt").write_text(
        ";".join(VehicleAttributes.COLOURS) + "\n" + ";".join(VehicleAttributes.TYPES) + "\n"
    )
    return write_config(
        folder,
        **{
            "name": "attributes.txt",
            "gie_unique_id": 2,
            "onnx_file": model(VEHICLE_ATTRIBUTES),
            "network_type": 1,
            "process_mode": 2,
            "batch_size": 4,
            "model_color_format": 1,
            "output_blob_names": "color;type",
            "labelfile_path": "labels.txt",
            "classifier_type": "vehicle",
            **keys,
        },
    )


def test_cars_have_the_colour_and_type_that_the_reference_finds(tmp_path: Path) -> None:
    reference = VehicleAttributes()
    detecting = f"{road()} nvinfer interval=1 config-file-path={vehicle_detector(tmp_path)} ! "
    frames = infer(vehicle_classifier(tmp_path), detecting)
    differences, mistakes = [], 0
    for frame in frames:
        for obj in frame.objects:
            colour, kind = obj["attributes"]
            assert (colour.index, kind.index) == (0, 1)
            assert {(a.component, a.classifier_type) for a in (colour, kind)} == {(2, "vehicle")}
            assert obj["text"] == f"{obj['label']} {colour.label} {kind.label}"
            for ours, theirs, names in zip(
                (colour, kind),
                reference.of(frame.number, obj["box"]),
                (reference.COLOURS, reference.TYPES),
                strict=True,
            ):
                assert ours.label == names[ours.value]
                mistakes += ours.value != theirs.argmax()
                differences.append(abs(ours.confidence - theirs[ours.value]))
    assert len(differences) >= 2 * 80
    # OpenCV scales bytes of BGR, nvinfer the planes of the decoder: a car that is half out of the
    # picture may look a little more like a van.
    assert np.mean(differences) <= 0.02
    assert mistakes <= 0.03 * len(differences)


#: The same road seen by two cameras, while the first two cars pass.
TWO_ROADS = (
    " ".join(
        f"filesrc location={DATA / 'videos/car-detection.mp4'} ! qtdemux ! h264parse "
        f"! avdec_h264 ! identity eos-after=240 ! mux.sink_{number}"
        for number in range(2)
    )
    + " nvstreammux name=mux width=768 height=432 batch-size=2 ! "
)


@pytest.mark.parametrize("asynchronous", [0, 1])
def test_tracked_cars_of_two_cameras_keep_the_answer_of_their_id(
    tmp_path: Path, asynchronous: int
) -> None:
    detecting = (
        f"{TWO_ROADS} nvinfer interval=2 config-file-path={vehicle_detector(tmp_path)} "
        "! nvtracker ! "
    )
    config = vehicle_classifier(
        tmp_path, classifier_async_mode=asynchronous, classifier_threshold=0.3
    )
    frames = infer(config, detecting)
    for source in range(2):
        numbers = [frame.number for frame in frames if frame.source == source]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= 240
    cars: dict[tuple[int, int], list[list[str]]] = {}
    for frame in frames:
        for obj in frame.objects:
            answer = [attribute.label for attribute in obj["attributes"]]
            cars.setdefault((frame.source, obj["object_id"]), []).append(answer)
    assert {source for source, _ in cars} == {0, 1}
    for answers in cars.values():
        first = next((i for i, answer in enumerate(answers) if answer), len(answers))
        assert all(answers[first:])  # never lost again
        if not asynchronous:
            assert first == 0
    # Both cameras see the same road, and a car that has not grown is not looked at again.
    looks = {source: [a for (s, _), a in cars.items() if s == source] for source in range(2)}
    if not asynchronous:
        assert looks[0] == looks[1]
    else:
        assert sum(any(answers) for answers in cars.values()) >= 0.5 * len(cars)


def test_secondary_configuration_of_a_sample_application_runs_as_it_is(tmp_path: Path) -> None:
    name = "NVIDIA-AI-IOT__deepstream_python_apps__apps__deepstream-test2__dstest2_sgie2_config.txt"
    models = tmp_path / "samples/models/Secondary_VehicleTypes"
    models.mkdir(parents=True)
    (models / "resnet18_vehicletypenet_pruned.onnx").symlink_to(model(VEHICLE_ATTRIBUTES))
    vehicle_classifier(models)
    app = tmp_path / "sources/deepstream_python_apps/apps/deepstream-test2"
    app.mkdir(parents=True)
    config = app / "config.txt"
    shutil.copy(DATA / "configs/nvinfer" / name, config)

    element = Gst.ElementFactory.make("nvinfer")
    element.set_property("config-file-path", str(config))
    assert element.get_property("process-mode").value_nick == "secondary"
    assert (element.get_property("unique-id"), element.get_property("batch-size")) == (3, 16)
    assert element.get_property("infer-on-gie-id") == 1
    assert element.get_property("infer-on-class-ids") == "0"

    detecting = (
        f"{road()} nvinfer interval=2 config-file-path={vehicle_detector(tmp_path)} ! nvtracker ! "
    )
    frames = infer(config, detecting)
    cars = [obj for frame in frames for obj in frame.objects]
    # Asynchronous: the first frames of a car go without.
    answered = [obj for obj in cars if obj["attributes"]]
    assert len(answered) >= 0.5 * len(cars)
    assert {attribute.component for obj in answered for attribute in obj["attributes"]} == {3}
