"""Output parsers in Python files."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pyds.inference._engine import Array


@dataclass(frozen=True)
class Network:
    """The input of the network, in pixels."""

    width: int
    height: int


@dataclass(frozen=True)
class Parameters:
    """What the configuration says.

    Attributes:
        num_classes: 0 if it does not say.
        threshold: Of a detector, the lowest pre-cluster threshold of any class; what is below is
            dropped anyway. Of a classifier, the classifier-threshold, and of a segmentation, the
            segmentation-threshold, which the parser applies.
    """

    num_classes: int
    threshold: float


#: Takes the output tensors by name, without the batch axis, and returns rows of x1, y1, x2, y2,
#: confidence, class id in network pixels.
Parser = Callable[[Mapping[str, Array], Network, Parameters], ArrayLike]

#: One attribute of a frame or object: index of the question (such as 0 colour, 1 type), class,
#: confidence, and a label unless the label file has it.
Attribute = tuple[int, int, float] | tuple[int, int, float, str]

#: Takes the output tensors of one frame or object by name, without the batch axis, and returns its
#: attributes, at most one per question.
ClassificationParser = Callable[[Mapping[str, Array], Network, Parameters], Iterable[Attribute]]

#: The same, for segmentation: returns the class of each pixel, (height, width), -1 for none.
SegmentationParser = Callable[[Mapping[str, Array], Network, Parameters], ArrayLike]

#: The same, for instance segmentation: returns the rows of a :data:`Parser` and one mask for each,
#: (N, mask height, mask width), which is stretched over the box.
InstanceParser = Callable[[Mapping[str, Array], Network, Parameters], tuple[ArrayLike, ArrayLike]]


def load(file: str, function: str, key: str) -> Any:
    """The function ``function`` of the Python file ``file``, as ``key`` asks for it.

    Raises:
        FileNotFoundError: there is no such file.
        AttributeError: the file has no such function.
    """
    names = runpy.run_path(file)
    parser: Callable[..., Any] | None = names.get(function)
    if not callable(parser):
        known = sorted(k for k, v in names.items() if callable(v) and not k.startswith("_"))
        raise AttributeError(
            f"custom-lib-path={file} has no function {function!r} ({key})"
            + (f"; it has {', '.join(known)}" if known else "")
        )
    return parser


def as_rows(boxes: ArrayLike, name: str) -> NDArray[np.float32]:
    """What a parser returned, checked, as float32 rows of six.

    Raises:
        ValueError: it is not of shape (N, 6).
    """
    rows = np.ascontiguousarray(boxes, dtype=np.float32)
    if rows.size == 0:
        return np.empty((0, 6), np.float32)
    if rows.ndim != 2 or rows.shape[1] != 6:
        raise ValueError(
            f"parser {name} returned shape {rows.shape}; expected (N, 6): x1, y1, x2, y2, "
            "confidence, class id"
        )
    return rows


def as_attributes(attributes: Iterable[Attribute], name: str) -> list[tuple[int, int, float, str]]:
    """What a parser of classifications returned, checked.

    Raises:
        ValueError: an attribute is not an index, a class, a confidence and maybe a label.
    """
    return [_as_attribute(attribute, name) for attribute in attributes]


def _as_attribute(attribute: Attribute, name: str) -> tuple[int, int, float, str]:
    try:
        index, value, confidence, *label = attribute
        row = (int(index), int(value), float(confidence), str(label[0]) if label else "")
    except (TypeError, ValueError):
        row = (-1, -1, 0.0, "")
    if min(row[:2]) < 0:
        raise ValueError(
            f"parser {name} returned {attribute!r}; expected tuples of attribute index, class, "
            "confidence and maybe a label, such as (0, 2, 0.9, 'red')"
        )
    return row


def as_class_map(classes: ArrayLike, name: str) -> NDArray[np.int32]:
    """What a segmentation parser returned, checked, as int32 rows of pixels.

    Raises:
        ValueError: it is not of shape (height, width).
    """
    pixels = np.ascontiguousarray(classes, dtype=np.int32)
    if pixels.ndim != 2 or pixels.size == 0:
        raise ValueError(
            f"parser {name} returned shape {pixels.shape}; expected (height, width): the class of "
            "each pixel"
        )
    return pixels


def as_instances(
    instances: tuple[ArrayLike, ArrayLike], name: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What an instance parser returned, checked: rows of six, and a float32 mask for each.

    Raises:
        ValueError: the shapes are not (N, 6) and (N, height, width).
    """
    if not isinstance(instances, tuple) or len(instances) != 2:
        raise ValueError(
            f"parser {name} returned a {type(instances).__name__}; expected a tuple of boxes "
            "(N, 6) and masks (N, height, width)"
        )
    rows = as_rows(instances[0], name)
    masks = np.ascontiguousarray(instances[1], dtype=np.float32)
    if len(rows) == 0:
        return rows, np.empty((0, 1, 1), np.float32)
    if masks.ndim != 3 or len(masks) != len(rows) or masks.size == 0:
        raise ValueError(
            f"parser {name} returned {len(rows)} boxes and masks of shape {masks.shape}; expected "
            f"({len(rows)}, height, width)"
        )
    return rows, masks
