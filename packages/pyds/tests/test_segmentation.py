"""nvinfer with network-type=2: the class of each pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto

import pyds
from packages.pyds.tests.inference_support import constant_model, infer, write_config
from packages.pyds.tests.pipelines import DATA, Gst, PipelineError, needs_data, wait
from packages.pyds.tests.segmentation import (
    BALL,
    brightness_config,
    class_maps,
    deeplab_config,
    segment,
    video,
)


def classes_of(config: Path) -> NDArray[np.int32]:
    """The only class map of the first frame of a white ball on black."""
    ((first,), *_) = segment(config, BALL).values()
    return first


def test_every_frame_gets_the_class_of_each_of_its_pixels(tmp_path: Path) -> None:
    maps = segment(brightness_config(tmp_path), BALL)
    assert list(maps) == [0, 1, 2]
    for (classes,) in maps.values():
        assert classes.shape == (48, 64)
        ball, ground = np.count_nonzero(classes == 2), np.count_nonzero(classes == 0)
        assert 600 < ball < 1600
        assert ball + ground > 2900  # few pixels of the rim are between
    assert not np.array_equal(maps[0][0], maps[2][0])  # the ball moves


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [
        ("nhwc", TensorProto.FLOAT),
        ("numbers", TensorProto.INT64),
        ("numbers", TensorProto.INT32),
        ("numbers", TensorProto.UINT8),
    ],
)
def test_every_form_of_output_says_the_same(tmp_path: Path, kind: str, dtype: int) -> None:
    expected = classes_of(brightness_config(tmp_path))
    assert np.array_equal(classes_of(brightness_config(tmp_path, kind, dtype=dtype)), expected)


def test_pixels_below_the_threshold_have_no_class(tmp_path: Path) -> None:
    all_of_them = classes_of(brightness_config(tmp_path))
    classes = classes_of(brightness_config(tmp_path, segmentation_threshold=0.95))
    unsure = classes == -1
    assert 0 < np.count_nonzero(unsure) < 500  # the rim of the ball
    assert np.array_equal(classes[~unsure], all_of_them[~unsure])


def test_meta_names_its_element_and_keeps_scores_and_tensors(tmp_path: Path) -> None:
    config = brightness_config(tmp_path, gie_unique_id=7, output_tensor_meta=1)
    pipeline = Gst.parse_launch(f"{BALL} nvinfer config-file-path={config} ! fakesink name=sink")
    seen = []

    def look(batch: Any) -> None:
        (frame,) = batch.frames
        (meta,) = class_maps(frame.frame_user_meta_list)
        assert meta.class_map in (0, 1, 2)
        assert 0 <= meta.class_probabilities_map <= 1
        assert frame.bInferDone
        seen.append((meta.unique_id, meta.classes, meta.width, meta.height))

    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), look)
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert seen == [(7, 3, 64, 48)] * 3
    for frame in infer(config, BALL):
        assert frame.tensors is not None
        assert frame.tensors["out"].shape == (3, 48, 64)


PARSER = """
import numpy as np

def parse(layers, network, params):
    scores = layers["out"]
    assert (network.width, network.height, params.num_classes) == (64, 48, 3)
    return np.where(scores.max(axis=0) < params.threshold, -1, scores.argmax(axis=0))

def flat(layers, network, params):
    return np.zeros(7)
"""


def test_a_python_parser_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "parser.py").write_text(PARSER)
    keys = {"segmentation_threshold": 0.95}
    own = {"custom_lib_path": "parser.py", "parse_segmentation_func_name": "parse"}
    expected = classes_of(brightness_config(tmp_path, **keys))
    assert np.array_equal(classes_of(brightness_config(tmp_path, **keys, **own)), expected)
    own["parse_segmentation_func_name"] = "flat"
    with pytest.raises(PipelineError, match=r"\(7,\); expected \(height, width\)"):
        classes_of(brightness_config(tmp_path, **own))


def test_a_library_says_the_same(tmp_path: Path, parser_library: Path) -> None:
    keys = {"segmentation_threshold": 0.95}
    own = {"custom_lib_path": parser_library, "parse_segmentation_func_name": "ParseClasses"}
    expected = classes_of(brightness_config(tmp_path, **keys))
    expected[expected >= 0] += 1000
    assert np.array_equal(classes_of(brightness_config(tmp_path, "nhwc", **keys, **own)), expected)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"parse_segmentation_func_name": "ParseMine"}, "ParseMine is not built in.*custom-lib"),
        ({"onnx_file": "rows.onnx"}, "N x classes x height x width.*this model has output: 'out'"),
    ],
)
def test_what_cannot_be_read_is_refused_at_start(
    tmp_path: Path, keys: dict[str, Any], message: str
) -> None:
    constant_model(tmp_path, [[0.0] * 6]).rename(tmp_path / "rows.onnx")
    config = brightness_config(tmp_path)
    text = config.read_text()
    for key, value in keys.items():
        text += f"{key.replace('_', '-')}={value}\n"
    config.write_text(text)
    with pytest.raises(PipelineError, match=message):
        segment(config, BALL)


def test_objects_get_class_maps_of_their_own_from_a_secondary_network(tmp_path: Path) -> None:
    # Of a 32 x 32 network: the middle of the ball, and a corner.
    boxes = [[12, 12, 20, 20, 0.9, 0], [0, 0, 3, 3, 0.8, 1]]
    detector = write_config(
        tmp_path,
        name="detector.txt",
        onnx_file=constant_model(tmp_path, boxes),
        num_detected_classes=2,
        cluster_mode=4,
    )
    config = brightness_config(tmp_path, process_mode=2, gie_unique_id=2)
    pipeline = Gst.parse_launch(
        f"{BALL} nvinfer config-file-path={detector} ! nvinfer config-file-path={config} ! "
        "fakesink name=sink"
    )
    seen = []

    def look(batch: Any) -> None:
        (frame,) = batch.frames
        assert class_maps(frame.frame_user_meta_list) == []
        for obj in frame.objects:
            (meta,) = class_maps(obj.obj_user_meta_list)
            classes = pyds.get_segmentation_masks(meta)
            seen.append((obj.class_id, meta.unique_id, classes.shape, set(np.unique(classes))))

    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), look)
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert len(seen) == 6
    assert all(one == (one[0], 2, (48, 64), {0} if one[0] else {2}) for one in seen)


@needs_data
@pytest.mark.parametrize(
    ("name", "size", "step", "least"),
    [("car-detection", (768, 432), 204, 0.97), ("Retail02_short", (1920, 1080), 200, 0.998)],
)
def test_deeplab_agrees_with_the_reference_on_real_video(
    tmp_path: Path, name: str, size: tuple[int, int], step: int, least: float
) -> None:
    maps = segment(deeplab_config(tmp_path, interval=step - 1), video(name, *size))
    compared = 0
    for number, (classes,) in maps.items():
        golden = DATA / "golden" / f"{name}.deeplab.f{number}.mask.png"
        if golden.exists():
            compared += 1
            expected = cv2.imread(str(golden), cv2.IMREAD_GRAYSCALE)
            assert np.mean(classes == expected) >= least
    assert compared == len(list((DATA / "golden").glob(f"{name}.deeplab.*.mask.png")))
