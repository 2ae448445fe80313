"""What the tests of nvinfer share: models, configurations, and the objects that come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper

import pyds
from packages.pyds.tests.pipelines import DATA, Gst, wait

Array = NDArray[Any]
#: A moving pattern of 64 x 48 pixels through the mux.
PATTERN = (
    "videotestsrc num-buffers={frames} pattern={pattern} ! "
    "video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! mux.sink_0 "
    "nvstreammux name=mux width=64 height=48 batch-size=1 ! "
)


def pattern(frames: int) -> str:
    """The source PATTERN, so many frames of it."""
    return PATTERN.format(frames=frames, pattern="ball")


def four_sources(frames: int) -> str:
    """Four of them, in one mux."""
    sources = " ".join(
        f"videotestsrc num-buffers={frames} ! "
        f"video/x-raw,format=I420,width=64,height=48,framerate=30/1 ! mux.sink_{n}"
        for n in range(4)
    )
    return f"{sources} nvstreammux name=mux width=64 height=48 batch-size=4 ! "


Shape = Sequence[int | str | None]


def identity_model(
    folder: Path,
    shape: Shape = ("N", 3, 32, 32),
    dtypes: tuple[int, int] = (TensorProto.FLOAT, TensorProto.FLOAT),
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """A model whose output is its input, cast to another type."""
    node = helper.make_node("Cast", ["in"], ["out"], to=dtypes[1])
    return _save(folder / "identity.onnx", [node], shape, shape, dtypes, metadata=metadata)


def constant_model(folder: Path, rows: ArrayLike, shape: Shape = ("N", 3, 32, 32)) -> Path:
    """A model that gives every frame of a batch the same rows, whatever it sees."""
    values = np.asarray(rows, np.float32)
    nodes = [
        # N zeros of the input's first pixel, added to the rows: N x rows x columns.
        helper.make_node("ReduceMin", ["in"], ["least"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["least", "zero"], ["zeros"]),
        helper.make_node("Reshape", ["zeros", "column"], ["spread"]),
        helper.make_node("Add", ["spread", "rows"], ["out"]),
    ]
    constants = [
        helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor(
            "column", TensorProto.INT64, [1 + values.ndim], [-1] + [1] * values.ndim
        ),
        helper.make_tensor("rows", TensorProto.FLOAT, values.shape, values.ravel().tolist()),
    ]
    dtypes = (TensorProto.FLOAT, TensorProto.FLOAT)
    return _save(
        folder / "constant.onnx", nodes, shape, (shape[0], *values.shape), dtypes, constants
    )


def _save(
    file: Path,
    nodes: list[Any],
    input_shape: Shape,
    output_shape: Shape,
    dtypes: tuple[int, int],
    constants: Sequence[Any] = (),
    metadata: Mapping[str, str] | None = None,
) -> Path:
    graph = helper.make_graph(
        nodes,
        file.stem,
        [helper.make_tensor_value_info("in", dtypes[0], input_shape)],
        [helper.make_tensor_value_info("out", dtypes[1], output_shape)],
        initializer=list(constants),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, dict(metadata or {}))
    onnx.save(model, str(file))
    return file


def write_config(
    folder: Path,
    *,
    classes: Mapping[str, Mapping[str, object]] | None = None,
    name: str = "config.txt",
    **keys: object,
) -> Path:
    """A configuration; underscores in keys stand for hyphens."""
    lines = ["[property]"]
    lines += [f"{key.replace('_', '-')}={value}" for key, value in keys.items()]
    for group, entries in (classes or {}).items():
        lines.append(f"[class-attrs-{group}]")
        lines += [f"{key.replace('_', '-')}={value}" for key, value in entries.items()]
    file = folder / name
    file.write_text("\n".join(lines) + "\n")
    return file


@dataclass
class Frame:
    """What nvinfer left on one frame."""

    source: int
    number: int
    inferred: bool
    objects: list[dict[str, Any]] = field(default_factory=list)
    tensors: dict[str, Array] | None = None


def read_frames(batch_meta: pyds.NvDsBatchMeta) -> list[Frame]:
    """The frames of a batch with all that nvinfer wrote."""
    frames = []
    for meta in batch_meta.frames:
        frame = Frame(meta.source_id, meta.frame_num, bool(meta.bInferDone))
        for obj in meta.objects:
            rect = obj.rect_params
            frame.objects.append(
                {
                    "box": (rect.left, rect.top, rect.left + rect.width, rect.top + rect.height),
                    "confidence": obj.confidence,
                    "class_id": obj.class_id,
                    "label": obj.obj_label,
                    "component": obj.unique_component_id,
                    "object_id": obj.object_id,
                    "border_width": rect.border_width,
                    "text": pyds.get_string(obj.text_params.display_text),
                    "parent": obj.parent and obj.parent.obj_label,
                    "attributes": read_attributes(obj),
                    "tensors": read_tensors(obj.obj_user_meta_list),
                }
            )
        frame.tensors = read_tensors(meta.frame_user_meta_list)
        frames.append(frame)
    return frames


def read_tensors(user_metas: Any) -> dict[str, Array] | None:
    """The raw outputs among the user metadata of a frame or object."""
    for user in nodes(user_metas, pyds.NvDsUserMeta):
        if user.base_meta.meta_type == pyds.NVDSINFER_TENSOR_OUTPUT_META:
            return pyds.NvDsInferTensorMeta.cast(user.user_meta_data).tensors
    return None


@dataclass(frozen=True)
class Attribute:
    """What a classifier said of an object."""

    component: int
    classifier_type: str | None
    index: int
    value: int
    label: str
    confidence: float


def read_attributes(obj: pyds.NvDsObjectMeta) -> list[Attribute]:
    """The attributes of an object, in the order classifiers and outputs gave them."""
    return [
        Attribute(
            classifier.unique_component_id,
            classifier.classifier_type,
            info.label_id,
            info.result_class_id,
            info.result_label,
            info.result_prob,
        )
        for classifier in reversed(list(nodes(obj.classifier_meta_list, pyds.NvDsClassifierMeta)))
        for info in reversed(list(nodes(classifier.label_info_list, pyds.NvDsLabelInfo)))
    ]


def nodes(node: Any, kind: Any) -> Iterator[Any]:
    """The elements of a list of metadata."""
    while node is not None:
        yield kind.cast(node.data)
        node = node.next


def infer(
    config: Path,
    source: str = PATTERN.format(frames=4, pattern="ball"),
    properties: str = "",
    messages: list[Any] | None = None,
    before: Callable[[pyds.NvDsBatchMeta], object] | None = None,
    element: str = "nvinfer",
) -> list[Frame]:
    """Runs frames through nvinfer, or the like of it, to the end of the stream.

    ``messages`` collects the texts of warnings on the bus, ``before`` gets each batch that comes to
    the element.
    """
    frames: list[Frame] = []
    pipeline = Gst.parse_launch(
        f"{source} {element} name=infer config-file-path={config} {properties} ! fakesink name=sink"
    )
    pad = pipeline.get_by_name("sink").get_static_pad("sink")
    pyds.add_probe(pad, lambda batch_meta: frames.extend(read_frames(batch_meta)))
    if before is not None:
        pyds.add_probe(pipeline.get_by_name("infer").get_static_pad("sink"), before)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        while True:
            message = wait(pipeline, Gst.MessageType.EOS | Gst.MessageType.WARNING)
            if message.type == Gst.MessageType.EOS:
                return frames
            if messages is not None:
                messages.append(message.parse_warning()[0].message)
    finally:
        pipeline.set_state(Gst.State.NULL)


def model(name: str) -> Path:
    """A real model of the test data."""
    return DATA / "models" / name


def car_video(frames: int) -> str:
    """The first frames of a road seen from above, and maybe a few more, through the mux."""
    return (
        f"filesrc location={DATA / 'videos/car-detection.mp4'} ! qtdemux ! h264parse ! "
        f"avdec_h264 ! identity eos-after={frames + 1} ! mux.sink_0 "
        "nvstreammux name=mux width=768 height=432 batch-size=1 ! "
    )
