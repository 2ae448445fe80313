"""nvinferserver: configurations for Triton, run by the engines of nvinfer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

import pyds
from packages.pyds.tests.inference_support import (
    Frame,
    car_video,
    constant_model,
    identity_model,
    infer,
    model,
    pattern,
    write_config,
)
from packages.pyds.tests.pipelines import Gst, PipelineError, needs_data, playing, wait

# Two boxes in a 32 x 32 network: x1, y1, x2, y2, confidence, class.
ROWS = [[8, 8, 24, 24, 0.9, 1], [0, 0, 4, 4, 0.3, 0]]
STREET = Path(pyds.__file__).parent / "deepstream/samples/models/street_4class"


def put(folder: Path, file: Path, name: str = "detector", server: str = "") -> None:
    """Adds a model to the repository, with a config.pbtxt for it."""
    version = folder / "repository" / name / "1"
    version.mkdir(parents=True)
    shutil.copy(file, version / "model.onnx")
    (version.parent / "config.pbtxt").write_text(server)


def server_config(
    folder: Path, text: str, more: str = "", *, backend: str = "", name: str = "detector"
) -> Path:
    """A configuration with `text` in infer_config and `more` behind it."""
    file = folder / f"{name}.pbtxt"
    file.write_text(f"""infer_config {{
      backend {{ {backend} triton {{
        model_name: "{name}" version: -1 model_repo {{ root: "repository" }} }} }}
      {text}
    }}
    {more}
    """)
    return file


def serve(config: Path, *args: Any, **options: Any) -> list[Frame]:
    return infer(config, *args, element="nvinferserver", **options)


def test_objects_are_those_of_nvinfer(tmp_path: Path) -> None:
    """The street detector on the sample clip, configured either way."""
    put(tmp_path, STREET / "street_4class.onnx", server="max_batch_size: 4")
    theirs = server_config(
        tmp_path,
        f"""unique_id: 3 max_batch_size: 4
        preprocess {{ network_format: IMAGE_FORMAT_RGB tensor_order: TENSOR_ORDER_LINEAR
          normalize {{ scale_factor: 0.00392156862745098 }} }}
        postprocess {{ labelfile_path: "{STREET / "labels.txt"}" detection {{
          num_detected_classes: 4
          nms {{ confidence_threshold: 0.4 iou_threshold: 0.5 topk: 100 }} }} }}""",
        """output_control { detect_control {
          default_filter { bbox_filter { min_width: 12 } }
          specific_class_filters { key: 3 value { border_color { g: 1 a: 1 } } } } }""",
    )
    ours = write_config(
        tmp_path,
        gie_unique_id=3,
        batch_size=4,
        onnx_file=STREET / "street_4class.onnx",
        labelfile_path=STREET / "labels.txt",
        net_scale_factor=0.00392156862745098,
        num_detected_classes=4,
        cluster_mode=2,
        classes={
            "all": {
                "pre_cluster_threshold": 0.4,
                "nms_iou_threshold": 0.5,
                "topk": 100,
                "detected_min_w": 12,
            },
        },
    )
    clip = STREET.parents[1] / "streams/sample_720p.mp4"
    source = (
        f"filesrc location={clip} ! qtdemux ! h264parse ! nvv4l2decoder ! identity eos-after=12 "
        "! mux.sink_0 nvstreammux name=mux width=1280 height=720 batch-size=1 ! "
    )
    messages: list[str] = []
    found = serve(theirs, source, messages=messages)
    assert messages == []
    assert found == infer(ours, source)
    assert sum(len(frame.objects) for frame in found) > 100
    assert {o["component"] for frame in found for o in frame.objects} == {3}


def test_properties_show_what_the_file_says(tmp_path: Path) -> None:
    put(tmp_path, constant_model(tmp_path, ROWS))
    config = server_config(
        tmp_path,
        "unique_id: 6 max_batch_size: 3",
        """input_control { process_mode: PROCESS_MODE_CLIP_OBJECTS operate_on_gie_id: 4
           operate_on_class_ids: [0, 2] } output_control { output_tensor_meta: true }""",
    )
    element = Gst.ElementFactory.make("nvinferserver", None)
    element.set_property("config-file-path", str(config))
    assert element.get_property("batch-size") == 3
    assert element.get_property("unique-id") == 6
    assert element.get_property("process-mode").value_nick == "secondary"
    assert element.get_property("infer-on-gie-id") == 4
    assert element.get_property("infer-on-class-ids") == "0:2"
    assert element.get_property("output-tensor-meta") is True


@pytest.mark.parametrize(("threshold", "found"), [(0.2, [0, 1]), (0.5, [1])])
def test_thresholds_and_class_filters_count(
    tmp_path: Path, threshold: float, found: list[int]
) -> None:
    put(tmp_path, constant_model(tmp_path, ROWS))
    config = server_config(
        tmp_path,
        f"postprocess {{ detection {{ simple_cluster {{ threshold: {threshold} }} }} }}",
    )
    for frame in serve(config):
        assert sorted(o["class_id"] for o in frame.objects) == found
    only = server_config(
        tmp_path,
        f"postprocess {{ detection {{ simple_cluster {{ threshold: {threshold} }} }} }}",
        "output_control { detect_control { filter_out_class_ids: [1] } }",
    )
    for frame in serve(only):
        assert [o["class_id"] for o in frame.objects] == [c for c in found if c != 1]


def test_tensors_of_a_model_in_the_order_of_tensorflow_are_attached(tmp_path: Path) -> None:
    """TENSOR_ORDER_NONE leaves the order to the model; no class needs to be known."""
    network = identity_model(
        tmp_path, ("N", 32, 48, 3), dtypes=(TensorProto.UINT8, TensorProto.FLOAT)
    )
    put(tmp_path, network)
    config = server_config(
        tmp_path,
        """preprocess { network_format: IMAGE_FORMAT_RGB tensor_order: TENSOR_ORDER_NONE
             normalize { scale_factor: 1.0 channel_offsets: [0, 0, 0] } }
           postprocess { other {} }
           custom_lib { path: "/opt/nvidia/deepstream/deepstream/lib/libnvds_infercustomparser.so" }
           """,
        "output_control { output_tensor_meta: true }",
        backend='outputs { name: "out" }',
    )
    messages: list[str] = []
    frames = serve(config, pattern(2), messages=messages)
    assert len(frames) == 2
    for frame in frames:
        assert frame.objects == []
        assert frame.tensors is not None
        assert frame.tensors["out"].shape == (32, 48, 3)
        assert np.ptp(frame.tensors["out"]) > 100, "the picture, in bytes"


@needs_data
def test_objects_are_classified_as_by_nvinfer(tmp_path: Path) -> None:
    network = model("vehicle-attributes-recognition-barrier-0039_dyn.onnx")
    labels = "car;bus;truck;van\nwhite;gray;yellow;red;green;blue;black\n"
    (tmp_path / "labels.txt").write_text(labels)
    put(tmp_path, network, "colours")
    theirs = server_config(
        tmp_path,
        """unique_id: 2 max_batch_size: 4
           preprocess { network_format: IMAGE_FORMAT_BGR tensor_order: TENSOR_ORDER_LINEAR }
           postprocess { labelfile_path: "labels.txt" classification { threshold: 0.3 } }""",
        """input_control { process_mode: PROCESS_MODE_CLIP_OBJECTS operate_on_gie_id: 1
             object_control { bbox_filter { min_width: 32 min_height: 32 } } }
           output_control { classifier_type: "colour" }""",
        name="colours",
    )
    ours = write_config(
        tmp_path,
        gie_unique_id=2,
        process_mode=2,
        network_type=1,
        batch_size=4,
        onnx_file=network,
        labelfile_path="labels.txt",
        model_color_format=1,
        classifier_threshold=0.3,
        classifier_type="colour",
        operate_on_gie_id=1,
        input_object_min_width=32,
        input_object_min_height=32,
    )

    def one_car(batch: Any) -> None:
        table = np.zeros(1, pyds.OBJECT_DTYPE)
        table["left"], table["top"], table["width"], table["height"] = 300, 150, 120, 100
        table["object_id"] = np.iinfo(np.uint64).max
        table["unique_component_id"] = 1
        pyds.add_objects(batch, table)

    found = serve(theirs, car_video(4), before=one_car)
    assert found == infer(ours, car_video(4), before=one_car)
    for frame in found:
        (car,) = frame.objects
        assert {attribute.classifier_type for attribute in car["attributes"]} == {"colour"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("infer_config {", r"config\.txt:1: expected '}'"),
        ("[property]\nonnx-file=a.onnx", r"config\.txt:1: expected the name of a field"),
        (
            'infer_config { backend { triton { model_name: "a" model_repo { root: "r" } } } }',
            r"no model 'a' in the model repository: '.*/r/a' does not exist",
        ),
        (
            'infer_config { backend { triton { model_name: "a" grpc { url: "host:8001" } } } }',
            r"triton\.grpc: .*put the model repository on this machine",
        ),
    ],
)
def test_a_configuration_that_cannot_be_used_is_an_error_with_advice(
    tmp_path: Path, text: str, message: str
) -> None:
    config = tmp_path / "config.txt"
    config.write_text(text)
    with (
        playing(f"{pattern(1)} nvinferserver config-file-path={config} ! fakesink") as pipeline,
        pytest.raises(PipelineError, match=message),
    ):
        wait(pipeline)


def test_unknown_fields_are_warned_about_on_the_bus(tmp_path: Path) -> None:
    put(tmp_path, constant_model(tmp_path, ROWS))
    messages: list[str] = []
    config = server_config(tmp_path, "uniqe_id: 4 postprocess { other {} }")
    serve(config, pattern(1), messages=messages)
    assert len(messages) == 1
    assert "infer_config.uniqe_id is unknown" in messages[0]
    assert "'unique_id'" in messages[0]
