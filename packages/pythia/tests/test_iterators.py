from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from pythia import Application, frames_per_batch, objects_per_batch, objects_per_frame
from pythia.exceptions import PydsNotFoundError
from pythia.iterators import (
    analytics_per_frame,
    analytics_per_obj,
    display_meta_per_frame,
    glist_iter,
    instance_masks_per_batch,
    labels_per_batch,
    labels_per_obj,
    past_frames_per_batch,
    semantic_masks_per_frame,
    tensors_per_batch,
    user_meta_per_batch,
    user_meta_per_frame,
    user_meta_per_object,
)
from pythia.utils.ds import inject_external_classification
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


def a_frame(pyds, objects=(), **fields):
    return next(
        iter(frames_per_batch(pyds.make_batch(pyds.make_frame(0, list(objects), **fields))))
    )


def test_labels_of_all_classifiers_of_all_objects(classic_pyds) -> None:
    def classified(*labels: str):
        infos = [classic_pyds.NvDsLabelInfo(result_label=each) for each in labels]
        meta = classic_pyds.NvDsClassifierMeta(label_info_list=classic_pyds.glist(infos))
        return classic_pyds.make_object("car", classifier_meta_list=classic_pyds.glist([meta]))

    frame = classic_pyds.make_frame(3, [classified("red", "sedan"), classified("blue")])
    seen = [
        (frame.frame_num, obj.obj_label, label.result_label)
        for frame, obj, label in labels_per_batch(classic_pyds.make_batch(frame))
    ]
    assert seen == [(3, "car", "red"), (3, "car", "sedan"), (3, "car", "blue")]


def test_analytics_are_found_among_other_user_metadata(classic_pyds) -> None:
    info = classic_pyds.NvDsAnalyticsObjInfo(roiStatus=["RF"])
    counts = classic_pyds.NvDsAnalyticsFrameMeta(objCnt={0: 2})
    other = classic_pyds.user_meta(8200, object())
    obj = classic_pyds.make_object(
        "car",
        obj_user_meta_list=classic_pyds.glist(
            [other, classic_pyds.user_meta("NVIDIA.DSANALYTICSOBJ.USER_META", info)]
        ),
    )
    frame = a_frame(
        classic_pyds,
        [obj],
        frame_user_meta_list=classic_pyds.glist(
            [classic_pyds.user_meta("NVIDIA.DSANALYTICSFRAME.USER_META", counts), other]
        ),
    )
    assert [each.roiStatus for each in analytics_per_obj(obj)] == [["RF"]]
    assert [each.objCnt for each in analytics_per_frame(frame)] == [{0: 2}]
    assert list(analytics_per_obj(classic_pyds.make_object("x"))) == []


def test_past_frames_come_with_their_stream_and_object(classic_pyds) -> None:
    past = [SimpleNamespace(frameNum=number) for number in (4, 5)]
    target = classic_pyds.NvDsTargetMiscDataObject(uniqueId=9, _items=past)
    stream = classic_pyds.NvDsTargetMiscDataStream(streamID=1, _items=[target])
    batch = classic_pyds.make_batch(
        batch_user_meta_list=classic_pyds.glist(
            [classic_pyds.user_meta(15, classic_pyds.NvDsTargetMiscDataBatch(_items=[stream]))]
        )
    )
    seen = [(s.streamID, o.uniqueId, f.frameNum) for s, o, f in past_frames_per_batch(batch)]
    assert seen == [(1, 9, 4), (1, 9, 5)]


def test_raw_outputs_come_as_arrays_in_the_shape_of_their_layer(classic_pyds) -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    dims = SimpleNamespace(numDims=2, d=np.array([2, 3, 0, 0]))
    layer = SimpleNamespace(
        layerName="boxes", dataType=0, inferDims=dims, buffer=values.ctypes.data
    )
    tensor = classic_pyds.NvDsInferTensorMeta(num_output_layers=1, _layers=[layer], unique_id=2)
    metas = classic_pyds.glist([classic_pyds.user_meta(12, tensor)])
    obj = classic_pyds.make_object("car", obj_user_meta_list=metas)
    frame = classic_pyds.make_frame(0, [obj], frame_user_meta_list=metas)
    of_frame, of_object = tensors_per_batch(classic_pyds.make_batch(frame))
    assert of_frame[1] is None
    assert of_object[1] is obj
    np.testing.assert_array_equal(of_frame[3]["boxes"], values)
    values[:] = 0
    assert of_object[3]["boxes"].sum() == 15  # a copy outlives the buffer


