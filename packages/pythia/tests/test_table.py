from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from pythia import Application
from pythia.images import images_per_batch, object_images_per_batch
from pythia.table import OBJECT_DTYPE, label_text, object_table
from pythia.utils.gst import Gst


def test_a_table_made_by_iteration_has_a_row_per_object(classic_pyds) -> None:
    table = object_table(classic_pyds.make_batch(["a", "b"], [], ["a"]))
    assert table.dtype == OBJECT_DTYPE
    assert table["frame_index"].tolist() == [0, 0, 2]
    assert table["source_id"].tolist() == [0, 0, 2]
    assert [label_text(each) for each in table["label_id"]] == ["a", "b", "a"]
    assert table[["left", "top", "width", "height"]][0].tolist() == (1, 2, 3, 4)
    assert table["confidence"].tolist() == [0.5] * 3
    assert table["object_id"].tolist() == [7] * 3


def test_objects_without_a_label_have_none(classic_pyds) -> None:
    (row,) = object_table(classic_pyds.make_batch([""]))
    assert row["label_id"] == 0
    assert label_text(0) is None
    assert label_text(10**6) is None


def test_a_batch_without_objects_is_an_empty_table(classic_pyds, monkeypatch) -> None:
    assert object_table(classic_pyds.make_batch([])).shape == (0,)
    monkeypatch.setattr("pyds.gst_buffer_get_nvds_batch_meta", lambda address: None)
    assert object_table(Gst.Buffer.new()).shape == (0,)


def test_a_probe_of_objects_gets_the_table_of_each_batch(classic_pyds) -> None:
    app = Application.from_pipeline_string("videotestsrc num-buffers=3 ! fakesink name=s")
    tables = []

    @app.probe("s", "sink")
    def collect(objects):
        tables.append(objects)

    @app.probe("s", "sink", 0.4, backend_uri="memory://?stream=confident")
    def confident(table, threshold):
        yield int((table["confidence"] > threshold).sum())

    app()
    assert [len(table) for table in tables] == [3, 3, 3]
    assert list(app.streams["memory://?stream=confident"].backend.deque) == [3, 3, 3]


def test_images_are_rgb_copies_of_the_frames(classic_pyds) -> None:
    images = [image for _, image in images_per_batch(Gst.Buffer.new())]
    assert [image.shape for image in images] == [(20, 30, 3)] * 2
    assert [int(image[0, 0, 0]) for image in images] == [0, 1]
    images[0][:] = 5  # writable


def test_images_of_objects_are_clipped_to_the_frame(classic_pyds, monkeypatch) -> None:
    boxes = [
        SimpleNamespace(left=1.4, top=2.0, width=3.0, height=4.0),
        SimpleNamespace(left=-5.0, top=-5.0, width=10.0, height=10.0),
        SimpleNamespace(left=100.0, top=2.0, width=3.0, height=4.0),
    ]
    objects = [classic_pyds.make_object("x", rect_params=box) for box in boxes]
    batch = classic_pyds.make_batch(classic_pyds.make_frame(0, objects))
    monkeypatch.setattr("pyds.gst_buffer_get_nvds_batch_meta", lambda address: batch)
    buffer = Gst.Buffer.new()
    shapes = [image.shape for _, _, image in object_images_per_batch(buffer)]
    assert shapes == [(4, 3, 3), (5, 5, 3), (4, 0, 3)]
    wider = [image.shape for _, _, image in object_images_per_batch(buffer, margin=0.5)]
    assert wider[0] == (8, 6, 3)


def test_images_as_torch_tensors(classic_pyds) -> None:
    torch = pytest.importorskip("torch")
    (_, image), _ = images_per_batch(Gst.Buffer.new(), library="torch")
    assert isinstance(image, torch.Tensor)
    assert image.shape == (20, 30, 3)


def test_pixels_are_not_in_the_metadata(classic_pyds) -> None:
    with pytest.raises(TypeError, match=r"NvDsBatchMeta carries no pixels.*\(pad, info\)"):
        images_per_batch(classic_pyds.make_batch(["a"]))
    with pytest.raises(ValueError, match="numpy, torch"):
        images_per_batch(Gst.Buffer.new(), library="jax")


def test_the_dtype_is_that_of_our_pyds() -> None:
    pyds = pytest.importorskip("pyds")
    assert np.dtype(pyds.OBJECT_DTYPE) == OBJECT_DTYPE
