"""nvinfer with network-type=3: objects with a mask each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import pyds
from packages.pyds.tests.ball_models import HEIGHT, KINDS, SCORE, WIDTH, ball_model
from packages.pyds.tests.inference_support import write_config
from packages.pyds.tests.pipelines import Gst, PipelineError, planes_of, samples, wait
from packages.pyds.tests.segmentation import BALL
from tools.compat.mask_model import add_masks

Mask = NDArray[np.float32]


@dataclass
class Instance:
    """An object as an application sees it."""

    frame: int
    class_id: int
    confidence: float
    box: tuple[float, float, float, float]  # left, top, width, height
    mask: Mask | None
    threshold: float
    label: str

    def in_frame(self, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.bool_]:
        """Which pixels of the frame belong to the object."""
        assert self.mask is not None
        left, top, right, bottom = self.corners()
        part = cv2.resize(self.mask, (right - left, bottom - top)) > self.threshold
        whole = np.zeros((height, width), bool)
        whole[top:bottom, left:right] = part
        return whole

    def corners(self) -> tuple[int, int, int, int]:
        left, top, width, height = self.box
        return round(left), round(top), round(left + width), round(top + height)


def read(batch: Any) -> list[Instance]:
    found = []
    for frame in batch.frames:
        for obj in frame.objects:
            rect, params = obj.rect_params, obj.mask_params
            mask = None
            if params.size:
                mask = np.array(params.get_mask_array()).reshape(params.height, params.width)
            found.append(
                Instance(
                    frame.frame_num,
                    obj.class_id,
                    obj.confidence,
                    (rect.left, rect.top, rect.width, rect.height),
                    mask,
                    params.threshold,
                    obj.obj_label,
                )
            )
    return found


def instances(
    config: Path, source: str = BALL, messages: list[str] | None = None
) -> list[Instance]:
    """The objects of all frames."""
    found: list[Instance] = []
    pipeline = Gst.parse_launch(f"{source} nvinfer config-file-path={config} ! fakesink name=sink")
    pyds.add_probe(
        pipeline.get_by_name("sink").get_static_pad("sink"), lambda batch: found.extend(read(batch))
    )
    pipeline.set_state(Gst.State.PLAYING)
    try:
        while (message := wait(pipeline, Gst.MessageType.EOS | Gst.MessageType.WARNING)).type != (
            Gst.MessageType.EOS
        ):
            if messages is not None:
                messages.append(message.parse_warning()[0].message)
    finally:
        pipeline.set_state(Gst.State.NULL)
    return found


def configure(folder: Path, kind: str, **keys: object) -> Path:
    defaults = {
        "network_type": 3,
        "num_detected_classes": 2 if kind == "mrcnn" else 1,
        "cluster_mode": 2,
        "output_instance_mask": 1,
        "classes": {"all": {"pre_cluster_threshold": 0.5}},
    }
    return write_config(folder, onnx_file=ball_model(folder, kind), **(defaults | keys))


def balls() -> list[NDArray[np.bool_]]:
    """Which pixels of each frame are the ball."""
    found = samples(f"{BALL} nvvideoconvert ! video/x-raw,format=RGBA")
    return [planes_of(sample)["pixels"][:, :, 0] > 127 for sample in found]


def overlap(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(a & b) / np.count_nonzero(a | b))


def check(found: list[Instance], least: float = 0.97) -> None:
    """One ball in each frame, its mask where it is."""
    truth = balls()
    assert [one.frame for one in found] == list(range(len(truth)))
    for one, ball in zip(found, truth, strict=True):
        rows, columns = np.nonzero(ball)
        corners = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert one.corners() == pytest.approx(corners, abs=1)
        assert one.confidence == pytest.approx(SCORE, abs=1e-3)
        assert overlap(one.in_frame(), ball) >= least


@pytest.mark.parametrize("kind", KINDS)
def test_every_family_of_outputs_gives_the_mask_of_the_ball(tmp_path: Path, kind: str) -> None:
    found = instances(configure(tmp_path, kind))
    # A quarter of the resolution is 10 cells across the ball.
    check(found, 0.9 if kind in ("yolo", "yolo_rows", "boxes6") else 0.95)
    assert {one.threshold for one in found} == {0.0 if kind in ("detr", "mrcnn") else 0.5}


def test_the_threshold_of_the_configuration_is_the_masks(tmp_path: Path) -> None:
    found = instances(configure(tmp_path, "box_masks", segmentation_threshold=0.25))
    assert {one.threshold for one in found} == {0.25}


def test_masks_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    found = instances(configure(tmp_path, "box_masks", output_instance_mask=0))
    assert len(found) == len(balls())
    assert all(one.mask is None for one in found)


PARSER = """
import numpy as np

