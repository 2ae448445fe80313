"""Iterate over DeepStream metadata in plain ``for`` loops.

Every function takes the batch metadata, the ``Gst.Buffer`` that carries it, or the
``Gst.PadProbeInfo`` of a probe, and works with any ``pyds`` that has the classic names. The next
link of a list is read before the current item is handed out, so a loop may remove the item it
holds.

What is yielded lives in the buffer: keep plain values, not the objects, past the probe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pythia.utils.ds import as_batch_meta, require_pyds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pythia.types import FrameMeta, ListNode, ObjectMeta

__all__ = ["frames_per_batch", "glist_iter", "objects_per_batch", "objects_per_frame"]


def glist_iter(container: ListNode | None, klass: Any) -> Iterator[Any]:
    """Yield each item of a metadata list, cast by `klass`.

    Args:
        container: First link of the list; None is an empty list.
        klass: A class of ``pyds`` with a ``cast`` method.
    """
    cast = klass.cast
    node = container
    while node is not None:
        data, node = node.data, node.next
        yield cast(data)


def frames_per_batch(source: Any) -> Iterator[FrameMeta]:
    """Yield the ``pyds.NvDsFrameMeta`` of each frame in a batch."""
    batch_meta = as_batch_meta(source)
    if batch_meta is None:
        return iter(())
    if hasattr(batch_meta, "frames"):  # our pyds iterates natively
        return iter(batch_meta.frames)
    return glist_iter(batch_meta.frame_meta_list, _pyds().NvDsFrameMeta)


def objects_per_frame(frame: FrameMeta) -> Iterator[ObjectMeta]:
    """Yield the ``pyds.NvDsObjectMeta`` of each object in a frame."""
    if hasattr(frame, "objects"):
        return iter(frame.objects)
    return glist_iter(frame.obj_meta_list, _pyds().NvDsObjectMeta)


def objects_per_batch(source: Any) -> Iterator[tuple[FrameMeta, ObjectMeta]]:
    """Yield ``(frame, object)`` for each object in each frame of a batch."""
    batch_meta = as_batch_meta(source)
    if batch_meta is None:
        return
    if hasattr(batch_meta, "frames"):
        for frame in batch_meta.frames:
            for each in frame.objects:
                yield frame, each
        return
    pyds = _pyds()
    cast_frame, cast_object = pyds.NvDsFrameMeta.cast, pyds.NvDsObjectMeta.cast
    # Written out rather than nested generators: this loop is what most probes spend their time in.
    frame_node = batch_meta.frame_meta_list
    while frame_node is not None:
        frame = cast_frame(frame_node.data)
        frame_node = frame_node.next
        object_node = frame.obj_meta_list
        while object_node is not None:
            data, object_node = object_node.data, object_node.next
            yield frame, cast_object(data)


def _pyds() -> Any:
    return require_pyds("iterating over metadata")
