from __future__ import annotations

from types import SimpleNamespace

import pytest

from pythia import Application, frames_per_batch, objects_per_batch, objects_per_frame
from pythia.exceptions import PydsNotFoundError
from pythia.iterators import glist_iter
from pythia.utils.gst import Gst


def labels(source: object) -> list[tuple[int, str]]:
    return [(frame.frame_num, each.obj_label) for frame, each in objects_per_batch(source)]


def test_frames_and_objects_come_in_the_order_of_the_lists(classic_pyds) -> None:
    batch = classic_pyds.make_batch(["a", "b"], [], ["c"])
    assert [frame.frame_num for frame in frames_per_batch(batch)] == [0, 1, 2]
    nested = [
        (frame.frame_num, each.obj_label)
        for frame in frames_per_batch(batch)
        for each in objects_per_frame(frame)
    ]
    assert nested == labels(batch) == [(0, "a"), (0, "b"), (2, "c")]


def test_a_buffer_and_a_probe_info_give_the_same_as_their_batch(classic_pyds) -> None:
    expected = [(0, "Person"), (0, "Vehicle"), (1, "Person")]
    assert labels(Gst.Buffer.new()) == expected
    app = Application.from_pipeline_string("videotestsrc num-buffers=1 ! fakesink name=s")
    seen = []

    @app.probe("s", "sink")
    def collect(pad, info):
        seen.append(labels(info))
        seen.append([frame.frame_num for frame in frames_per_batch(info.get_buffer())])

    app()
    assert seen == [expected, [0, 1]]


def test_a_buffer_without_a_batch_gives_nothing(classic_pyds, monkeypatch) -> None:
    monkeypatch.setattr("pyds.gst_buffer_get_nvds_batch_meta", lambda address: None)
    assert list(objects_per_batch(Gst.Buffer.new())) == []
    assert list(frames_per_batch(Gst.Buffer.new())) == []


def test_the_current_item_may_be_removed_while_iterating(classic_pyds) -> None:
    batch = classic_pyds.make_batch(["a", "b", "c"])
    seen = []
    node = batch.frame_meta_list.data.capsule.obj_meta_list
    for _, each in objects_per_batch(batch):
        seen.append(each.obj_label)
        # What happens to a link that is given back to its pool.
        released, node = node, node.next
        released.next = released.data = None
    assert seen == ["a", "b", "c"]


def test_any_list_can_be_iterated(classic_pyds) -> None:
    item = classic_pyds.make_object("x")
    assert list(glist_iter(classic_pyds.glist([item]), classic_pyds.NvDsObjectMeta)) == [item]
    assert list(glist_iter(None, classic_pyds.NvDsObjectMeta)) == []


def test_other_things_are_refused_by_name(classic_pyds) -> None:
    with pytest.raises(TypeError, match=r"list.*NvDsBatchMeta, Gst.Buffer or Gst.PadProbeInfo"):
        list(objects_per_batch([1]))


@pytest.mark.usefixtures("no_pyds")
def test_without_pyds_the_error_says_how_to_get_it() -> None:
    with pytest.raises(PydsNotFoundError, match="pip install pythia-pyds"):
        list(objects_per_batch(Gst.Buffer.new()))


def test_an_unrelated_module_named_pyds_is_recognised(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyds", SimpleNamespace(__file__="/x/pyds.py"))
    with pytest.raises(PydsNotFoundError):
        list(objects_per_batch(Gst.Buffer.new()))
