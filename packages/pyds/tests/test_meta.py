"""Structs, lists and casts of the classic API."""

from __future__ import annotations

import ctypes
import threading

import numpy as np
import pytest

import pyds


def classic_walk(node, struct):
    """The loop of NVIDIA's sample applications."""
    items = []
    while node is not None:
        try:
            items.append(struct.cast(node.data))
        except StopIteration:
            break
        try:
            node = node.next
        except StopIteration:
            break
    return items


def class_ids(frame):
    return [item.class_id for item in classic_walk(frame.obj_meta_list, pyds.NvDsObjectMeta)]


def test_objects_iterate_newest_first_and_frames_in_order(batch, frame, add_object):
    second = pyds.nvds_acquire_frame_meta_from_pool(batch)
    pyds.nvds_add_frame_meta_to_batch(batch, second)
    for class_id in (1, 2, 3):
        add_object(class_id)
    assert classic_walk(batch.frame_meta_list, pyds.NvDsFrameMeta) == [frame, second]
    assert class_ids(frame) == [3, 2, 1]
    assert [item.class_id for item in frame.objects] == [3, 2, 1]
    assert (batch.num_frames_in_batch, frame.num_obj_meta) == (2, 3)
    assert pyds.nvds_get_nth_frame_meta(batch.frame_meta_list, 1) == second
    assert pyds.nvds_get_nth_frame_meta(batch.frame_meta_list, 2) is None


def test_nodes_lead_both_ways_and_are_truthy(frame, add_object):
    for class_id in (1, 2):
        add_object(class_id)
    first = frame.obj_meta_list
    assert first
    assert first.prev is None
    assert first.next.prev == first
    assert first.next.next is None


def test_empty_lists_are_none(batch, frame):
    assert batch.batch_user_meta_list is None
    assert frame.obj_meta_list is None
    assert len(frame.objects) == 0


def test_removing_the_current_object_with_next_fetched_first(frame, add_object):
    for class_id in range(6):
        add_object(class_id)
    node = frame.obj_meta_list
    while node is not None:
        item = pyds.NvDsObjectMeta.cast(node.data)
        node = node.next
        if item.class_id % 2:
            pyds.nvds_remove_obj_meta_from_frame(frame, item)
    assert class_ids(frame) == [4, 2, 0]


def test_iterating_while_removing_the_current_object(frame, add_object):
    for class_id in range(6):
        add_object(class_id)
    seen = []
    for item in frame.objects:
        seen.append(item.class_id)
        pyds.nvds_remove_obj_meta_from_frame(frame, item)
    assert seen == [5, 4, 3, 2, 1, 0]
    assert frame.num_obj_meta == 0


def test_iterating_while_removing_the_next_object(frame, add_object):
    objects = [add_object(class_id) for class_id in range(3)]
    iterator = iter(frame.objects)
    assert next(iterator).class_id == 2
    pyds.nvds_remove_obj_meta_from_frame(frame, objects[1])
    assert [item.class_id for item in iterator] == [0]


def test_iterating_over_what_is_gone_raises(frame, add_object):
    objects = [add_object(class_id) for class_id in range(3)]
    iterator = iter(frame.objects)
    next(iterator)
    for item in objects[1:]:
        pyds.nvds_remove_obj_meta_from_frame(frame, item)
    with pytest.raises(pyds.StaleMetaError, match="list changed"):
        next(iterator)


def test_views_know_their_size_and_members(frame, add_object):
    item = add_object()
    assert len(frame.objects) == 1
    assert item in frame.objects
    assert frame not in frame.objects


def test_classifiers_and_labels(batch, add_object):
    item = add_object()
    classifier = pyds.nvds_acquire_classifier_meta_from_pool(batch)
    classifier.unique_component_id = 5
    classifier.classifier_type = "colour"
    pyds.nvds_add_classifier_meta_to_object(item, classifier)
    for name in ("red", "blue"):
        label = pyds.nvds_acquire_label_info_meta_from_pool(batch)
        label.result_label = name
        label.pResult_label = name * 100
        pyds.nvds_add_label_info_meta_to_classifier(classifier, label)
    [found] = item.classifiers
    assert (found.unique_component_id, found.num_labels) == (5, 2)
    assert found.classifier_type == "colour"
    assert [label.result_label for label in found.labels] == ["blue", "red"]
    assert next(iter(found.labels)).pResult_label == "blue" * 100
    pyds.nvds_remove_label_info_meta_from_classifier(found, next(iter(found.labels)))
    pyds.nvds_remove_classifier_meta_from_obj(item, found)
    assert item.classifier_meta_list is None


