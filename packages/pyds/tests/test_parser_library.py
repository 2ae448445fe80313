"""Parsers of users in C++: source for DeepStream compiles here, and nvinfer calls it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from packages.pyds.tests.inference_support import (
    PATTERN,
    Frame,
    car_video,
    constant_model,
    identity_model,
    infer,
    model,
    write_config,
)
from packages.pyds.tests.pipelines import PipelineError, needs_data

REPOSITORY = Path(__file__).parents[3]


def vehicles(tmp_path: Path, **keys: object) -> list[Frame]:
    """Cars on a road."""
    config = write_config(
        tmp_path,
        onnx_file=model("vehicle-detection-0200_dyn.onnx"),
        num_detected_classes=1,
        model_color_format=1,
        cluster_mode=2,
        classes={"all": {"pre_cluster_threshold": 0.4, "nms_iou_threshold": 0.45}},
        **keys,
    )
    return infer(config, car_video(frames=150))[:150]


@needs_data
def test_a_library_finds_what_the_built_in_parser_finds(
    tmp_path: Path, parser_library: Path
) -> None:
    ours = vehicles(tmp_path, custom_lib_path=parser_library, parse_bbox_func_name="ParseVehicles")
    assert sum(len(frame.objects) for frame in ours) > 30
    assert ours == vehicles(tmp_path)


def start(tmp_path: Path, parser_library: Path, function: str, **keys: object) -> list[Frame]:
    keys = {"num_detected_classes": 2, "cluster_mode": 4} | keys
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, [[0.0] * 9]),
        custom_lib_path=parser_library,
        parse_bbox_func_name=function,
        **keys,
    )
    return infer(config)


def test_careless_parsers_cannot_get_past_thresholds_and_classes(
    tmp_path: Path, parser_library: Path
) -> None:
    for frame in start(tmp_path, parser_library, "ParseCarelessly"):
        assert [(obj["class_id"], obj["confidence"]) for obj in frame.objects] == [
            (0, pytest.approx(0.2))
        ]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("RefuseOutputs", "parser RefuseOutputs of .*libparsers.so failed: it returned false"),
        ("ThrowError", "parser ThrowError of .* failed: anchor seventeen"),
        ("ThrowNumber", "parser ThrowNumber of .* failed: it threw something"),
        ("ParseNothing", "parse-bbox-func-name=ParseNothing: .* has no such function.*nm -D"),
    ],
)
def test_what_goes_wrong_in_a_library_ends_the_stream_with_its_name(
    tmp_path: Path, parser_library: Path, function: str, message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        start(tmp_path, parser_library, function)


def test_a_missing_library_is_named_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"ParseMine: custom-lib-path=.*/none\.so cannot be"):
        start(tmp_path, tmp_path / "none.so", "ParseMine")


def test_a_library_that_is_none_says_what_the_loader_says(tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("no library")
    with pytest.raises(PipelineError, match=r"text\.so cannot be loaded: .*include-path"):
        start(tmp_path, tmp_path / "text.so", "ParseMine")


def test_a_parser_in_a_library_needs_the_number_of_classes(
    tmp_path: Path, parser_library: Path
) -> None:
    with pytest.raises(PipelineError, match="set num-detected-classes"):
        start(tmp_path, parser_library, "ParseCarelessly", num_detected_classes=0)


@needs_data
def test_a_name_we_know_works_without_its_library(tmp_path: Path) -> None:
    frames = vehicles(
        tmp_path,
        custom_lib_path="libnvdsinfer_custom_impl_ssd.so",
        parse_bbox_func_name="NvDsInferParseCustomSSD",
        engine_create_func_name="NvDsInferYoloCudaEngineGet",
    )
    assert frames == vehicles(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("white", (3, 1, "day", "it is day")), ("black", (3, 0, "night", "night"))],
)
def test_a_library_classifies_and_may_have_the_last_word_on_the_text(
    tmp_path: Path, parser_library: Path, pattern: str, expected: tuple[int, int, str, str]
) -> None:
    config = write_config(
        tmp_path,
        onnx_file=identity_model(tmp_path),
        network_type=1,
        classifier_threshold=0.5,
        custom_lib_path=parser_library,
        parse_classifier_func_name="ParseBrightness",
    )
    for frame in infer(config, PATTERN.format(frames=2, pattern=pattern)):
        (whole,) = frame.objects
        (attribute,) = whole["attributes"]
        assert (attribute.index, attribute.value, attribute.label, whole["text"]) == expected


def test_the_library_of_the_documentation_compiles(
    tmp_path: Path, compile_parsers: Callable[[Path, Path], None]
) -> None:
    page = (REPOSITORY / "docs/how-to/your-own-model.md").read_text()
    (code,) = re.findall(r"```cpp\n(.*?)```", page, re.DOTALL)
    (tmp_path / "parser.cpp").write_text(code)
    compile_parsers(tmp_path / "parser.cpp", tmp_path / "libparser.so")
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, [[4, 8, 16, 8, 0.9], [0, 0, 9, 9, 0.1]]),
        custom_lib_path="libparser.so",
        parse_bbox_func_name="ParseRows",
        num_detected_classes=1,
        cluster_mode=4,
        classes={"all": {"pre_cluster_threshold": 0.5}},
    )
    for frame in infer(config):
        (obj,) = frame.objects
        assert obj["box"] == pytest.approx((8, 12, 40, 24))  # 2 x and 1.5 x
