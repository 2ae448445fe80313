"""The objects of a batch for pyarrow and supervision."""

from __future__ import annotations

import sys

import pytest

import pyds


@pytest.fixture
def two_cars_and_a_person(add_object):
    for label, left in (("car", 10.0), ("car", 20.0), ("person", 30.0)):
        item = add_object(class_id=len(label))
        item.obj_label = label
        item.confidence = 0.5
        item.object_id = 0xFFFF_FFFF_FFFF_FFFF
        box = item.rect_params
        box.left, box.top, box.width, box.height = left, 1.0, 4.0, 8.0


def test_arrow_has_the_columns_of_the_table_and_labels(batch, two_cars_and_a_person):
    pytest.importorskip("pyarrow")
    table = batch.to_arrow()
    assert table.num_rows == 3
    assert table.column_names == [*pyds.OBJECT_DTYPE.names[:-1], "label"]
    assert table["label"].to_pylist() == ["person", "car", "car"]
    assert table["left"].to_pylist() == [30.0, 20.0, 10.0]


def test_arrow_of_an_empty_batch_has_the_same_columns(batch):
    pytest.importorskip("pyarrow")
    table = batch.to_arrow()
    assert table.num_rows == 0
    assert table.column_names[-1] == "label"


def test_supervision_gets_one_detections_for_each_frame(batch, two_cars_and_a_person):
    pytest.importorskip("supervision")
    pyds.nvds_add_frame_meta_to_batch(batch, pyds.nvds_acquire_frame_meta_from_pool(batch))
    first, second = batch.to_supervision()
    assert first.xyxy.tolist()[0] == [30.0, 1.0, 34.0, 9.0]
    assert first.class_id.tolist() == [6, 3, 3]
    assert first.data["class_name"].tolist() == ["person", "car", "car"]
    assert first.tracker_id is None
    assert len(second) == 0


def test_tracked_objects_keep_their_ids_in_supervision(batch, add_object):
    pytest.importorskip("supervision")
    add_object().object_id = 7
    [frame] = batch.to_supervision()
    assert frame.tracker_id.tolist() == [7]


@pytest.mark.parametrize(
    ("library", "method"), [("pyarrow", "to_arrow"), ("supervision", "to_supervision")]
)
def test_what_to_install_is_said(batch, monkeypatch, library, method):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=f"pip install {library}"):
        getattr(batch, method)()