def test_clearing_a_list(batch, frame, add_object):
    add_object()
    display = pyds.nvds_acquire_display_meta_from_pool(batch)
    pyds.nvds_add_display_meta_to_frame(frame, display)
    pyds.nvds_clear_obj_meta_list(frame, frame.obj_meta_list)
    pyds.nvds_clear_display_meta_list(frame, frame.display_meta_list)
    pyds.nvds_clear_display_meta_list(frame, None)
    assert (frame.num_obj_meta, frame.obj_meta_list, frame.display_meta_list) == (0, None, None)
    assert batch.obj_meta_pool.num_full_elements == 0


def test_copying_a_list_keeps_its_order(batch, frame, add_object):
    for class_id in (1, 2):
        add_object(class_id)
    target = pyds.nvds_acquire_frame_meta_from_pool(batch)
    pyds.nvds_add_frame_meta_to_batch(batch, target)
    pyds.nvds_copy_obj_meta_list(frame.obj_meta_list, target)
    assert class_ids(target) == [2, 1]


def test_a_copied_batch_is_independent(batch, frame, add_object):
    item = add_object(7)
    item.text_params.display_text = "seven"
    copy = pyds.nvds_batch_meta_copy_func(batch, None)
    pyds.nvds_destroy_batch_meta(batch)
    [copied_frame] = copy.frames
    [copied] = copied_frame.objects
    assert copied.class_id == 7
    assert pyds.get_string(copied.text_params.display_text) == "seven"
    pyds.nvds_destroy_batch_meta(copy)


def test_structs_inside_are_live_and_assigned_by_value(add_object):
    first, second = add_object(), add_object()
    rect = first.rect_params
    rect.left = 12.5
    rect.border_color.set(0.1, 0.2, 0.3, 1.0)
    assert first.rect_params.left == 12.5
    second.rect_params = first.rect_params
    rect.left = 99
    assert second.rect_params.left == 12.5
    assert second.rect_params.border_color.green == 0.2


def test_assigned_text_is_a_copy(add_object):
    first, second = add_object(), add_object()
    first.text_params.display_text = "one"
    second.text_params = first.text_params
    second.text_params = second.text_params
    first.text_params.display_text = "two"
    assert pyds.get_string(second.text_params.display_text) == "one"


def test_display_meta_holds_sixteen_of_each(batch, frame):
    display = pyds.nvds_acquire_display_meta_from_pool(batch)
    display.num_lines = 1
    display.line_params[0].x2 = 7
    display.arrow_params[3].arrow_head = pyds.NvOSD_Arrow_Head_Direction.BOTH_HEAD
    pyds.nvds_add_display_meta_to_frame(frame, display)
    [found] = frame.display_metas
    for name in ("rect", "text", "line", "arrow", "circle"):
        assert len(getattr(found, f"{name}_params")) == 16
    assert found.line_params[0].x2 == 7
    assert found.arrow_params[3].arrow_head == pyds.BOTH_HEAD
    with pytest.raises(AttributeError):
        found.line_params = []


def test_misc_fields_are_writable_views_of_all_64_bits(frame):
    frame.misc_frame_info[2] = 1 << 40
    assert frame.misc_frame_info.dtype == np.int64
    assert frame.misc_frame_info.tolist() == [0, 0, 1 << 40, 0]


def test_masks_are_arrays(add_object):
    mask = add_object().mask_params
    assert mask.get_mask_array().shape == (0,)
    assert mask.data is None
    mask.width, mask.height, mask.threshold = 3, 2, 0.5
    values = mask.alloc_mask_array()
    assert (values.dtype, values.shape, mask.size) == (np.float32, (6,), 24)
    values[:] = np.arange(6)
    assert mask.get_mask_array().tolist() == [0, 1, 2, 3, 4, 5]
    assert mask.data == 0


@pytest.mark.parametrize("value", [10.5, "10", -1, 1 << 32])
def test_numbers_that_do_not_fit_are_type_errors(add_object, value):
    with pytest.raises(TypeError, match=r"x_offset.*is not an int from 0 to 4294967295"):
        add_object().text_params.x_offset = value


def test_what_acts_like_a_number_is_one(add_object):
    item = add_object()
    item.class_id = np.int64(-4)
    item.object_id = (1 << 64) - 1
    item.confidence = np.float32(0.25)
    item.tracker_confidence = 1
    assert (item.class_id, item.object_id, item.confidence) == (-4, (1 << 64) - 1, 0.25)
    with pytest.raises(TypeError, match="confidence"):
        item.confidence = "high"


def test_enums_compare_with_ints_and_accept_every_value(batch):
    user = pyds.nvds_acquire_user_meta_from_pool(batch)
    number = pyds.nvds_get_user_meta_type("PYTHIA.TEST.TYPE")
    user.base_meta.meta_type = pyds.NvDsMetaType(number)
    assert user.base_meta.meta_type == number
    assert user.base_meta.meta_type.name == "???"
    assert user.base_meta.meta_type is user.base_meta.meta_type
    assert pyds.NvDsMetaType(2) is pyds.NvDsMetaType.NVDS_FRAME_META
    assert pyds.NVDSINFER_SEGMENTATION_META == 13
    assert {pyds.NVDS_OBJ_META: 1}[3] == 1
    with pytest.raises(TypeError):
        user.base_meta.meta_type = 4097
    with pytest.raises(ValueError, match="name"):
        pyds.NvDsMetaType("name")


