"""Output parsers in Python files."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
        threshold: The lowest pre-cluster threshold of any class; what is below is dropped anyway.
    """

    num_classes: int
    threshold: float


#: Takes the output tensors by name, without the batch axis, and returns rows of x1, y1, x2, y2,
#: confidence, class id in network pixels.
Parser = Callable[[Mapping[str, Array], Network, Parameters], ArrayLike]


def load(file: str, function: str) -> Parser:
    """The function ``function`` of the Python file ``file``.

    Raises:
        FileNotFoundError: there is no such file.
        AttributeError: the file has no such function.
    """
    names = runpy.run_path(file)
    parser = names.get(function)
    if not callable(parser):
        known = sorted(k for k, v in names.items() if callable(v) and not k.startswith("_"))
        raise AttributeError(
            f"custom-lib-path={file} has no function {function!r} (parse-bbox-func-name)"
            + (f"; it has {', '.join(known)}" if known else "")
        )
    found: Parser = parser
    return found


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
