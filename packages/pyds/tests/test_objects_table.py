"""The objects of a batch as one table."""

from __future__ import annotations

import numpy as np
import pytest

import pyds


def table_of(*rows, fields=("frame_index", "class_id", "left", "top", "width", "height")):
    return np.array(list(rows), dtype=[(name, pyds.OBJECT_DTYPE[name]) for name in fields])


def test_rows_hold_what_the_objects_hold(batch, frame, add_object):
    frame.source_id, frame.batch_id, frame.frame_num = 3, 1, 77
    item = add_object(2)
    item.object_id, item.confidence, item.unique_component_id = 1 << 40, 0.5, 9
    item.rect_params.left, item.rect_params.height = 1.5, 20
    item.obj_label = "person"
    [row] = batch.objects
    assert batch.objects.dtype == pyds.OBJECT_DTYPE
    expected = {
        "frame_index": 0, "batch_id": 1, "source_id": 3, "frame_num": 77, "class_id": 2,
        "object_id": 1 << 40, "confidence": 0.5, "tracker_confidence": 0, "left": 1.5, "top": 0,
        "width": 0, "height": 20, "unique_component_id": 9,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert pyds.label_text(row["label_id"]) == "person"


def test_rows_are_in_list_order_frame_by_frame(batch, frame, add_object):
    for class_id in (1, 2):
        add_object(class_id)
    second = pyds.nvds_acquire_frame_meta_from_pool(batch)
    pyds.nvds_add_frame_meta_to_batch(batch, second)
    third = pyds.nvds_acquire_obj_meta_from_pool(batch)
    third.class_id = 3
    pyds.nvds_add_obj_meta_to_frame(second, third, None)
    pyds.nvds_acquire_obj_meta_from_pool(batch)  # in no list
    assert batch.objects["class_id"].tolist() == [2, 1, 3]
    assert batch.objects["frame_index"].tolist() == [0, 0, 1]


def test_a_table_is_a_copy_of_its_own(batch, add_object):
    item = add_object(1)
    table = batch.objects
    table["class_id"] = 5
    assert item.class_id == 1
    pyds.nvds_destroy_batch_meta(batch)
    assert table["class_id"].tolist() == [5]


def test_an_empty_batch_has_an_empty_table(batch):
    assert batch.objects.shape == (0,)
    assert batch.objects.dtype == pyds.OBJECT_DTYPE


def test_detections_become_objects(batch, frame):
    added = pyds.add_objects(batch, table_of((0, 4, 10, 50, 30, 20), (0, 5, 1, 2, 3, 4)))
    assert added == 2
    first, second = frame.objects
    assert (first.class_id, second.class_id) == (4, 5)
    assert (first.rect_params.left, first.rect_params.width) == (10, 30)
    assert first.detector_bbox_info.org_bbox_coords.top == 50
    assert first.object_id == 0xFFFF_FFFF_FFFF_FFFF
    assert first.confidence == 1
    assert first.rect_params.border_width == 3
    assert frame.num_obj_meta == 2


def test_labels_go_along(batch, frame):
    fields = ("frame_index", "left", "top", "width", "height", "label_id")
    pyds.add_objects(batch, table_of((0, 8, 40, 3, 4, pyds.label_id("bus")), fields=fields))
    [item] = frame.objects
    assert item.obj_label == "bus"
    assert pyds.get_string(item.text_params.display_text) == "bus"
    assert (item.text_params.x_offset, item.text_params.y_offset) == (8, 30)


def test_a_table_round_trips(batch, frame, add_object):
    for class_id in (1, 2, 3):
        add_object(class_id).obj_label = f"class {class_id}"
    table = batch.objects
    pyds.nvds_clear_obj_meta_list(frame, frame.obj_meta_list)
    pyds.add_objects(batch, table)
    np.testing.assert_array_equal(batch.objects, table)


def test_a_missing_frame_adds_nothing(batch, frame):
    with pytest.raises(IndexError, match=r"row 1 has frame_index 1, but the batch has 1 frames"):
        pyds.add_objects(batch, table_of((0, 0, 1, 1, 1, 1), (1, 0, 1, 1, 1, 1)))
    assert frame.num_obj_meta == 0


def test_fields_are_checked(batch, frame):
    table = np.zeros(1, dtype=[("frame_index", "u4"), ("left", "f4"), ("colour", "u4")])
    with pytest.raises(ValueError, match=r"missing: \['top', .*unknown: \['colour'\]"):
        pyds.add_objects(batch, table)


def test_labels_have_numbers():
    assert pyds.label_id("") == 0
    assert pyds.label_text(0) is None
    assert pyds.label_id("some label") == pyds.label_id("some label") > 0
    assert pyds.label_text(0xFFFF_FFFF) is None