def test_cast_accepts_capsule_none_object_and_address(frame):
    struct = pyds.NvDsFrameMeta
    capsule = frame.base_meta.batch_meta.frame_meta_list.data
    address = pyds.get_ptr(frame)
    for value in (capsule, frame, address):
        assert struct.cast(value) == frame
        assert frame.cast(value).source_id == frame.source_id
    assert struct.cast(None) is None
    assert struct.cast(0) is None
    with pytest.raises(TypeError, match="capsule"):
        struct.cast("frame")


def test_cast_to_the_wrong_kind_says_what_it_is(frame, add_object):
    add_object()
    with pytest.raises(TypeError, match=r"NvDsFrameMeta\.cast: this is a NvDsObjectMeta"):
        pyds.NvDsFrameMeta.cast(frame.obj_meta_list.data)
    assert pyds.NvDsBaseMeta.cast(frame.obj_meta_list.data).meta_type == pyds.NVDS_OBJ_META


def test_capsules_have_no_name(frame, add_object):
    item = add_object()
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    assert get_pointer(frame.obj_meta_list.data, None) == pyds.get_ptr(item)


def test_parents_are_of_the_same_batch(batch, frame, add_object):
    car = add_object()
    plate = pyds.nvds_acquire_obj_meta_from_pool(batch)
    pyds.nvds_add_obj_meta_to_frame(frame, plate, car)
    assert plate.parent == car
    other = pyds.nvds_create_batch_meta(1)
    stranger = pyds.nvds_acquire_obj_meta_from_pool(other)
    with pytest.raises(ValueError, match="same batch"):
        plate.parent = stranger
    pyds.nvds_remove_obj_meta_from_frame(frame, car)
    assert plate.parent is None
    pyds.nvds_destroy_batch_meta(other)


def test_adding_what_cannot_be_added_raises(batch, frame, add_object):
    item = add_object()
    with pytest.raises(ValueError, match="already in this list"):
        pyds.nvds_add_obj_meta_to_frame(frame, item, None)
    other = pyds.nvds_create_batch_meta(1)
    with pytest.raises(ValueError, match="another batch"):
        pyds.nvds_add_obj_meta_to_frame(frame, pyds.nvds_acquire_obj_meta_from_pool(other), None)
    pyds.nvds_destroy_batch_meta(other)
    with pytest.raises(ValueError, match="not acquired from a pool"):
        pyds.nvds_add_obj_meta_to_frame(frame, pyds.NvDsObjectMeta(), None)
    with pytest.raises(ValueError, match="no pools"):
        pyds.nvds_acquire_obj_meta_from_pool(pyds.NvDsBatchMeta())
    with pytest.raises(ValueError, match="does not belong to a batch"):
        pyds.nvds_add_obj_meta_to_frame(pyds.NvDsFrameMeta(), item, None)
    assert frame.num_obj_meta == 1


def test_removing_what_is_not_there_raises(batch, frame, add_object):
    item = add_object()
    other = pyds.nvds_acquire_frame_meta_from_pool(batch)
    pyds.nvds_add_frame_meta_to_batch(batch, other)
    with pytest.raises(ValueError, match="not in this list"):
        pyds.nvds_remove_obj_meta_from_frame(other, item)


def test_constructors_make_structs_of_ones_own():
    rect = pyds.NvOSD_RectParams()
    rect.width = 5
    colour = rect.border_color
    del rect
    colour.red = 1.0
    assert colour.red == 1.0
    assert pyds.NvDsObjectMeta().rect_params.width == 0


def test_the_lock_lets_other_python_threads_run(batch):
    order = []
    waiting = threading.Event()
    pyds.nvds_acquire_meta_lock(batch)
    pyds.nvds_acquire_meta_lock(batch)

    def work():
        waiting.set()
        pyds.nvds_acquire_meta_lock(batch)
        order.append("inside")
        pyds.nvds_release_meta_lock(batch)

    thread = threading.Thread(target=work)
    thread.start()
    waiting.wait(10)
    order.append("releasing")
    pyds.nvds_release_meta_lock(batch)
    pyds.nvds_release_meta_lock(batch)
    thread.join(10)
    assert order == ["releasing", "inside"]


def test_structs_compare_by_identity(frame, add_object):
    item = add_object()
    assert next(iter(frame.objects)) == item
    assert hash(next(iter(frame.objects))) == hash(item)
    assert item != frame
    assert item != None  # noqa: E711 (the operator is what is tested)
