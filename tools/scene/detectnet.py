"""Pre- and post-processing of DetectNet_v2 models, in plain NumPy.

The same arithmetic as a DeepStream primary detector with ``net-scale-factor=0.00392156862745098``,
no padding, the built-in parser and ``cluster-mode=2``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

Array = NDArray[np.float32]

SCALE: Final = 0.00392156862745098
BOX_NORM: Final = 35.0
NMS_IOU: Final = 0.5


def decode(cov: Array, bbox: Array, width: int, height: int, threshold: float) -> Array:
    """Boxes of one image before clustering.

    Args:
        cov: confidences, (classes, h / s, w / s).
        bbox: distances, (4 * classes, h / s, w / s).
        width: of the network's input, pixels.
        height: of the network's input, pixels.
        threshold: cells less sure than this are left out.

    Returns:
        (n, 6): class, confidence, left, top, right, bottom in network pixels.
    """
    classes, grid_h, grid_w = cov.shape
    stride_x, stride_y = math.ceil(width / grid_w), math.ceil(height / grid_h)
    which, row, column = np.nonzero(cov >= threshold)
    b = bbox.reshape(classes, 4, grid_h, grid_w)[which, :, row, column]
    cx = (column * stride_x + 0.5) / BOX_NORM
    cy = (row * stride_y + 0.5) / BOX_NORM
    left, top = (b[:, 0] - cx) * -BOX_NORM, (b[:, 1] - cy) * -BOX_NORM
    right, bottom = (b[:, 2] + cx) * BOX_NORM, (b[:, 3] + cy) * BOX_NORM
    out = np.stack(
        [
            which.astype(np.float32),
            cov[which, row, column],
            np.clip(left, 0, width),
            np.clip(top, 0, height),
            np.clip(right, 0, width),
            np.clip(bottom, 0, height),
        ],
        axis=1,
    )
    return out.astype(np.float32)


def iou(a: Array, b: Array) -> Array:
    """Intersection over union of (n, 4) with (m, 4) boxes (left, top, right, bottom)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area_a = np.prod(a[:, 2:] - a[:, :2], axis=1)
    area_b = np.prod(b[:, 2:] - b[:, :2], axis=1)
    union = np.maximum(area_a[:, None] + area_b[None] - shared, 1e-6)
    return np.asarray(shared / union, np.float32)


def suppress(boxes: Array, limit: float = NMS_IOU) -> Array:
    """Greedy non-maximum suppression per class; the surest box comes first."""
    kept = []
    for which in np.unique(boxes[:, 0]):
        mine = boxes[boxes[:, 0] == which]
        mine = mine[np.argsort(-mine[:, 1], kind="stable")]
        alive = np.ones(len(mine), bool)
        overlap = iou(mine[:, 2:], mine[:, 2:])
        for i in range(len(mine)):
            if alive[i]:
                kept.append(mine[i])
                alive[i + 1 :] &= overlap[i, i + 1 :] <= limit
    if not kept:
        return np.empty((0, 6), np.float32)
    out = np.array(kept)
    return out[np.argsort(-out[:, 1], kind="stable")]


class Detector:
    """The ONNX model with its pre- and post-processing."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Load ``path``; ``threads`` is onnxruntime's intra-op thread count."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        names = [output.name for output in self._session.get_outputs()]
        self._input = self._session.get_inputs()[0].name
        self._outputs = [
            next(name for name in names if "cov" in name),
            next(name for name in names if "bbox" in name),
        ]

    def __call__(self, rgb: NDArray[np.uint8], threshold: float = 0.4) -> Array:
        """Detections of one picture already at network size, (h, w, 3) uint8.

        Returns (n, 6): class, confidence, left, top, right, bottom in its pixels.
        """
        height, width, _ = rgb.shape
        tensor = (rgb.transpose(2, 0, 1)[None] * np.float32(SCALE)).astype(np.float32)
        cov, bbox = self._session.run(self._outputs, {self._input: tensor})
        return suppress(decode(cov[0], bbox[0], width, height, threshold))