def parse(layers, network, params):
    boxes, scores = layers["boxes"].reshape(-1, 4), layers["scores"].reshape(-1)
    masks = layers["masks"].reshape(len(boxes), 28, 28)
    rows = np.column_stack([boxes, scores, np.zeros(len(boxes))])
    return rows[scores >= params.threshold], masks[scores >= params.threshold]

def without_masks(layers, network, params):
    return np.zeros((3, 6))

def too_few(layers, network, params):
    return np.ones((3, 6)), np.zeros((2, 4, 4))
"""


def test_a_python_parser_finds_the_same(tmp_path: Path) -> None:
    (tmp_path / "parser.py").write_text(PARSER)
    keys = {"segmentation_threshold": 0.5, "custom_lib_path": "parser.py"}
    name = "parse_bbox_instance_mask_func_name"
    check(instances(configure(tmp_path, "box_masks", **keys, **{name: "parse"})), 0.95)
    with pytest.raises(PipelineError, match=r"without_masks .* expected a tuple of boxes"):
        instances(configure(tmp_path, "box_masks", **keys, **{name: "without_masks"}))
    with pytest.raises(PipelineError, match=r"3 boxes and masks of shape \(2, 4, 4\)"):
        instances(configure(tmp_path, "box_masks", **keys, **{name: "too_few"}))


def test_a_library_finds_the_same(tmp_path: Path, parser_library: Path) -> None:
    config = configure(
        tmp_path,
        "box_masks",
        segmentation_threshold=0.5,
        custom_lib_path=parser_library,
        parse_bbox_instance_mask_func_name="ParseMasks",
    )
    check(instances(config), 0.95)


def test_clustering_that_averages_is_replaced_with_a_warning(tmp_path: Path) -> None:
    messages: list[str] = []
    check(instances(configure(tmp_path, "box_masks", cluster_mode=0), messages=messages), 0.95)
    assert any("cluster-mode=0" in message and "2 (suppression" in message for message in messages)


@pytest.mark.parametrize(
    ("kind", "keys", "message"),
    [
        (
            "box_masks",
            {"parse_bbox_instance_mask_func_name": "ParseMine"},
            "ParseMine is not built",
        ),
        ("box_masks", {"output_blob_names": "boxes;scores"}, "nobody here can read objects with"),
    ],
)
def test_what_cannot_be_read_is_refused_at_start(
    tmp_path: Path, kind: str, keys: dict[str, Any], message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        instances(configure(tmp_path, kind, **keys))


def test_masks_of_a_street_are_drawn_by_nvdsosd(tmp_path: Path) -> None:
    """The street detector with masks by colour, on its video."""
    root = pyds.samples.root() / "samples"
    config = write_config(
        tmp_path,
        onnx_file=add_masks(tmp_path / "masks.onnx"),
        labelfile_path=root / "models/street_4class/labels.txt",
        network_type=3,
        cluster_mode=4,
        output_instance_mask=1,
        net_scale_factor=1 / 255,
        num_detected_classes=4,
        classes={"all": {"pre_cluster_threshold": 0.4}},
    )
    source = (
        f"filesrc location={root / 'streams/sample_720p.mp4'} ! qtdemux ! h264parse ! avdec_h264 ! "
        "identity eos-after=6 ! mux.sink_0 "
        "nvstreammux name=mux width=1280 height=720 batch-size=1 ! "
    )
    found = instances(config, source)
    assert len(found) > 50
    assert {"Vehicle", "Person"} <= {one.label for one in found}
    for one in found:
        assert one.mask is not None
        assert one.mask.shape[0] <= 28
        assert 0 < np.count_nonzero(one.mask > one.threshold) < one.mask.size
    drawn = [
        planes_of(
            samples(
                f"{source} nvinfer config-file-path={config} ! nvvideoconvert ! "
                "video/x-raw(memory:NVMM),format=RGBA ! nvdsosd process-mode=0 display-bbox=0 "
                f"display-text=0 display-mask={shown} ! nvvideoconvert ! video/x-raw,format=RGBA"
            )[0]
        )["pixels"].astype(int)
        for shown in (0, 1)
    ]
    changed = np.abs(drawn[1] - drawn[0]).max(axis=2) > 8
    expected = np.zeros(changed.shape, bool)
    for one in found:
        if one.frame == 0:
            expected |= one.in_frame(1280, 720)
    assert overlap(changed, expected) > 0.85
