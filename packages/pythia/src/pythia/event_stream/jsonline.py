"""Items as JSON text: one line each, default spacing, valid for every JSON reader."""

from __future__ import annotations

import dataclasses
import json
import json.encoder
import math
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

__all__ = ["encode"]


def encode(item: Any) -> str:
    """Return one item as a line of JSON, without the newline.

    NumPy scalars and arrays, dataclasses, paths, sets and tuples become what they stand for. NaN
    and the infinities, which JSON does not have, become null.

    Raises:
        TypeError: The item contains something that is no plain value, such as pyds metadata.
    """
    try:
        return _encode(item)
    except ValueError:
        return _encode(_finite(item))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(
        f"an event contains {type(value).__name__}, which is no plain value: metadata dies with "
        "its buffer, so read numbers and texts from it in the probe and yield those"
    )


def _make_encode() -> Callable[[Any], str]:
    """Return the encoder. It refuses NaN, so that the usual item costs nothing extra."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # not CPython
        return json.JSONEncoder(default=_plain, allow_nan=False, check_circular=False).encode
    # What JSONEncoder.encode() makes anew for every item, which takes a quarter of its time.
    text = json.encoder.encode_basestring_ascii
    chunks = make(None, _plain, text, None, ": ", ", ", False, False, False)
    return lambda item: "".join(chunks(item, 0))


_encode = _make_encode()


def _finite(value: Any) -> Any:
    if isinstance(value, float):  # includes numpy.float64
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    if value is None or isinstance(value, (str, int)):
        return value
    return _finite(_plain(value))
