"""nvinfer: every frame comes out once, in order, with what the model said about it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from onnx import TensorProto

import pyds
from packages.pyds.tests.inference_support import (
    PATTERN,
    constant_model,
    four_sources,
    identity_model,
    infer,
    pattern,
    read_frames,
    write_config,
)
from packages.pyds.tests.pipelines import Gst, PipelineError, samples, wait

UNTRACKED = 0xFFFFFFFFFFFFFFFF
# One box in the middle of a 32 x 32 network: x1, y1, x2, y2, confidence, class.
ROWS = [[8, 8, 24, 24, 0.9, 1], [0, 0, 4, 4, 0.1, 0]]


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    """A configuration whose model sees one object everywhere."""
    (tmp_path / "labels.txt").write_text("car\nperson\n")
    return write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, ROWS),
        labelfile_path="labels.txt",
        gie_unique_id=7,
        cluster_mode=2,
        batch_size=2,
        network_mode=2,
    )


def test_object_carries_everything_applications_read(detector: Path) -> None:
    frames = infer(detector, pattern(3))
    assert [frame.number for frame in frames] == [0, 1, 2]
    for frame in frames:
        assert frame.inferred
        (obj,) = frame.objects
        assert obj["box"] == pytest.approx((16, 12, 48, 36))  # muxed pixels: 2 x and 1.5 x
        assert obj["confidence"] == pytest.approx(0.9)
        assert (obj["class_id"], obj["label"], obj["text"]) == (1, "person", "person")
        assert (obj["component"], obj["object_id"], obj["border_width"]) == (7, UNTRACKED, 3)


def test_order_holds_with_many_workers(detector: Path) -> None:
    frames = infer(detector, pattern(60), "workers=4")
    assert [frame.number for frame in frames] == list(range(60))
    assert all(len(frame.objects) == 1 for frame in frames)


@pytest.mark.parametrize("model_batch", ["N", 1, 8])
def test_batch_of_four_sources_is_divided_or_padded(tmp_path: Path, model_batch: Any) -> None:
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, ROWS, (model_batch, 3, 32, 32)),
        cluster_mode=2,
        batch_size=3,
    )
    frames = infer(config, four_sources(5))
    for source in range(4):
        mine = [frame for frame in frames if frame.source == source]
        assert [frame.number for frame in mine] == list(range(5))
        assert all(len(frame.objects) == 1 for frame in mine)


def test_interval_passes_batches_through_in_order(detector: Path) -> None:
    frames = infer(detector, pattern(7), "interval=2")
    assert [frame.number for frame in frames] == list(range(7))
    assert [frame.inferred for frame in frames] == [True, False, False, True, False, False, True]
    assert [len(frame.objects) for frame in frames] == [1, 0, 0, 1, 0, 0, 1]


def test_batch_size_reads_from_the_file_at_once_and_element_wins(detector: Path) -> None:
    element = Gst.ElementFactory.make("nvinfer")
    assert element.get_property("batch-size") == 1
    element.set_property("config-file-path", str(detector))
    assert element.get_property("batch-size") == 2
    assert element.get_property("unique-id") == 7
    element.set_property("batch-size", 5)
    element.set_property("config-file-path", str(detector))
    assert element.get_property("batch-size") == 5


def test_element_properties_win_over_the_file(detector: Path) -> None:
    frames = infer(detector, pattern(1), "unique-id=3 filter-out-class-ids=0;2")
    assert frames[0].objects[0]["component"] == 3
    assert infer(detector, pattern(1), "filter-out-class-ids=1")[0].objects == []


def test_class_beyond_the_labels_is_named_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("car\n")
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, [[8, 8, 24, 24, 0.9, 5]]),
        labelfile_path="labels.txt",
        num_detected_classes=6,
        cluster_mode=4,
    )
    warnings: list[str] = []
    frames = infer(config, pattern(1), messages=warnings)
    assert frames[0].objects[0]["label"] == "5"
    assert any("1 labels" in text and "6 classes" in text for text in warnings)


def test_label_longer_than_its_field_is_cut_between_characters(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("é" * 100 + "\n")
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, [[8, 8, 24, 24, 0.9, 0]]),
        labelfile_path="labels.txt",
        cluster_mode=4,
    )
    assert infer(config, pattern(1))[0].objects[0]["label"] == "é" * 63


def test_unknown_key_is_a_warning_on_the_bus(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, onnx_file=constant_model(tmp_path, ROWS), cluster_mod=2, cluster_mode=2
    )
    warnings: list[str] = []
    infer(config, pattern(1), messages=warnings)
    assert any("'cluster-mod'" in text and "'cluster-mode'" in text for text in warnings)


def test_tensor_meta_holds_the_models_input_as_opencv_would_make_it(tmp_path: Path) -> None:
    # The identity of the picture: what the network was fed, read back as its raw output.
    config = write_config(
        tmp_path,
        onnx_file=identity_model(tmp_path, ("N", 3, 416, 416)),
        network_type=100,
        output_tensor_meta=1,
        model_color_format=1,
        maintain_aspect_ratio=1,
        symmetric_padding=1,
        net_scale_factor=0.00392156862745098,
    )
    width, height = 1280, 720
    y, x = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    bgr = np.stack([127 + 100 * np.sin(7 * x), 127 + 100 * np.sin(5 * y), 255 * x * y], -1)
    i420 = cv2.cvtColor(bgr.astype(np.uint8), cv2.COLOR_BGR2YUV_I420)
    (tmp_path / "frame.yuv").write_bytes(i420.tobytes())
    source = (
        f"filesrc location={tmp_path / 'frame.yuv'} blocksize={i420.nbytes} ! rawvideoparse "
        f"width={width} height={height} format=i420 colorimetry=bt601 ! mux.sink_0 "
        f"nvstreammux name=mux width={width} height={height} batch-size=1 ! "
    )
    frames = infer(config, source)
    tensors = frames[0].tensors
    assert tensors is not None
    got = tensors["out"] * 255

    seen = cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420)
    letterbox = np.zeros((416, 416, 3), np.uint8)
    letterbox[91:325] = cv2.resize(seen, (416, 234), interpolation=cv2.INTER_LINEAR)
    difference = np.abs(got - letterbox.transpose(2, 0, 1))
    # OpenCV rounds to bytes after each of its two steps; ours are not rounded at all.
    assert np.percentile(difference, 99.9) <= 2
    assert difference.max() <= 3
    assert difference.mean() <= 0.5


def test_tensors_outlive_the_buffer(tmp_path: Path) -> None:
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, ROWS),
        network_type=100,
        output_tensor_meta=1,
    )
    frames = infer(config, pattern(30), "workers=1")
    for frame in frames:
        assert frame.tensors is not None
        np.testing.assert_allclose(frame.tensors["out"], ROWS)


def test_layers_read_as_in_deepstream_applications(tmp_path: Path) -> None:
    config = write_config(
        tmp_path, onnx_file=constant_model(tmp_path, ROWS), cluster_mode=2, output_tensor_meta=1
    )
    seen: list[Any] = []

    def probe(batch_meta: pyds.NvDsBatchMeta) -> None:
        frame = pyds.NvDsFrameMeta.cast(batch_meta.frame_meta_list.data)
        user = pyds.NvDsUserMeta.cast(frame.frame_user_meta_list.data)
        meta = pyds.NvDsInferTensorMeta.cast(user.user_meta_data)
        layer = pyds.get_nvds_LayerInfo(meta, 0)
        values = [pyds.get_detections(layer.buffer, i) for i in range(layer.dims.numElements)]
        network = (meta.network_info.width, meta.network_info.height, meta.network_info.channels)
        dims = list(layer.inferDims.d[: layer.dims.numDims])
        seen.append((layer.layerName, dims, layer.dataType, values, network))
        with pytest.raises(IndexError):
            pyds.get_nvds_LayerInfo(meta, 1)

    pipeline = Gst.parse_launch(
        f"{pattern(1)} nvinfer config-file-path={config} ! fakesink name=sink"
    )
    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), probe)
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    ((name, dims, data_type, values, network),) = seen
    assert (name, dims, data_type, network) == ("out", [2, 6], pyds.FLOAT, (32, 32, 3))
    assert values == pytest.approx(np.ravel(ROWS).tolist())


@pytest.mark.parametrize(
    ("dtypes", "scale"),
    [
        ((TensorProto.UINT8, TensorProto.FLOAT), 1),
        ((TensorProto.FLOAT16, TensorProto.FLOAT16), 1),
        ((TensorProto.FLOAT, TensorProto.INT64), 1),
    ],
)
def test_other_element_types_work(tmp_path: Path, dtypes: tuple[int, int], scale: float) -> None:
    file = identity_model(tmp_path, ("N", 3, 32, 32), dtypes)
    config = write_config(tmp_path, onnx_file=file, network_type=100, output_tensor_meta=1)
    source = PATTERN.format(frames=1, pattern="white")
    tensors = infer(config, source)[0].tensors
    assert tensors is not None
    assert tensors["out"].dtype == (np.int64 if dtypes[1] == TensorProto.INT64 else np.float32)
    np.testing.assert_allclose(tensors["out"], 255 * scale, atol=1)


def test_open_size_comes_from_the_models_metadata(tmp_path: Path) -> None:
    file = identity_model(tmp_path, ("N", 3, "H", "W"), metadata={"infer_dims": "3;24;40"})
    config = write_config(tmp_path, onnx_file=file, network_type=100, output_tensor_meta=1)
    tensors = infer(config, pattern(1))[0].tensors
    assert tensors is not None
    assert tensors["out"].shape == (3, 24, 40)


def start_error(config: Path | None) -> str:
    """What goes wrong when the element starts, which the state change reports too."""
    properties = f"config-file-path={config}" if config else ""
    pipeline = Gst.parse_launch(f"{pattern(1)} nvinfer {properties} ! fakesink")
    assert pipeline.set_state(Gst.State.PAUSED) == Gst.StateChangeReturn.FAILURE
    with pytest.raises(PipelineError) as error:
        wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    return str(error.value)


def test_missing_configuration_fails_at_start() -> None:
    assert "/nowhere.txt" in start_error(Path("/nowhere.txt"))
    assert "set config-file-path" in start_error(None)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"onnx_file": "/nowhere/m.onnx"}, ["/nowhere/m.onnx", "onnx-file"]),
        ({"tlt_encoded_model": "m.etlt"}, ["m.etlt", "ONNX"]),
        ({"uff_file": "m.uff"}, ["UFF", "onnx-file"]),
        ({"onnx_file": "corrupt.onnx"}, ["corrupt.onnx", "damaged"]),
        ({"onnx_file": "constant.onnx", "network_type": 2}, ["segmentation"]),
        ({"onnx_file": "constant.onnx", "labelfile_path": "none.txt"}, ["none.txt"]),
        ({"onnx_file": "constant.onnx", "engine": "tensorrt"}, ["'tensorrt'", "onnxruntime"]),
        ({"onnx_file": "constant.onnx", "batch_size": "many"}, ["batch-size=many", "1 to 1024"]),
    ],
)
def test_bad_configuration_fails_at_start_with_its_remedy(
    tmp_path: Path, keys: dict[str, Any], expected: list[str]
) -> None:
    constant_model(tmp_path, ROWS)
    (tmp_path / "corrupt.onnx").write_bytes(b"not a model" * 100)
    text = start_error(write_config(tmp_path, **keys))
    for part in expected:
        assert part in text


def test_model_that_fails_while_running_ends_the_stream_with_its_message(tmp_path: Path) -> None:
    # An output for a batch of one, whatever goes in.
    config = write_config(
        tmp_path,
        onnx_file=constant_model(tmp_path, ROWS, (1, 3, 32, 32)),
        custom_lib_path=tmp_path / "parser.py",
        parse_bbox_func_name="parse",
    )
    (tmp_path / "parser.py").write_text(
        "def parse(layers, network, params):\n    raise KeyError('seventeen')\n"
    )
    with pytest.raises(PipelineError, match=r"seventeen.*line 2"):
        infer(config, pattern(5))


def test_buffers_without_batch_metadata_are_refused(detector: Path) -> None:
    pipeline = Gst.parse_launch(
        "videotestsrc num-buffers=2 ! nvvideoconvert ! video/x-raw(memory:NVMM),format=NV12 ! "
        f"nvinfer config-file-path={detector} ! fakesink"
    )
    pipeline.set_state(Gst.State.PLAYING)
    with pytest.raises(PipelineError, match="nvstreammux"):
        wait(pipeline)
    pipeline.set_state(Gst.State.NULL)


def test_stops_and_starts_again_while_frames_are_under_way(detector: Path) -> None:
    pipeline = Gst.parse_launch(
        f"{pattern(-1)} nvinfer config-file-path={detector} workers=2 ! fakesink name=sink"
    )
    pad = pipeline.get_by_name("sink").get_static_pad("sink")
    for _ in range(5):
        seen = threading.Event()
        probe = pyds.add_probe(pad, lambda _, seen=seen: seen.set())
        assert pipeline.set_state(Gst.State.PLAYING) != Gst.StateChangeReturn.FAILURE
        assert seen.wait(30)
        probe.remove()
        assert pipeline.set_state(Gst.State.NULL) == Gst.StateChangeReturn.SUCCESS


def test_flush_drops_what_is_under_way_and_the_stream_goes_on(detector: Path) -> None:
    batches = samples(PATTERN.format(frames=40, pattern="ball").rstrip(" !"))
    pipeline = Gst.parse_launch(
        f"nvinfer name=infer config-file-path={detector} ! fakesink name=sink sync=false"
    )
    numbers: list[int] = []
    last = threading.Event()

    def collect(batch_meta: pyds.NvDsBatchMeta) -> None:
        numbers.extend(frame.number for frame in read_frames(batch_meta))
        if numbers[-1] == 39:
            last.set()

    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), collect)
    upstream = Gst.Pad.new("src", Gst.PadDirection.SRC)
    upstream.set_active(True)
    assert upstream.link(pipeline.get_by_name("infer").get_static_pad("sink")) == 0
    pipeline.set_state(Gst.State.PLAYING)
    segment = Gst.Segment()
    segment.init(Gst.Format.TIME)
    assert upstream.push_event(Gst.Event.new_stream_start("test"))
    assert upstream.push_event(Gst.Event.new_caps(batches[0].get_caps()))
    assert upstream.push_event(Gst.Event.new_segment(segment))
    for number, batch in enumerate(batches):
        assert upstream.push(batch.get_buffer()) == Gst.FlowReturn.OK
        if number % 10 == 5:
            assert upstream.push_event(Gst.Event.new_flush_start())
            assert upstream.push(batch.get_buffer()) == Gst.FlowReturn.FLUSHING
            assert upstream.push_event(Gst.Event.new_flush_stop(False))
            assert upstream.push_event(Gst.Event.new_segment(segment))
    assert last.wait(30)
    pipeline.set_state(Gst.State.NULL)
    assert numbers == sorted(set(numbers))
    assert set(range(36, 40)) <= set(numbers)  # what came after the last flush


def test_downstream_error_ends_the_stream(detector: Path) -> None:
    pipeline = Gst.parse_launch(
        f"{pattern(50)} nvinfer config-file-path={detector} ! identity error-after=3 ! fakesink"
    )
    pipeline.set_state(Gst.State.PLAYING)
    with pytest.raises(PipelineError, match=r"[Ff]ailed after"):
        wait(pipeline)
    assert pipeline.set_state(Gst.State.NULL) == Gst.StateChangeReturn.SUCCESS


@pytest.mark.parametrize("frames", [-1, 5])
def test_stream_ends_when_downstream_wants_no_more(detector: Path, frames: int) -> None:
    """An endless source, and one that has sent its own end before."""
    pipeline = Gst.parse_launch(
        f"{pattern(frames)} nvinfer config-file-path={detector} ! identity eos-after=3 ! fakesink"
    )
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    assert pipeline.set_state(Gst.State.NULL) == Gst.StateChangeReturn.SUCCESS


def test_branches_of_a_tee_have_objects_of_their_own(detector: Path) -> None:
    counts: dict[str, list[int]] = {"with": [], "without": []}
    pipeline = Gst.parse_launch(
        f"{pattern(20)} tee name=t "
        f"t. ! queue ! nvinfer config-file-path={detector} ! fakesink name=with "
        "t. ! queue ! fakesink name=without"
    )
    for name, seen in counts.items():
        pyds.add_probe(
            pipeline.get_by_name(name).get_static_pad("sink"),
            lambda meta, seen=seen: seen.extend(len(f.objects) for f in read_frames(meta)),
        )
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert counts == {"with": [1] * 20, "without": [0] * 20}
