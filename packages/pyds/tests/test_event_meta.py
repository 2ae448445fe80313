"""Event messages: who owns what, and what copies get."""

from __future__ import annotations

import ctypes
import gc
import re
import sys
from datetime import datetime, timedelta, timezone

import pytest

import pyds


@pytest.fixture
def user_meta(batch, frame):
    user = pyds.nvds_acquire_user_meta_from_pool(batch)
    user.base_meta.meta_type = pyds.NvDsMetaType.NVDS_EVENT_MSG_META
    pyds.nvds_add_user_meta_to_frame(frame, user)
    return user


@pytest.fixture
def copied(batch):
    """Copies the batch, destroys the original and gives the event of the copy."""
    copies = []

    def copy():
        made = pyds.nvds_batch_meta_copy_func(batch, None)
        copies.append(made)
        pyds.nvds_destroy_batch_meta(batch)
        gc.collect()
        [copied_frame] = made.frames
        [user] = copied_frame.user_metas
        return pyds.NvDsEventMsgMeta.cast(user.user_meta_data)

    yield copy
    for made in copies:
        pyds.nvds_destroy_batch_meta(made)


def fill(event):
    """As deepstream-test4 does."""
    event.sensorStr = "sensor-0"
    event.objectId = "car"
    event.ts = pyds.alloc_buffer(33)
    pyds.generate_ts_rfc3339(event.ts, 32)
    event.objType = pyds.NvDsObjectType.NVDS_OBJECT_TYPE_VEHICLE
    vehicle = pyds.NvDsVehicleObject.cast(pyds.alloc_nvds_vehicle_object())
    vehicle.make = "Simca"
    event.extMsg = vehicle
    event.extMsgSize = sys.getsizeof(pyds.NvDsVehicleObject)


def assert_filled(event):
    assert pyds.get_string(event.sensorStr) == "sensor-0"
    assert pyds.get_string(event.objectId) == "car"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", pyds.get_string(event.ts) or "")
    vehicle = pyds.NvDsVehicleObject.cast(event.extMsg)
    assert pyds.get_string(vehicle.make) == "Simca"


def test_an_event_with_all_that_is_in_it_survives_a_deep_copy(user_meta, copied):
    event = pyds.NvDsEventMsgMeta.cast(pyds.alloc_nvds_event_msg_meta(user_meta))
    fill(event)
    user_meta.user_meta_data = event
    assert_filled(copied())
    assert_filled(event)  # Python still refers to the original


def test_an_event_allocated_without_its_user_meta_is_copied_too(user_meta, copied):
    event = pyds.alloc_nvds_event_msg_meta()
    fill(event)
    user_meta.user_meta_data = event
    del event
    assert_filled(copied())


def test_writes_to_the_copy_and_the_original_are_apart(user_meta, copied):
    event = pyds.alloc_nvds_event_msg_meta(user_meta)
    fill(event)
    copy = copied()
    copy.objectId = "bus"
    assert pyds.get_string(event.objectId) == "car"


def test_an_extended_message_of_any_type_is_copied(user_meta, copied):
    event = pyds.alloc_nvds_event_msg_meta(user_meta)
    event.objType = pyds.NVDS_OBJECT_TYPE_FACE_EXT
    face = pyds.NvDsFaceObjectWithExt()
    face.name = "Ada"
    event.extMsg, event.extMsgSize = face, 1
    del face
    gc.collect()
    assert pyds.NvDsFaceObjectWithExt.cast(copied().extMsg).name == "Ada"


def test_python_functions_take_over_from_native_ones(batch, user_meta, copied):
    """As the first versions of deepstream-test4 did, byte by byte."""
    released = []

    def copy(capsule, nothing):
        source = pyds.NvDsEventMsgMeta.cast(pyds.NvDsUserMeta.cast(capsule).user_meta_data)
        size = sys.getsizeof(pyds.NvDsEventMsgMeta)
        made = pyds.NvDsEventMsgMeta.cast(pyds.memdup(pyds.get_ptr(source), size))
        made.ts = pyds.memdup(source.ts, 33)
        made.objectId = pyds.get_string(source.objectId)
        made.sensorStr = pyds.get_string(source.sensorStr)
        return made

    def release(capsule, nothing):
        event = pyds.NvDsEventMsgMeta.cast(pyds.NvDsUserMeta.cast(capsule).user_meta_data)
        released.append(pyds.get_string(event.objectId))
        pyds.free_buffer(event.ts)
        pyds.free_buffer(event.sensorStr)
        pyds.free_gbuffer(event.extMsg)

    event = pyds.alloc_nvds_event_msg_meta(user_meta)
    fill(event)
    user_meta.user_meta_data = event
    pyds.set_user_copyfunc(user_meta, copy)
    pyds.set_user_releasefunc(user_meta, release)
    assert_filled(copied())
    assert released == ["car"]
    assert_filled(event)


