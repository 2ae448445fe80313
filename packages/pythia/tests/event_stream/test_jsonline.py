from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythia.event_stream.jsonline import encode

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)  # fmt: skip


@dataclass
class Box:
    left: float
    top: float


def test_spacing_and_order_are_those_of_json() -> None:
    assert encode({"frame_num": 0, "label": "Person"}) == '{"frame_num": 0, "label": "Person"}'


@given(PLAIN)
def test_plain_values_are_encoded_as_json_does(item: object) -> None:
    assert encode(item) == json.dumps(item)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (np.float32(0.5), "0.5"),
        (np.int64(3), "3"),
        (np.bool_(True), "true"),
        (np.array([[1, 2]]), "[[1, 2]]"),
        (Box(1.0, 2.0), '{"left": 1.0, "top": 2.0}'),
        (Path("/a"), '"/a"'),
        ({"ids": {2, 1}}, '{"ids": [1, 2]}'),
        ((1, 2), "[1, 2]"),
    ],
)
def test_values_that_stand_for_plain_ones(item: object, expected: str) -> None:
    assert encode(item) == expected


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), np.float32("nan"), np.float64("inf")]
)
def test_what_json_has_no_number_for_becomes_null(value: object) -> None:
    item = {"a": value, "b": [(1, value)], "c": np.array([value, 1.0]), "d": "NaN", "e": 2.5}
    decoded = json.loads(encode(item), parse_constant=pytest.fail)
    assert decoded == {"a": None, "b": [[1, None]], "c": [None, 1.0], "d": "NaN", "e": 2.5}


def test_metadata_is_refused_with_the_reason() -> None:
    class NvDsObjectMeta:
        pass

    with pytest.raises(TypeError, match="NvDsObjectMeta, which is no plain value"):
        encode({"object": NvDsObjectMeta()})
