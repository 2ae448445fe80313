"""Masks of objects: from the network's grid to pixels, and from polygons to boxes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["DsBBox", "extract_maskrcnn_mask", "polygon_to_bbox", "resize_mask_vec"]


class DsBBox(TypedDict):
    """A box in pixels."""

    top: float
    left: float
    height: float
    width: float


def resize_mask_vec(
    src: ArrayLike,
    src_shape: tuple[int, int],
    target_shape: tuple[int, int],
    threshold: float,
) -> NDArray[np.uint8]:
    """Scale a mask of probabilities bilinearly and binarise it.

    Target row ``i`` samples source row ``i * height / target_height``; the last row is repeated
    where that lies beyond it.

    Args:
        src: The probabilities, of any shape with as many values as `src_shape`.
        src_shape: Rows and columns of the source.
        target_shape: Rows and columns of the result, exactly.
        threshold: The smallest probability that counts as inside.

    Returns:
        255 inside, 0 outside.
    """
    mask = np.asarray(src, np.float32).reshape(src_shape)
    top, bottom, down = _neighbours(src_shape[0], target_shape[0])
    left, right, across = _neighbours(src_shape[1], target_shape[1])
    rows = mask[top] + (mask[bottom] - mask[top]) * down[:, None]
    values = rows[:, left] + (rows[:, right] - rows[:, left]) * across
    return np.where(values >= threshold, 255, 0).astype(np.uint8)


def extract_maskrcnn_mask(obj_meta: Any) -> NDArray[np.uint8]:
    """Return the mask of a ``pyds.NvDsObjectMeta`` in pixels of its box: 255 inside, 0 outside.

    Raises:
        ValueError: The object has no mask.
    """
    params, box = obj_meta.mask_params, obj_meta.rect_params
    values = params.get_mask_array() if params.width and params.height else None
    if values is None or not np.size(values):
        raise ValueError(
            f"object {obj_meta.obj_label!r} has no mask: its network makes none, or nvinfer was "
            "not told to pass them on (output-instance-mask=1)"
        )
    return resize_mask_vec(
        values,
        (params.height, params.width),
        (math.ceil(box.height), math.ceil(box.width)),
        params.threshold,
    )


def polygon_to_bbox(polygons: Sequence[Sequence[float]], top: float, left: float) -> DsBBox:
    """Return the box around polygons of a mask.

    Args:
        polygons: Each is ``x0, y0, x1, y1, ...`` relative to the mask.
        top: Where the mask begins in the picture, in pixels.
        left: Where the mask begins in the picture, in pixels.

    Raises:
        ValueError: There is no polygon.
    """
    points = [np.asarray(each, float).reshape(-1, 2) for each in polygons if len(each)]
    if not points:
        raise ValueError("there is no polygon to put a box around")
    every = np.concatenate(points)
    x_min, y_min = every.min(axis=0)
    x_max, y_max = every.max(axis=0)
    return {
        "top": float(top + y_min),
        "left": float(left + x_min),
        "height": float(y_max - y_min),
        "width": float(x_max - x_min),
    }


def _neighbours(size: int, target: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float32]]:
    """Return for each target position the source positions around it, and the second's weight."""
    # Whole numbers, so that the count is right for every size.
    scaled = np.arange(target, dtype=np.int64) * size
    first = scaled // target
    second = np.minimum(first + 1, size - 1)
    return first, second, ((scaled % target) / target).astype(np.float32)
