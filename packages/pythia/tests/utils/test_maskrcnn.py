from __future__ import annotations

import numpy as np
import pytest

from pythia.utils.maskrcnn import polygon_to_bbox, resize_mask_vec


@pytest.mark.parametrize("size", [(1, 1), (28, 28), (1079, 3), (5, 1079)])
def test_a_mask_gets_exactly_the_size_asked_for(size) -> None:
    for height in range(size[0], size[0] + 30):
        mask = resize_mask_vec(np.ones(28 * 28), (28, 28), (height, size[1]), 0.5)
        assert mask.shape == (height, size[1])
        assert (mask == 255).all()


def test_values_between_the_source_are_interpolated() -> None:
    mask = resize_mask_vec([[0, 1]], (1, 2), (1, 4), 0.5)
    assert mask.tolist() == [[0, 255, 255, 255]]  # samples 0, 0.5, 1, 1
    assert mask.dtype == np.uint8
    rows = resize_mask_vec([[0], [1]], (2, 1), (4, 1), 0.6)
    assert rows.tolist() == [[0], [0], [255], [255]]


def test_a_box_is_tight_around_all_polygons() -> None:
    box = polygon_to_bbox([[3, 5, 9, 6], [4, 11]], top=100, left=200)
    assert box == {"top": 105, "left": 203, "height": 6, "width": 6}


def test_no_polygon_has_no_box() -> None:
    with pytest.raises(ValueError, match="no polygon"):
        polygon_to_bbox([], top=0, left=0)