def test_a_release_function_alone_leaves_copies_native(user_meta, copied):
    event = pyds.alloc_nvds_event_msg_meta(user_meta)
    fill(event)
    pyds.set_user_releasefunc(user_meta, lambda capsule, nothing: None)
    assert_filled(copied())


def test_another_payload_takes_the_place_of_an_event(batch, user_meta):
    pyds.alloc_nvds_event_msg_meta(user_meta)
    other = pyds.NvOSD_RectParams()
    user_meta.user_meta_data = other
    copy = pyds.nvds_batch_meta_copy_func(batch, None)
    [frame] = copy.frames
    assert list(frame.user_metas) == []
    pyds.nvds_destroy_batch_meta(copy)


def test_a_timestamp_belongs_to_the_event_it_is_given_to(user_meta):
    event = pyds.alloc_nvds_event_msg_meta(user_meta)
    event.ts = pyds.alloc_buffer(33)
    address = event.ts
    event.ts = address
    pyds.free_buffer(event.ts)
    pyds.generate_ts_rfc3339(event.ts, 32)
    assert pyds.get_string(event.ts)
    event.ts = "2026-01-31T12:00:00.000Z"
    assert pyds.get_string(event.ts) == "2026-01-31T12:00:00.000Z"
    borrowed = ctypes.create_string_buffer(b"mine")
    event.ts = ctypes.addressof(borrowed)
    assert pyds.get_string(event.ts) == "mine"
    assert event.ts != ctypes.addressof(borrowed)
    event.ts = 0
    assert event.ts == 0


def test_timestamps_are_utc_and_cut_to_the_buffer():
    buffer = pyds.alloc_buffer(33)
    before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
    pyds.generate_ts_rfc3339(buffer, 33)
    text = pyds.get_string(buffer) or ""
    written = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")
    assert before <= written <= datetime.now(timezone.utc)
    pyds.generate_ts_rfc3339(buffer, 5)
    assert pyds.get_string(buffer) == text[:4]
    pyds.free_buffer(buffer)
    with pytest.raises(ValueError, match="no memory"):
        pyds.generate_ts_rfc3339(4096, 5)


def test_an_event_keeps_its_message():
    event = pyds.alloc_nvds_event()
    event.eventType = pyds.NVDS_EVENT_EXIT
    event.metadata = pyds.alloc_nvds_event_msg_meta()
    gc.collect()
    event.metadata.objectId = "kept"
    assert pyds.get_string(event.metadata.objectId) == "kept"
    event.metadata = None
    assert event.metadata is None


def test_a_payload_points_to_bytes():
    payload = pyds.alloc_nvds_payload()
    content = pyds.NvOSD_RectParams()
    payload.payload, payload.payloadSize = content, 8
    assert pyds.get_ptr(payload.payload) == pyds.get_ptr(content)


def test_custom_structs_are_copied_with_their_meta(batch, frame, user_meta):
    data = pyds.alloc_custom_struct(user_meta)
    data.structId, data.sampleInt, data.message = 3, 7, "hello"
    data.message = pyds.get_string(data.message)
    user_meta.user_meta_data = data
    copy = pyds.nvds_batch_meta_copy_func(batch, None)
    pyds.nvds_remove_user_meta_from_frame(frame, user_meta)
    [copied_frame] = copy.frames
    [user] = copied_frame.user_metas
    copied = pyds.CustomDataStruct.cast(user.user_meta_data)
    assert (copied.structId, copied.sampleInt) == (3, 7)
    assert pyds.get_string(copied.message) == "hello"
    pyds.nvds_destroy_batch_meta(copy)


def test_a_signature_is_copied_from_one_event_to_another(user_meta, copied):
    values = (ctypes.c_double * 2)(0.25, 0.5)

    class Signature(ctypes.Structure):
        _fields_ = (("signature", ctypes.POINTER(ctypes.c_double)), ("size", ctypes.c_uint))

    struct = Signature(values, 2)
    event = pyds.alloc_nvds_event_msg_meta(user_meta)
    event.objSignature = pyds.NvDsObjectSignature.cast(ctypes.addressof(struct))
    other = pyds.alloc_nvds_event_msg_meta()
    other.objSignature = event.objSignature
    values[0] = 9
    for signature in (event.objSignature, other.objSignature, copied().objSignature):
        assert (signature.signature, signature.size) == (0.25, 2)


def test_an_outline_of_c_code_is_a_list():
    class Node(ctypes.Structure):
        _fields_ = (("data", ctypes.c_void_p), ("next", ctypes.c_void_p), ("prev", ctypes.c_void_p))

    class Vehicle(ctypes.Structure):
        _fields_ = (("strings", ctypes.c_char_p * 6), ("mask", ctypes.c_void_p))

    second = Node(data=20)
    first = Node(data=10, next=ctypes.addressof(second))
    struct = Vehicle(mask=ctypes.addressof(first))
    node = pyds.NvDsVehicleObjectExt.cast(ctypes.addressof(struct)).mask
    assert pyds.get_ptr(node.data) == 10
    assert pyds.get_ptr(node.next.data) == 20
    assert node.next.next is None
