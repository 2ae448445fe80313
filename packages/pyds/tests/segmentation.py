"""What the tests of segmentation share: models, and the class maps that come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

import pyds
from packages.pyds.tests.inference_support import PATTERN, model, write_config
from packages.pyds.tests.pipelines import DATA, Gst, wait

ClassMap = NDArray[np.int32]
#: A white ball on black, 64 x 48.
BALL = PATTERN.format(frames=3, pattern="ball")


def brightness_model(folder: Path, kind: str, dtype: int = TensorProto.FLOAT) -> Path:
    """Scores of dark (class 0), middle (1) and bright (2) for each pixel of 64 x 48.

    ``kind`` is the form of the output: ``nchw``, ``nhwc``, or ``numbers`` of the classes.
    """
    levels = np.array([0, 127.5, 255], np.float32).reshape(1, 3, 1, 1)
    nodes = [
        helper.make_node("ReduceMean", ["in"], ["grey"], axes=[1], keepdims=1),
        helper.make_node("Sub", ["grey", "levels"], ["from_level"]),
        helper.make_node("Abs", ["from_level"], ["distance"]),
        helper.make_node("Div", ["distance", "range"], ["share"]),
        helper.make_node("Sub", ["one", "share"], ["scores"]),
    ]
    shape: list[int | str] = ["N", 3, 48, 64]
    if kind == "nhwc":
        nodes.append(helper.make_node("Transpose", ["scores"], ["out"], perm=[0, 2, 3, 1]))
        shape = ["N", 48, 64, 3]
    elif kind == "numbers":
        nodes.append(helper.make_node("ArgMax", ["scores"], ["class"], axis=1, keepdims=0))
        nodes.append(helper.make_node("Cast", ["class"], ["out"], to=dtype))
        shape = ["N", 48, 64]
    else:
        nodes.append(helper.make_node("Identity", ["scores"], ["out"]))
    constants = [
        helper.make_tensor("levels", TensorProto.FLOAT, levels.shape, levels.ravel().tolist()),
        helper.make_tensor("range", TensorProto.FLOAT, [], [255.0]),
        helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
    ]
    graph = helper.make_graph(
        nodes,
        kind,
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, ["N", 3, 48, 64])],
        [helper.make_tensor_value_info("out", dtype, shape)],
        initializer=constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    file = folder / f"{kind}.onnx"
    onnx.save(model, str(file))
    return file


def brightness_config(folder: Path, kind: str = "nchw", **keys: Any) -> Path:
    dtype = keys.pop("dtype", TensorProto.FLOAT)
    defaults = {"network_type": 2, "num_detected_classes": 3}
    if kind == "nhwc":
        defaults["segmentation_output_order"] = 1
    return write_config(
        folder, onnx_file=brightness_model(folder, kind, dtype), **(defaults | keys)
    )


def deeplab_config(folder: Path, **keys: object) -> Path:
    """DeepLab v3 of the test data: 21 classes, pixels and scores with the channels last."""
    return write_config(
        folder,
        onnx_file=model("deeplab_v3_257_aligned_dyn.onnx"),
        labelfile_path=DATA / "labels/voc21.txt",
        network_type=2,
        network_input_order=1,
        segmentation_output_order=1,
        net_scale_factor=1 / 127.5,
        offsets="127.5;127.5;127.5",
        num_detected_classes=21,
        **keys,
    )


def video(name: str, width: int, height: int) -> str:
    """A video of the test data, through the mux."""
    codec = "h265" if name.startswith("Retail") else "h264"
    return (
        f"filesrc location={DATA / 'videos' / name}.mp4 ! qtdemux ! {codec}parse ! avdec_{codec} ! "
        f"mux.sink_0 nvstreammux name=mux width={width} height={height} batch-size=1 ! "
    )


def class_maps(user_meta_list: Any) -> list[pyds.NvDsInferSegmentationMeta]:
    """The class maps in a list of user metadata."""
    found = []
    node = user_meta_list
    while node is not None:
        user = pyds.NvDsUserMeta.cast(node.data)
        if user.base_meta.meta_type == pyds.NVDSINFER_SEGMENTATION_META:
            found.append(pyds.NvDsInferSegmentationMeta.cast(user.user_meta_data))
        node = node.next
    return found


def segment(config: Path, source: str, after: str = "") -> dict[int, list[ClassMap]]:
    """The class maps of each frame that has any, by frame number."""
    found: dict[int, list[ClassMap]] = {}
    pipeline = Gst.parse_launch(
        f"{source} nvinfer config-file-path={config} ! {after} fakesink name=sink"
    )

    def look(batch: Any) -> None:
        for frame in batch.frames:
            for meta in class_maps(frame.frame_user_meta_list):
                classes = pyds.get_segmentation_masks(meta)
                assert classes.shape == (meta.height, meta.width)
                found.setdefault(frame.frame_num, []).append(classes)

    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    return found
