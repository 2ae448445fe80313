"""nvdspreprocess: tensors of frames, regions and objects, and what nvinfer finds in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

import pyds
from packages.pyds.tests.inference_support import (
    PATTERN,
    Array,
    constant_model,
    identity_model,
    infer,
    nodes,
    read_frames,
    write_config,
)
from packages.pyds.tests.pipelines import Gst, PipelineError, run, wait

SAMPLES = Path(pyds.__file__).parent / "deepstream/samples"
STREET = SAMPLES / "models/street_4class"
CLIP = SAMPLES / "streams/sample_720p.mp4"
CLIP_SOURCE = (
    f"filesrc location={CLIP} ! qtdemux ! h264parse ! avdec_h264 max-threads=1 ! identity "
    "eos-after={frames} ! mux.sink_0 nvstreammux name=mux width=1280 height=720 batch-size=1 ! "
)
SMALL = PATTERN.format(frames=4, pattern="ball")


def regions(folder: Path, shape: str, group: str = "src-ids=0", **keys: object) -> Path:
    """A configuration for the nvinfer with unique-id 15; `user_` keys go to [user-configs]."""
    user = [f"{key[5:].replace('_', '-')}={keys.pop(key)}" for key in list(keys) if "user_" in key]
    lines = [f"{key.replace('_', '-')}={value}" for key, value in keys.items()]
    file = folder / "preprocess.txt"
    file.write_text(
        "\n".join(
            [
                "[property]",
                "target-unique-ids=15",
                f"network-input-shape={shape}",
                *lines,
                "[user-configs]",
                *user,
                "[group-0]",
                *group.split(),
                "",
            ]
        )
    )
    return file


def prepared(config: Path) -> str:
    return f"nvdspreprocess config-file={config} ! "


def tensors(source: str, config: Path, properties: str = "") -> list[list[Array]]:
    """The tensors nvinfer left on each frame and its objects, in the order they were inferred."""
    found: list[list[Array]] = []
    errors: list[BaseException] = []

    def look(batch: Any) -> None:
        for frame in batch.frames:
            of_frame = []
            for user in [
                *nodes(frame.frame_user_meta_list, pyds.NvDsUserMeta),
                *(user for obj in frame.objects for user in obj.user_metas),
            ]:
                if user.base_meta.meta_type == pyds.NVDSINFER_TENSOR_OUTPUT_META:
                    meta = pyds.NvDsInferTensorMeta.cast(user.user_meta_data)
                    of_frame.append(meta.tensors["out"].copy())
            found.append(of_frame[::-1])  # the newest comes first

    pipeline: Any = Gst.parse_launch(
        f"{source} nvinfer name=infer config-file-path={config} {properties} ! fakesink"
    )
    pad = pipeline.get_by_name("infer").get_static_pad("src")
    pyds.add_probe(pad, look, on_error=errors.append)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    if errors:
        raise errors[0]
    return found


FULL = {
    "plain": ({}, {}, ("N", 3, 32, 32), TensorProto.FLOAT),
    "letterbox": (
        {"maintain_aspect_ratio": 1, "symmetric_padding": 1, "network_color_format": 1},
        {"maintain_aspect_ratio": 1, "symmetric_padding": 1, "model_color_format": 1},
        ("N", 3, 32, 32),
        TensorProto.FLOAT,
    ),
    "normalised": (
        {"user_pixel_normalization_factor": 0.0039, "user_offsets": "10;20;30"},
        {"net_scale_factor": 0.0039, "offsets": "10;20;30"},
        ("N", 3, 24, 40),
        TensorProto.FLOAT,
    ),
    "channels last": (
        {"network_input_order": 1},
        {"network_input_order": 1},
        ("N", 24, 40, 3),
        TensorProto.FLOAT,
    ),
    "bytes": ({"tensor_data_type": 1}, {}, ("N", 3, 24, 40), TensorProto.UINT8),
    "halves": (
        {"tensor_data_type": 5, "user_pixel_normalization_factor": 0.0039},
        {"net_scale_factor": 0.0039},
        ("N", 3, 24, 40),
        TensorProto.FLOAT16,
    ),
    "grey": (
        {"network_color_format": 2},
        {"model_color_format": 2},
        ("N", 1, 24, 40),
        TensorProto.FLOAT,
    ),
}


@pytest.mark.parametrize("name", FULL)
def test_tensors_of_whole_frames_are_nvinfers_own_bit_for_bit(name: str, tmp_path: Path) -> None:
    ours, own, shape, dtype = FULL[name]
    config = write_config(
        tmp_path,
        onnx_file=identity_model(tmp_path, shape, (dtype, TensorProto.FLOAT)),
        network_type=100,
        output_tensor_meta=1,
        **own,
    )
    expected = tensors(SMALL, config)
    shape_text = ";".join(["4", *map(str, shape[1:])])
    got = tensors(
        SMALL + prepared(regions(tmp_path, shape_text, **ours)), config, "input-tensor-meta=1"
    )
    assert len(got) == 4
    np.testing.assert_array_equal(got, expected)
    assert np.ptp(np.array(got)) > 0


def street(folder: Path, **keys: object) -> Path:
    return write_config(
        folder,
        onnx_file=STREET / "street_4class.onnx",
        labelfile_path=STREET / "labels.txt",
        net_scale_factor=0.0039215697906911373,
        infer_dims="3;544;960",
        cluster_mode=2,
        **{"maintain_aspect_ratio": 1, **keys},
        classes={"all": {"pre_cluster_threshold": 0.3, "nms_iou_threshold": 0.5, "topk": 100}},
    )


STREET_KEYS: dict[str, object] = {
    "user_pixel_normalization_factor": 0.0039215697906911373,
    "maintain_aspect_ratio": 1,
}


def test_detections_in_whole_frames_are_nvinfers_own(tmp_path: Path) -> None:
    source = CLIP_SOURCE.format(frames=12)
    config = street(tmp_path)
    expected = infer(config, source)
    preprocess = regions(tmp_path, "4;3;544;960", **STREET_KEYS)
    got = infer(config, source + prepared(preprocess), "input-tensor-meta=1")
    assert sum(len(frame.objects) for frame in expected) > 100
    assert got == expected


ROIS = [(0, 200, 500, 400), (700, 100, 580, 620)]


def test_detections_of_regions_are_inside_them_and_in_pixels_of_the_frame(tmp_path: Path) -> None:
    source = CLIP_SOURCE.format(frames=12)
    whole = infer(street(tmp_path), source)
    rois = ";".join(str(number) for roi in ROIS for number in roi)
    preprocess = regions(
        tmp_path,
        "4;3;544;960",
        f"src-ids=0 process-on-roi=1 roi-params-src-0={rois}",
        **STREET_KEYS,
        symmetric_padding=1,
    )
    got = infer(street(tmp_path), source + prepared(preprocess), "input-tensor-meta=1 batch-size=2")
    assert len(got) == len(whole)
    found = wanted = 0
    for frame, full in zip(got, whole, strict=True):
        assert frame.inferred
        for thing in frame.objects:
            assert any(inside(thing["box"], roi, slack=1e-3) for roi in ROIS)
        for thing in full.objects:
            if thing["confidence"] < 0.6 or not any(inside(thing["box"], roi, -8) for roi in ROIS):
                continue
            wanted += 1
            found += any(overlap(thing["box"], other["box"]) > 0.5 for other in frame.objects)
    assert wanted > 50
    assert found > 0.9 * wanted


def inside(box: tuple[float, ...], roi: tuple[int, ...], slack: float) -> bool:
    left, top, width, height = roi
    return (
        box[0] >= left - slack
        and box[1] >= top - slack
        and box[2] <= left + width + slack
        and box[3] <= top + height + slack
    )


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


FIVE = ";".join(f"{8 * i};{4 * i};24;16" for i in range(5))


@pytest.mark.parametrize(("entries", "batch_size"), [(5, 5), (2, 8), (8, 2), (1, 1)])
def test_regions_may_be_more_than_fit_a_tensor_or_a_batch(
    entries: int, batch_size: int, tmp_path: Path
) -> None:
    config = write_config(
        tmp_path,
        onnx_file=identity_model(tmp_path),
        network_type=100,
        output_tensor_meta=1,
        batch_size=batch_size,
        workers=1,
    )
    preprocess = regions(
        tmp_path, f"{entries};3;32;32", f"src-ids=0 process-on-roi=1 roi-params-src-0={FIVE}"
    )
    source = PATTERN.format(frames=4, pattern="smpte")
    got = tensors(source + prepared(preprocess), config, "input-tensor-meta=1")
    assert [len(frame) for frame in got] == [5, 5, 5, 5]
    for index in range(5):
        left, top = 8 * index, 4 * index
        crop = (
            f"videotestsrc num-buffers=4 pattern=smpte ! video/x-raw,format=I420,width=64,"
            f"height=48,framerate=30/1 ! videocrop left={left} top={top} right={40 - left} "
            f"bottom={32 - top} ! mux.sink_0 nvstreammux name=mux width=24 height=16 batch-size=1 !"
        )
        (expected,) = tensors(crop, config)[0]
        np.testing.assert_array_equal(got[0][index], expected)


def test_a_model_of_a_fixed_batch_takes_fewer_regions(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        onnx_file=identity_model(tmp_path, (4, 3, 32, 32)),
        network_type=100,
        output_tensor_meta=1,
        batch_size=4,
    )
    preprocess = regions(
        tmp_path, "8;3;32;32", f"src-ids=0 process-on-roi=1 roi-params-src-0={FIVE}"
    )
    got = tensors(SMALL + prepared(preprocess), config, "input-tensor-meta=1")
    assert [len(frame) for frame in got] == [5, 5, 5, 5]


BOXES = [[8.0, 8.0, 24.0, 30.0, 0.9, 0.0], [2.0, 4.0, 20.0, 12.0, 0.8, 1.0]]


@pytest.mark.parametrize(("only", "count"), [("", 2), (" operate-on-class-ids=1", 1)])
def test_tensors_of_objects_are_nvinfers_own(only: str, count: int, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    detector = write_config(
        first,
        onnx_file=constant_model(first, BOXES),
        num_detected_classes=2,
        cluster_mode=4,
        gie_unique_id=1,
    )
    config = write_config(
        tmp_path,
        onnx_file=identity_model(tmp_path),
        network_type=100,
        process_mode=2,
        operate_on_gie_id=1,
        output_tensor_meta=1,
        **({"operate_on_class_ids": 1} if only else {}),
    )
    source = f"{SMALL} nvinfer config-file-path={detector} ! "
    expected = tensors(source, config)
    preprocess = regions(
        tmp_path, "4;3;32;32", f"src-ids=0{only}", process_on_frame=0, operate_on_gie_id=1
    )
    got = tensors(source + prepared(preprocess), config, "input-tensor-meta=1")
    assert [len(frame) for frame in got] == 4 * [count]
    np.testing.assert_array_equal(got, expected)


def test_a_model_of_any_size_is_loaded_for_that_of_the_tensors(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        onnx_file=identity_model(tmp_path, ("N", 3, "h", "w"), metadata={"infer_dims": "3;32;32"}),
        network_type=100,
        output_tensor_meta=1,
    )
    preprocess = regions(tmp_path, "4;3;24;40")
    got = tensors(f"{SMALL} {prepared(preprocess)} queue ! ", config, "input-tensor-meta=1")
    assert [tensor.shape for frame in got for tensor in frame] == 4 * [(3, 24, 40)]


def test_both_branches_of_a_tee_infer_the_same_tensors(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, BOXES),
        num_detected_classes=2,
        cluster_mode=4,
    )
    preprocess = regions(tmp_path, "4;3;32;32")
    pipeline: Any = Gst.parse_launch(
        f"{SMALL} {prepared(preprocess)} tee name=t "
        + " ".join(
            f"t. ! queue ! nvinfer name=infer{i} config-file-path={config} input-tensor-meta=1 ! "
            f"fakesink name=sink{i}"
            for i in range(2)
        )
    )
    counts: dict[int, list[int]] = {0: [], 1: []}
    for index, found in counts.items():
        pad = pipeline.get_by_name(f"sink{index}").get_static_pad("sink")
        pyds.add_probe(
            pad, lambda batch, found=found: found.append(len(read_frames(batch)[0].objects))
        )
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert counts == {0: [2, 2, 2, 2], 1: [2, 2, 2, 2]}


def test_the_interval_passes_over_batches(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, onnx_file=constant_model(tmp_path, BOXES), num_detected_classes=2, cluster_mode=4
    )
    preprocess = regions(tmp_path, "4;3;32;32", "src-ids=0 interval=1")
    got = infer(config, SMALL + prepared(preprocess), "input-tensor-meta=1")
    assert [frame.inferred for frame in got] == [True, False, True, False]


def test_tensors_for_others_are_left_alone_and_the_user_is_told(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, onnx_file=constant_model(tmp_path, BOXES), num_detected_classes=2, cluster_mode=4
    )
    preprocess = regions(tmp_path, "4;3;32;32")
    messages: list[Any] = []
    got = infer(
        config,
        PATTERN.format(frames=40, pattern="ball") + prepared(preprocess),
        "input-tensor-meta=1 unique-id=2",
        messages,
    )
    assert not any(frame.inferred for frame in got)
    (message,) = messages
    assert "put an nvdspreprocess with target-unique-ids=2 before this nvinfer" in message


def test_properties_win_over_the_file(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, onnx_file=constant_model(tmp_path, BOXES), num_detected_classes=2, cluster_mode=4
    )
    file = regions(tmp_path, "4;3;32;32")
    for properties, inferred in (("target-unique-ids=2;3", True), ("enable=false", False)):
        got = infer(
            config,
            f"{SMALL} nvdspreprocess config-file={file} {properties} ! ",
            "input-tensor-meta=1 unique-id=3",
        )
        assert [frame.inferred for frame in got] == 4 * [inferred]


def test_regions_are_drawn_when_asked_for(tmp_path: Path) -> None:
    preprocess = regions(
        tmp_path,
        "4;3;32;32",
        "src-ids=0 process-on-roi=1 draw-roi=1 roi-params-src-0=8;4;24;16",
    )
    found = []

    def look(batch: Any) -> None:
        for frame in batch.frames:
            for display in nodes(frame.display_meta_list, pyds.NvDsDisplayMeta):
                rect = display.rect_params[0]
                found.append((display.num_rects, rect.left, rect.top, rect.width, rect.height))

    pipeline: Any = Gst.parse_launch(f"{SMALL} {prepared(preprocess)} fakesink name=sink")
    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert found == 4 * [(1, 8.0, 4.0, 24.0, 16.0)]


def test_a_region_outside_the_frames_is_left_out_with_a_warning(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, onnx_file=constant_model(tmp_path, BOXES), num_detected_classes=2, cluster_mode=4
    )
    preprocess = regions(
        tmp_path, "4;3;32;32", "src-ids=0 process-on-roi=1 roi-params-src-0=0;0;32;32;100;0;32;32"
    )
    messages: list[Any] = []
    got = infer(config, SMALL + prepared(preprocess), "input-tensor-meta=1", messages)
    assert [len(frame.objects) for frame in got] == [2, 2, 2, 2]
    (message,) = messages
    assert "the region 100;0;32;32 of source 0 is not all inside the frames of 64 x 48" in message


def test_a_tensor_that_does_not_fit_the_model_is_an_error_that_says_what_does(
    tmp_path: Path,
) -> None:
    config = write_config(tmp_path, onnx_file=identity_model(tmp_path), network_type=100)
    for keys, seen in (
        ({"shape": "4;3;32;64"}, "is 1 x 3 x 32 x 64 float32"),
        ({"shape": "4;3;32;32", "tensor_data_type": 1}, "is 1 x 3 x 32 x 32 uint8"),
    ):
        preprocess = regions(tmp_path, **keys)  # type: ignore[arg-type]
        with pytest.raises(PipelineError, match=f"{seen}.*takes N x 3 x 32 x 32 float32"):
            infer(config, SMALL + prepared(preprocess), "input-tensor-meta=1")


def test_configurations_that_cannot_work_are_errors(tmp_path: Path) -> None:
    file = tmp_path / "preprocess.txt"
    for text, problem in (
        ("[property]\n[group-0]\nsrc-ids=0\n", "has no network-input-shape"),
        ("[property]\nnetwork-input-shape=4;3;32;32\n[group-0]\nsrc-ids=0\n", "target-unique-ids"),
        ("nonsense", "is not readable"),
    ):
        file.write_text(text)
        with pytest.raises(PipelineError, match=problem):
            run(f"{SMALL} {prepared(file)} fakesink")
    with pytest.raises(PipelineError, match="has no configuration: set config-file"):
        run(f"{SMALL} nvdspreprocess ! fakesink")
