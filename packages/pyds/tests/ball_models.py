"""Instance segmentation without a trained network: models that find a white ball on black.

The box, the score and the mask are computed from the picture by ONNX operators, and given in the
form of one family of networks or another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

WIDTH, HEIGHT = 64, 48
SCORE = 0.9
#: What a model may look like.
KINDS = ("yolo", "yolo_rows", "boxes6", "box_masks", "picture_masks", "detr", "mrcnn")


class _Model:
    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.outputs: list[Any] = []

    def constant(
        self, values: list[float], shape: list[int], dtype: int = TensorProto.FLOAT
    ) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(helper.make_tensor(name, dtype, shape, values))
        return name

    def number(self, value: float) -> str:
        return self.constant([value], [])

    def shape(self, *extents: int) -> str:
        return self.constant(list(extents), [len(extents)], TensorProto.INT64)

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def output(self, name: str, value: str, shape: list[int]) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def save(self, file: Path) -> Path:
        picture = helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])
        graph = helper.make_graph(
            self.nodes, file.stem, [picture], self.outputs, initializer=self.constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, str(file))
        return file


def ball_model(folder: Path, kind: str) -> Path:
    """A model for pictures of 64 x 48, 0 to 255."""
    m = _Model()
    mean = m.node("ReduceMean", "in", axes=[1], keepdims=1)
    grey = m.node("Div", mean, m.number(255.0))  # 1 x 1 x 48 x 64
    bright = m.node("Cast", m.node("Greater", grey, m.number(0.5)), to=TensorProto.FLOAT)
    edges = [_edge(m, bright, axis, last) for last in (0, 1) for axis in (2, 1)]
    corners = m.node("Concat", *edges, axis=2)  # 1 x 1 x 4
    score = m.node("Mul", m.node("ReduceMax", bright, axes=[2, 3], keepdims=0), m.number(SCORE))
    score = m.node("Reshape", score, m.shape(1, 1, 1))
    _OUTPUTS[kind](m, grey, corners, score)
    return m.save(folder / f"ball_{kind}.onnx")


def _edge(m: _Model, bright: str, axis: int, last: int) -> str:
    """The first column (axis 2) or row (axis 1) of the ball, or the one behind the last."""
    line = m.node("ReduceMax", bright, axes=[4 - axis], keepdims=0)  # 1 x 1 x extent
    line = m.node("Reshape", line, m.shape(1, 1, -1))
    at = m.node("ArgMax", line, axis=2, keepdims=1, select_last_index=last)
    at = m.node("Cast", at, to=TensorProto.FLOAT)
    return m.node("Add", at, m.number(float(last)))


def _centre(m: _Model, corners: str) -> str:
    """Centre and size: 1 x 1 x 4."""
    values = [0.5, 0, -1, 0, 0, 0.5, 0, -1, 0.5, 0, 1, 0, 0, 0.5, 0, 1]
    return m.node("MatMul", corners, m.constant([float(v) for v in values], [4, 4]))


def _prototypes(m: _Model, grey: str) -> None:
    """Brightness and a plane of ones at a quarter of the size."""
    small = m.node("AveragePool", grey, kernel_shape=[4, 4], strides=[4, 4])
    ones = m.node("Add", m.node("Mul", small, m.number(0.0)), m.number(1.0))
    planes = m.node("Concat", small, ones, axis=1)
    m.output("output1", planes, [1, 2, HEIGHT // 4, WIDTH // 4])


def _coefficients(m: _Model) -> str:
    return m.constant([40.0, -20.0], [1, 1, 2])  # bright is 20, dark is -20


def _yolo_columns(m: _Model, grey: str, corners: str, score: str) -> str:
    _prototypes(m, grey)
    row = m.node("Concat", _centre(m, corners), score, _coefficients(m), axis=2)  # 1 x 1 x 7
    column = m.node("Reshape", row, m.shape(1, 7, 1))
    # The ball is anchor 3 of 16.
    return m.node("Pad", column, m.shape(0, 0, 3, 0, 0, 12))


def _yolo(m: _Model, grey: str, corners: str, score: str) -> None:
    m.output("output0", _yolo_columns(m, grey, corners, score), [1, 7, 16])


def _yolo_rows(m: _Model, grey: str, corners: str, score: str) -> None:
    rows = m.node("Transpose", _yolo_columns(m, grey, corners, score), perm=[0, 2, 1])
    m.output("output0", rows, [1, 16, 7])


def _boxes6(m: _Model, grey: str, corners: str, score: str) -> None:
    _prototypes(m, grey)
    class_id = m.constant([0.0], [1, 1, 1])
    row = m.node("Concat", corners, score, class_id, _coefficients(m), axis=2)
    m.output("output0", m.node("Pad", row, m.shape(0, 2, 0, 0, 3, 0)), [1, 6, 8])


def _rows_of_boxes(m: _Model, corners: str, score: str) -> None:
    m.output("boxes", corners, [1, 1, 4])
    m.output("scores", m.node("Reshape", score, m.shape(1, 1)), [1, 1])
    m.output("classes", m.constant([0.0], [1, 1]), [1, 1])


def _region(m: _Model, grey: str, corners: str, size: int) -> str:
    rois = m.node("Reshape", corners, m.shape(1, 4))
    first = m.constant([0], [1], TensorProto.INT64)
    return m.node("RoiAlign", grey, rois, first, output_height=size, output_width=size)


def _box_masks(m: _Model, grey: str, corners: str, score: str) -> None:
    _rows_of_boxes(m, corners, score)
    m.output("masks", _region(m, grey, corners, 28), [1, 1, 28, 28])


def _picture_masks(m: _Model, grey: str, corners: str, score: str) -> None:
    _rows_of_boxes(m, corners, score)
    m.output("masks", grey, [1, 1, HEIGHT, WIDTH])


def _logits(m: _Model, values: str) -> str:
    return m.node("Mul", m.node("Sub", values, m.number(0.5)), m.number(20.0))


def _detr(m: _Model, grey: str, corners: str, score: str) -> None:
    # Query 1 sees the ball, query 0 nothing. The logit of 0.9 is 2.197.
    size = m.constant([1 / WIDTH, 1 / HEIGHT, 1 / WIDTH, 1 / HEIGHT], [1, 1, 4])
    box = m.node("Mul", _centre(m, corners), size)
    m.output("pred_boxes", m.node("Pad", box, m.shape(0, 1, 0, 0, 0, 0)), [1, 2, 4])
    m.output("pred_logits", m.constant([-9.0, 2.1972246], [1, 2, 1]), [1, 2, 1])
    del score
    half = m.node("AveragePool", grey, kernel_shape=[2, 2], strides=[2, 2])
    masks = m.node("Pad", _logits(m, half), m.shape(0, 1, 0, 0, 0, 0, 0, 0))
    m.output("pred_masks", masks, [1, 2, HEIGHT // 2, WIDTH // 2])


def _mrcnn(m: _Model, grey: str, corners: str, score: str) -> None:
    # y1, x1, y2, x2, class, score; class 0 is the background, whose masks are the opposite.
    order = m.constant([1, 0, 3, 2], [4], TensorProto.INT64)
    y_first = m.node("Gather", corners, order, axis=2)
    row = m.node("Concat", y_first, m.constant([1.0], [1, 1, 1]), score, axis=2)
    m.output("generate_detections", row, [1, 1, 6])
    ball = _logits(m, _region(m, grey, corners, 14))
    both = m.node("Concat", m.node("Neg", ball), ball, axis=1)
    masks = m.node("Reshape", both, m.shape(1, 1, 2, 14, 14))
    m.output("mask_fcn_logits/BiasAdd", masks, [1, 1, 2, 14, 14])


_OUTPUTS = dict(
    zip(
        KINDS,
        (_yolo, _yolo_rows, _boxes6, _box_masks, _picture_masks, _detr, _mrcnn),
        strict=True,
    )
)
