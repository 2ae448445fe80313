"""Metadata that is gone raises; it never crashes and never shows its successor."""

from __future__ import annotations

import pytest

import pyds


def test_a_removed_object_is_stale_and_so_is_what_was_read_from_it(frame, add_object):
    item = add_object()
    rect, node, capsule = item.rect_params, frame.obj_meta_list, frame.obj_meta_list.data
    border = rect.border_color
    pyds.nvds_remove_obj_meta_from_frame(frame, item)
    for use in (
        lambda: item.class_id,
        lambda: setattr(item, "class_id", 1),
        lambda: rect.left,
        lambda: border.red,
        lambda: node.data,
        lambda: node.next,
        lambda: pyds.NvDsObjectMeta.cast(capsule),
        lambda: pyds.NvDsObjectMeta.cast(item),
        lambda: pyds.nvds_add_obj_meta_to_frame(frame, item, None),
    ):
        with pytest.raises(pyds.StaleMetaError, match="Copy the values you need"):
            use()


def test_the_successor_in_the_pool_is_another_object(frame, add_object):
    item = add_object(1)
    address = pyds.get_ptr(item)
    pyds.nvds_remove_obj_meta_from_frame(frame, item)
    successor = add_object(2)
    assert pyds.get_ptr(successor) == address
    assert item != successor
    with pytest.raises(pyds.StaleMetaError):
        item.class_id  # noqa: B018


def test_everything_in_a_destroyed_batch_is_stale(batch, frame, add_object):
    item = add_object()
    view = frame.objects
    pyds.nvds_destroy_batch_meta(batch)
    others = [pyds.nvds_create_batch_meta(4) for _ in range(100)]  # would reuse its memory
    for use in (
        lambda: batch.num_frames_in_batch,
        lambda: frame.source_id,
        lambda: item.class_id,
        lambda: list(view),
        lambda: pyds.nvds_destroy_batch_meta(batch),
        lambda: pyds.nvds_acquire_obj_meta_from_pool(batch),
        lambda: pyds.nvds_acquire_meta_lock(batch),
        lambda: batch.objects,
    ):
        with pytest.raises(pyds.StaleMetaError):
            use()
    for other in others:
        pyds.nvds_destroy_batch_meta(other)


def test_a_lock_held_over_destruction_can_still_be_released(batch):
    pyds.nvds_acquire_meta_lock(batch)
    pyds.nvds_destroy_batch_meta(batch)
    pyds.nvds_release_meta_lock(batch)


def test_memory_of_dropped_batches_is_used_again():
    def address():
        batch = pyds.nvds_create_batch_meta(4)
        found = pyds.get_ptr(batch)
        pyds.nvds_destroy_batch_meta(batch)
        return found

    assert address() == address()


def test_a_stale_error_is_a_runtime_error():
    assert issubclass(pyds.StaleMetaError, RuntimeError)
