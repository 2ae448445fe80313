"""Ways to read seven fields of every object in a batch, and to write objects."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pyds

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES = 16
OBJECTS_PER_FRAME = 50
OBJECTS = FRAMES * OBJECTS_PER_FRAME
LABELS = ("car", "bicycle", "person", "roadsign")
REPEATS = 20


def make_batch() -> pyds.NvDsBatchMeta:
    """A batch as a detector leaves it."""
    batch = pyds.nvds_create_batch_meta(FRAMES)
    for source_id in range(FRAMES):
        frame = pyds.nvds_acquire_frame_meta_from_pool(batch)
        frame.source_id = source_id
        pyds.nvds_add_frame_meta_to_batch(batch, frame)
        for index in range(OBJECTS_PER_FRAME):
            item = pyds.nvds_acquire_obj_meta_from_pool(batch)
            item.class_id = index % len(LABELS)
            item.obj_label = LABELS[item.class_id]
            item.confidence = 0.5
            item.rect_params.left = index
            pyds.nvds_add_obj_meta_to_frame(frame, item, None)
    return batch


def classic_loop(batch: Any, pyds: Any = pyds) -> float:
    """The loop of DeepStream's sample applications, as it is, over any bindings."""
    total = 0.0
    l_frame = batch.frame_meta_list
    while l_frame is not None:
        try:
            frame_meta = pyds.NvDsFrameMeta.cast(l_frame.data)
        except StopIteration:
            break
        l_obj = frame_meta.obj_meta_list
        while l_obj is not None:
            try:
                obj_meta = pyds.NvDsObjectMeta.cast(l_obj.data)
            except StopIteration:
                break
            rect = obj_meta.rect_params
            total += rect.left + rect.top + rect.width + rect.height
            total += obj_meta.class_id + obj_meta.confidence + len(obj_meta.obj_label)
            try:
                l_obj = l_obj.next
            except StopIteration:
                break
        try:
            l_frame = l_frame.next
        except StopIteration:
            break
    return total


def classic_loop_of(peer: Any) -> Callable[[pyds.NvDsBatchMeta], float]:
    """The same loop over the same metadata by other bindings."""
    return lambda batch: classic_loop(peer.NvDsBatchMeta.at(pyds.get_ptr(batch)), peer)


def iterators(batch: pyds.NvDsBatchMeta) -> float:
    """The same with `frames` and `objects`."""
    total = 0.0
    for frame in batch.frames:
        for item in frame.objects:
            rect = item.rect_params
            total += rect.left + rect.top + rect.width + rect.height
            total += item.class_id + item.confidence + len(item.obj_label)
    return total


def table(batch: pyds.NvDsBatchMeta) -> float:
    """All fields of all objects as one array."""
    return len(batch.objects)


def add_from_table(batch: pyds.NvDsBatchMeta) -> float:
    """All objects of the batch written again, in one call; then taken away."""
    pyds.add_objects(batch, batch.objects)
    for frame in batch.frames:
        for index, item in enumerate(frame.objects):
            if index == OBJECTS_PER_FRAME:
                break
            pyds.nvds_remove_obj_meta_from_frame(frame, item)
    return 0


def million_objects_per_second(read: Callable[[pyds.NvDsBatchMeta], float]) -> float:
    """The best of some runs on one thread."""
    batch = make_batch()
    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        read(batch)
        best = min(best, time.perf_counter() - start)
    pyds.nvds_destroy_batch_meta(batch)
    return OBJECTS / best / 1e6
