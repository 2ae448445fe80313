"""An instance segmentation model to stand in where NVIDIA withdrew theirs (peopleSegNet).

It is the street detector that comes with pyds with a head of plain arithmetic: the boxes are
decoded and those that overlap suppressed, and a pixel belongs to the object where its colour is
farther from the mean colour along the box's border than the box's pixels are on average. So the
boxes are those of a trained network, while the masks are figure and ground by colour, no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import pyds

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike

#: Of nvinfer, for this model: to be formatted with `model` and `labels`.
CONFIG = """\
[property]
onnx-file={model}
labelfile-path={labels}
network-type=3
net-scale-factor=0.00392156862745098
num-detected-classes=4
cluster-mode=4
output-instance-mask=1
gie-unique-id=1

[class-attrs-all]
pre-cluster-threshold=0.4
"""

#: Of the network's picture.
WIDTH, HEIGHT = 640, 368
MASK = 28
_CLASSES, _STRIDE, _BOX_NORM, _CELL_CENTRE = 4, 8, 35.0, 0.5
_FAR = 10_000.0  # pixels between the boxes of two classes while they are compared


class _Graph:
    """Appends nodes to a model's graph."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._graph = graph

    def constant(self, values: ArrayLike, dtype: type = np.float32) -> str:
        name = f"mask_head/constant_{len(self._graph.initializer)}"
        self._graph.initializer.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"mask_head/{kind}_{len(self._graph.node)}"
        self._graph.node.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output


def add_masks(target: Path, threshold: float = 0.4, iou: float = 0.5) -> Path:
    """Write the model: outputs boxes, scores, classes and masks, for one picture at a time."""
    detector = pyds.samples.root() / "samples/models/street_4class/street_4class.onnx"
    model = onnx.load(str(detector))
    picture = model.graph.input[0]
    for axis, extent in zip(picture.type.tensor_type.shape.dim, (1, 3, HEIGHT, WIDTH), strict=True):
        axis.dim_value = extent
    coverage, bbox = (output.name for output in model.graph.output)
    graph = _Graph(model.graph)
    corners = _decode(graph, bbox)
    chosen = _suppress(graph, coverage, corners, threshold, iou)
    scores = graph.node("Reshape", coverage, graph.constant([1, -1], np.int64))
    boxes = graph.node("Gather", corners, chosen, output="boxes", axis=1)
    graph.node("Gather", scores, chosen, output="scores", axis=1)
    cells = graph.constant(_cells(), np.int64)
    classes = graph.node("Div", chosen, cells)
    graph.node("Unsqueeze", classes, graph.constant([0], np.int64), output="classes")
    _figure_and_ground(graph, picture.name, boxes, chosen)
    del model.graph.output[:]
    outputs: tuple[tuple[str, list[str | int | None], int], ...] = (
        ("boxes", [1, "objects", 4], TensorProto.FLOAT),
        ("scores", [1, "objects"], TensorProto.FLOAT),
        ("classes", [1, "objects"], TensorProto.INT64),
        ("masks", [1, "objects", MASK, MASK], TensorProto.FLOAT),
    )
    for name, shape, dtype in outputs:
        model.graph.output.append(helper.make_tensor_value_info(name, dtype, shape))
    del model.graph.value_info[:]  # inferred for pictures of any size
    onnx.save(model, str(target))
    return target


def _cells() -> int:
    return (WIDTH // _STRIDE) * (HEIGHT // _STRIDE)


def _decode(graph: _Graph, bbox: str) -> str:
    """Corners of every cell's box for every class: 1 x (classes * cells) x 4, in pixels."""
    rows, columns = np.mgrid[: HEIGHT // _STRIDE, : WIDTH // _STRIDE]
    centres = np.stack([columns, rows, columns, rows]).reshape(1, 1, 4, -1) * _STRIDE
    distances = graph.node("Reshape", bbox, graph.constant([1, _CLASSES, 4, _cells()], np.int64))
    signs = np.array([-1, -1, 1, 1]).reshape(1, 1, 4, 1) * _BOX_NORM
    offsets = graph.node("Mul", distances, graph.constant(signs))
    corners = graph.node("Add", offsets, graph.constant(centres + _CELL_CENTRE))
    inside = graph.node(
        "Max",
        graph.node(
            "Min", corners, graph.constant(np.array([WIDTH, HEIGHT] * 2).reshape(1, 1, 4, 1))
        ),
        graph.constant(0.0),
    )
    rows_last = graph.node("Transpose", inside, perm=[0, 1, 3, 2])
    return graph.node("Reshape", rows_last, graph.constant([1, -1, 4], np.int64))


def _suppress(graph: _Graph, coverage: str, corners: str, threshold: float, iou: float) -> str:
    """Indices of the boxes that are kept; boxes of different classes do not compete."""
    apart = np.repeat(np.arange(_CLASSES) * _FAR, _cells()).reshape(1, -1, 1)
    boxes = graph.node("Add", corners, graph.constant(apart))
    scores = graph.node("Reshape", coverage, graph.constant([1, 1, -1], np.int64))
    selected = graph.node(
        "NonMaxSuppression",
        boxes,
        scores,
        graph.constant(100, np.int64),
        graph.constant(iou),
        graph.constant(threshold),
    )
    return graph.node("Gather", selected, graph.constant(2, np.int64), axis=1)


def _figure_and_ground(graph: _Graph, picture: str, boxes: str, chosen: str) -> None:
    """The output ``masks``: probabilities, from the colours within each box."""
    regions = graph.node("Squeeze", boxes, graph.constant([0], np.int64))
    first = graph.node("Mul", chosen, graph.constant(0, np.int64))  # all in the only picture
    pixels = graph.node(
        "RoiAlign",
        picture,
        regions,
        first,
        output_height=MASK,
        output_width=MASK,
        sampling_ratio=2,
        coordinate_transformation_mode="half_pixel",
    )
    border = np.ones((1, 1, MASK, MASK))
    border[:, :, 2:-2, 2:-2] = 0
    axes = graph.constant([2, 3], np.int64)
    weighted = graph.node("Mul", pixels, graph.constant(border / border.sum()))
    ground = graph.node("ReduceSum", weighted, axes, keepdims=1)
    distance = graph.node("ReduceL2", graph.node("Sub", pixels, ground), axes=[1], keepdims=1)
    average = graph.node("ReduceMean", distance, axes=[2, 3], keepdims=1)
    logits = graph.node("Mul", graph.node("Sub", distance, average), graph.constant(20.0))
    masks = graph.node("Sigmoid", logits)
    graph.node("Transpose", masks, perm=[1, 0, 2, 3], output="masks")
