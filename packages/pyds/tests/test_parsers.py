"""Output parsers written in Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from packages.pyds.tests.inference_support import PATTERN, constant_model, infer, write_config
from packages.pyds.tests.pipelines import PipelineError

SOURCE = PATTERN.format(frames=4, pattern="ball")
# Rows of a format of our own: confidence, class, centre, size.
ROWS = [[0.9, 1, 16, 16, 8, 8, 0], [0.8, 1, 17, 16, 8, 8, 0], [0.3, 0, 4, 4, 8, 8, 0]]

PARSER = """
import numpy as np

def parse(layers, network, params):
    rows = layers["out"]
    assert rows.shape == (3, 7), rows.shape
    assert (network.width, network.height) == (32, 32)
    assert params.num_classes == 2
    rows = rows[rows[:, 0] >= params.threshold]
    x, y, w, h = rows[:, 2], rows[:, 3], rows[:, 4], rows[:, 5]
    return np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2, rows[:, 0], rows[:, 1]], 1)

def nothing(layers, network, params):
    return []

def wrong_shape(layers, network, params):
    return np.zeros((3, 5))
"""


def configure(tmp_path: Path, function: str = "parse", **keys: object) -> Path:
    (tmp_path / "parser.py").write_text(PARSER)
    return write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, ROWS),
        custom_lib_path="parser.py",
        parse_bbox_func_name=function,
        num_detected_classes=2,
        cluster_mode=2,
        classes={"all": {"pre_cluster_threshold": 0.2, "nms_iou_threshold": 0.3}},
        **keys,
    )


def test_python_parser_feeds_clustering_and_metadata(tmp_path: Path) -> None:
    frames = infer(configure(tmp_path), SOURCE, "workers=2")
    assert [frame.number for frame in frames] == [0, 1, 2, 3]
    for frame in frames:
        best, other = sorted(frame.objects, key=lambda obj: -obj["confidence"])
        assert best["box"] == pytest.approx((24, 18, 40, 30))  # 2 x and 1.5 x
        assert (best["class_id"], other["class_id"]) == (1, 0)


def test_thresholds_of_classes_apply_after_the_parser(tmp_path: Path) -> None:
    config = configure(tmp_path)
    config.write_text(config.read_text() + "[class-attrs-0]\npre-cluster-threshold=0.5\n")
    assert all(len(frame.objects) == 1 for frame in infer(config, SOURCE))


def test_empty_result_is_no_detection(tmp_path: Path) -> None:
    assert all(frame.objects == [] for frame in infer(configure(tmp_path, "nothing"), SOURCE))


def test_wrong_shape_says_which_is_expected(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"\(3, 5\).*\(N, 6\)"):
        infer(configure(tmp_path, "wrong_shape"), SOURCE)


def test_missing_function_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"no function 'pars'.*nothing, parse, wrong_shape"):
        infer(configure(tmp_path, "pars"), SOURCE)


def test_missing_file_names_it(tmp_path: Path) -> None:
    config = configure(tmp_path)
    (tmp_path / "parser.py").unlink()
    with pytest.raises(PipelineError, match=r"parser\.py"):
        infer(config, SOURCE)
