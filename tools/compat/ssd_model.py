"""The street detector with the outputs of TensorFlow's SSD, for the application that parses them.

NVIDIA's ``deepstream-ssd-parser`` reads the tensors ``num_detections``, ``detection_boxes``,
``detection_scores`` and ``detection_classes`` of a model that numbers its classes as COCO does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from pathlib import Path

_ROWS = 100  # of the outputs
#: More make the application's own code fail: its nms.py sorts with a positional key then.
_MOST = 20
_BOX_NORM = 35.0  # boxes are distances from the centre of a cell in this unit
_STRIDE = 8  # pixels of a cell
#: Car, bicycle, person and stop sign, for the classes of the street detector.
_COCO_IDS = (3, 2, 1, 13)


def write_ssd_model(detector: Path, target: Path) -> None:
    """Write the model for pictures of the detector's size: uint8, NHWC, one at a time."""
    model = onnx.load(str(detector))
    properties = {entry.key: entry.value for entry in model.metadata_props}
    _, height, width = (int(extent) for extent in properties["infer_dims"].split(";"))
    graph = model.graph
    picture = graph.input[0].name
    coverage, boxes = (output.name for output in graph.output)
    steps = _Steps(graph)

    # From bytes to what the detector takes.
    scale = float(properties["net_scale_factor"])
    values = steps.add("Cast", "image_tensor", to=TensorProto.FLOAT)
    values = steps.add("Transpose", values, perm=[0, 3, 1, 2])
    steps.add("Mul", values, steps.constant(np.float32(scale)), output=picture)
    detector_nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*steps.take(), *detector_nodes])

    # From the grids to one row (y1, x1, y2, x2) for each class and cell, as shares of the picture.
    classes, rows, columns = len(_COCO_IDS), height // _STRIDE, width // _STRIDE
    count = classes * rows * columns
    y, x = np.mgrid[:rows, :columns].astype(np.float32).reshape(2, -1) * _STRIDE + 0.5
    centres = np.stack([x, y, x, y])[None]
    signs = np.array([-1, -1, 1, 1], np.float32).reshape(1, 4, 1) * _BOX_NORM
    size = np.array([width, height, width, height], np.float32).reshape(1, 4, 1)
    grid = steps.add("Reshape", boxes, steps.constant(np.array([classes, 4, -1])))
    grid = steps.add("Mul", grid, steps.constant(signs / size))
    grid = steps.add("Add", grid, steps.constant(centres / size))
    grid = steps.add("Gather", grid, steps.constant(np.array([1, 0, 3, 2])), axis=1)
    grid = steps.add("Transpose", grid, perm=[0, 2, 1])
    rows_of_boxes = steps.add("Reshape", grid, steps.constant(np.array([1, count, 4])))
    scores = steps.add("Reshape", coverage, steps.constant(np.array([1, 1, count])))

    # The best of them. Boxes of different classes are moved apart so that none suppresses another.
    class_index = np.repeat(np.arange(classes), rows * columns)
    apart = (2 * class_index).astype(np.float32).reshape(1, count, 1)
    chosen = steps.add(
        "NonMaxSuppression",
        steps.add("Add", rows_of_boxes, steps.constant(apart)),
        scores,
        steps.constant(np.array([_MOST])),
        steps.constant(np.array([0.5], np.float32)),
        steps.constant(np.array([0.3], np.float32)),
    )
    chosen = steps.add("Gather", chosen, steps.constant(np.array(2)), axis=1)
    found = steps.add("Shape", chosen)
    steps.add("Cast", found, to=TensorProto.FLOAT, output="num_detections")
    missing = steps.add("Sub", steps.constant(np.array([_ROWS])), found)
    coco = np.array(_COCO_IDS, np.float32)[class_index]
    for name, source, shape in (
        ("detection_boxes", rows_of_boxes, [count, 4]),
        ("detection_scores", scores, [count]),
        ("detection_classes", steps.constant(coco), [count]),
    ):
        rows_of = steps.add("Reshape", source, steps.constant(np.array(shape)))
        rows_of = steps.add("Gather", rows_of, chosen, axis=0)
        before = steps.constant(np.zeros(len(shape), np.int64))
        after = [missing, *(steps.constant(np.array([0])) for _ in shape[1:])]
        rows_of = steps.add("Pad", rows_of, steps.add("Concat", before, *after, axis=0))
        steps.add("Unsqueeze", rows_of, steps.constant(np.array([0])), output=name)
    graph.node.extend(steps.take())

    del graph.input[:], graph.output[:], model.metadata_props[:]
    tensor = helper.make_tensor_value_info
    graph.input.append(tensor("image_tensor", TensorProto.UINT8, [1, height, width, 3]))
    graph.output.extend(
        [
            tensor("num_detections", TensorProto.FLOAT, [1]),
            tensor("detection_boxes", TensorProto.FLOAT, [1, _ROWS, 4]),
            tensor("detection_scores", TensorProto.FLOAT, [1, _ROWS]),
            tensor("detection_classes", TensorProto.FLOAT, [1, _ROWS]),
        ]
    )
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


class _Steps:
    """Nodes to add to a graph, and their constants."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._names = 0
        self._nodes: list[Any] = []

    def constant(self, value: Any) -> str:
        name = self._name()
        self._graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operation: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or self._name()
        self._nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        return output

    def take(self) -> list[Any]:
        """The nodes added since the last call."""
        nodes, self._nodes = self._nodes, []
        return nodes

    def _name(self) -> str:
        self._names += 1
        return f"ssd_{self._names}"
