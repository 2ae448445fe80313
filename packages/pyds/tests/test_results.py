"""Results that C elements leave: masks, flow, targets, embeddings; and the casts of old."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

import pyds


class Segmentation(ctypes.Structure):
    _fields_ = (
        ("classes", ctypes.c_uint),
        ("width", ctypes.c_uint),
        ("height", ctypes.c_uint),
        ("class_map", ctypes.POINTER(ctypes.c_int)),
        ("class_probabilities_map", ctypes.POINTER(ctypes.c_float)),
        ("priv_data", ctypes.c_void_p),
        ("unique_id", ctypes.c_int),
    )


def test_segmentation_masks_are_copies():
    classes = (ctypes.c_int * 6)(0, 1, 2, -1, 4, 5)
    struct = Segmentation(classes=6, width=3, height=2, class_map=classes)
    meta = pyds.NvDsInferSegmentationMeta.cast(ctypes.addressof(struct))
    assert (meta.width, meta.height, meta.class_map) == (3, 2, 0)
    masks = pyds.get_segmentation_masks(meta)
    classes[0] = 9
    assert masks.dtype == np.int32
    assert masks.tolist() == [[0, 1, 2], [-1, 4, 5]]
    assert pyds.get_segmentation_masks(ctypes.addressof(struct))[0, 0] == 9


def test_segmentation_without_a_map_raises():
    with pytest.raises(RuntimeError, match="no map"):
        pyds.get_segmentation_masks(pyds.NvDsInferSegmentationMeta())
    with pytest.raises(TypeError, match="not None"):
        pyds.get_segmentation_masks(None)


def capsule_of(memory):
    new = ctypes.pythonapi.PyCapsule_New
    new.restype = ctypes.py_object
    new.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return new(ctypes.addressof(memory), None, None)


def test_flow_vectors_are_interleaved_floats():
    vectors = (ctypes.c_short * 8)(1, -1, 2, -2, 3, -3, 4, -4)
    meta = pyds.NvDsOpticalFlowMeta()
    meta.rows, meta.cols, meta.data = 2, 2, capsule_of(vectors)
    flow = pyds.get_optical_flow_vectors(meta)
    assert flow.dtype == np.float32
    assert flow.reshape(2, 2, 2)[1, 0].tolist() == [3, -3]
    with pytest.raises(RuntimeError, match="no vectors"):
        pyds.get_optical_flow_vectors(pyds.NvDsOpticalFlowMeta())


class Reid(ctypes.Structure):
    _fields_ = (
        ("featureSize", ctypes.c_uint32),
        ("ptr_host", ctypes.POINTER(ctypes.c_float)),
        ("ptr_dev", ctypes.c_void_p),
    )


def test_an_embedding_is_a_copy():
    values = (ctypes.c_float * 3)(0.5, 1.5, 2.5)
    struct = Reid(featureSize=3, ptr_host=values)
    reid = pyds.NvDsObjReid.cast(ctypes.addressof(struct))
    vector = reid.get_host_reid_vector()
    values[0] = 9
    assert vector.dtype == np.float32
    assert vector.tolist() == [0.5, 1.5, 2.5]
    assert pyds.NvDsObjReid().get_host_reid_vector().shape == (0,)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("NvDsTargetMiscDataBatch", "NvDsPastFrameObjBatch"),
        ("NvDsTargetMiscDataStream", "NvDsPastFrameObjStream"),
        ("NvDsTargetMiscDataObject", "NvDsPastFrameObjList"),
        ("NvDsTargetMiscDataFrame", "NvDsPastFrameObj"),
    ],
)
def test_targets_have_their_names_of_old(now, before):
    assert getattr(pyds, now) is getattr(pyds, before)
    if hasattr(getattr(pyds, now), "list"):
        assert list(getattr(pyds, now).list(getattr(pyds, before)())) == []


def test_deprecated_casts_are_casts(batch, frame, add_object):
    item = add_object()
    assert pyds.glist_get_nvds_batch_meta(batch) == batch
    assert pyds.glist_get_nvds_frame_meta(batch.frame_meta_list.data) == frame
    assert pyds.glist_get_nvds_object_meta(frame.obj_meta_list.data) == item
    assert pyds.glist_get_nvds_user_meta(None) is None
    with pytest.raises(TypeError, match="this is a NvDsObjectMeta"):
        pyds.glist_get_nvds_frame_meta(frame.obj_meta_list.data)


def test_lists_are_cleared_by_pool(batch, frame, add_object):
    for number in range(4):
        add_object(number)
    second = frame.obj_meta_list.next
    head = pyds.nvds_clear_meta_list(batch, second, batch.obj_meta_pool)
    assert head == frame.obj_meta_list
    assert [item.class_id for item in frame.objects] == [3]
    assert frame.num_obj_meta == 1
    with pytest.raises(ValueError, match="pool is not that"):
        pyds.nvds_clear_meta_list(batch, head, batch.frame_meta_pool)
    assert pyds.nvds_clear_meta_list(batch, head, batch.obj_meta_pool) is None
    assert pyds.nvds_get_current_metadata_info(batch) == 1
    pyds.nvds_remove_frame_meta_from_batch(batch, frame)
    assert pyds.nvds_get_current_metadata_info(batch) == 0


def test_an_analytics_result_is_a_copy():
    info = pyds.NvDsAnalyticsObjInfo()
    info.roiStatus = ["RF"]
    info.roiStatus.append("lost")
    assert info.roiStatus == ["RF"]
    frame = pyds.NvDsAnalyticsFrameMeta()
    frame.objCnt = {0: 2, -1: 1}
    assert frame.objCnt == {0: 2, -1: 1}
    assert not frame.objInROIcnt