def test_a_layer_that_is_on_the_gpu_only_says_so(classic_pyds) -> None:
    layer = SimpleNamespace(layerName="boxes", buffer=None)
    tensor = classic_pyds.NvDsInferTensorMeta(num_output_layers=1, _layers=[layer])
    frame = classic_pyds.make_frame(
        0, [], frame_user_meta_list=classic_pyds.glist([classic_pyds.user_meta(12, tensor)])
    )
    with pytest.raises(ValueError, match=r"boxes.*no values in host memory"):
        list(tensors_per_batch(classic_pyds.make_batch(frame)))


def test_semantic_masks_are_copies(classic_pyds) -> None:
    masks = np.array([[0, 15], [15, 0]], np.int32)
    meta = classic_pyds.NvDsInferSegmentationMeta(_masks=masks)
    frame = a_frame(
        classic_pyds,
        frame_user_meta_list=classic_pyds.glist([classic_pyds.user_meta(13, meta)]),
    )
    (mask,) = semantic_masks_per_frame(frame)
    masks[:] = 0
    assert mask.tolist() == [[0, 15], [15, 0]]


def test_instance_masks_have_the_size_of_the_box(classic_pyds) -> None:
    params = SimpleNamespace(
        size=16, width=2, height=2, threshold=0.5, get_mask_array=lambda: np.array([[1, 0], [1, 0]])
    )
    masked = classic_pyds.make_object("car", mask_params=params)
    batch = classic_pyds.make_batch(
        classic_pyds.make_frame(0, [classic_pyds.make_object("bare"), masked])
    )
    ((_, obj, mask),) = instance_masks_per_batch(batch)
    assert obj is masked
    assert mask.shape == (4, 3)
    assert mask[:, 0].tolist() == [255] * 4
    assert mask[:, 2].tolist() == [0] * 4


def test_display_meta_of_a_frame(classic_pyds) -> None:
    meta = classic_pyds.NvDsDisplayMeta(num_labels=1)
    frame = a_frame(classic_pyds, display_meta_list=classic_pyds.glist([meta]))
    assert list(display_meta_per_frame(frame)) == [meta]
    assert list(display_meta_per_frame(a_frame(classic_pyds))) == []


def test_user_metadata_by_number_by_name_and_cast(classic_pyds) -> None:
    data = classic_pyds.NvDsAnalyticsObjInfo()
    meta = classic_pyds.user_meta(8194, data)
    metas = classic_pyds.glist([meta, classic_pyds.user_meta(8200, object())])
    batch = classic_pyds.make_batch(batch_user_meta_list=metas)
    frame = a_frame(classic_pyds, frame_user_meta_list=metas)
    obj = classic_pyds.make_object("x", obj_user_meta_list=metas)
    assert list(user_meta_per_batch(batch, 8194)) == [meta]
    assert list(user_meta_per_frame(frame, "NVIDIA.DSANALYTICSOBJ.USER_META")) == [meta]
    klass = classic_pyds.NvDsAnalyticsObjInfo
    assert list(user_meta_per_object(obj, 8194, klass)) == [data]
    assert list(user_meta_per_object(obj, "NVDSINFER_TENSOR_OUTPUT_META")) == []


def test_a_pyds_without_a_type_is_named(classic_pyds, monkeypatch) -> None:
    monkeypatch.delattr("pyds.NvDsAnalyticsObjInfo")
    with pytest.raises(
        PydsNotFoundError, match=r"analytics of objects needs pyds.NvDsAnalyticsObj"
    ):
        analytics_per_obj(classic_pyds.make_object("x"))


def test_a_classification_from_outside_is_like_one_of_the_pipeline(classic_pyds) -> None:
    obj = classic_pyds.make_object("car", text_params=SimpleNamespace(display_text=99))
    inject_external_classification(None, obj, label="taxi", result_prob=0.9)
    (label,) = labels_per_obj(obj)
    assert (label.result_label, label.result_prob) == ("taxi", 0.9)
    assert obj.text_params.display_text == "Car 7 taxi"
    with pytest.raises(AttributeError, match="result_probe"):
        inject_external_classification(None, obj, result_probe=1)
