"""Iterate over DeepStream metadata in plain ``for`` loops.

Functions ``..._per_batch`` take the batch metadata, the ``Gst.Buffer`` that carries it, or the
``Gst.PadProbeInfo`` of a probe. All work with any ``pyds`` that has the classic names. The next
link of a list is read before the current item is handed out, so a loop may remove what it holds.

What is yielded lives in the buffer: keep plain values, not the objects, past the probe. Arrays are
copies and may be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pythia.utils.ds import as_batch_meta, require_pyds
from pythia.utils.maskrcnn import extract_maskrcnn_mask
from pythia.utils.metadata import layer_array, meta_type_number, pyds_name, user_metas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pythia.types import FrameMeta, ListNode, ObjectMeta

__all__ = [
    "analytics_per_frame",
    "analytics_per_obj",
    "classification_per_object",
    "display_meta_per_frame",
    "frames_per_batch",
    "glist_iter",
    "instance_masks_per_batch",
    "labels_per_batch",
    "labels_per_classification",
    "labels_per_obj",
    "objects_per_batch",
    "objects_per_frame",
    "past_frames_per_batch",
    "semantic_masks_per_frame",
    "tensors_per_batch",
    "tensors_per_frame",
    "tensors_per_object",
    "user_meta_per_batch",
    "user_meta_per_frame",
    "user_meta_per_object",
]

_OBJECT_ANALYTICS = "NVIDIA.DSANALYTICSOBJ.USER_META"
_FRAME_ANALYTICS = "NVIDIA.DSANALYTICSFRAME.USER_META"


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


def classification_per_object(obj: ObjectMeta) -> Iterator[Any]:
    """Yield the ``pyds.NvDsClassifierMeta`` of each classifier that looked at an object."""
    return glist_iter(obj.classifier_meta_list, _pyds().NvDsClassifierMeta)


def labels_per_classification(classification: Any) -> Iterator[Any]:
    """Yield the ``pyds.NvDsLabelInfo`` of each label that a classifier gave."""
    return glist_iter(classification.label_info_list, _pyds().NvDsLabelInfo)


def labels_per_obj(obj: ObjectMeta) -> Iterator[Any]:
    """Yield the ``pyds.NvDsLabelInfo`` of each label that any classifier gave an object."""
    for classification in classification_per_object(obj):
        yield from labels_per_classification(classification)


def labels_per_batch(source: Any) -> Iterator[tuple[FrameMeta, ObjectMeta, Any]]:
    """Yield ``(frame, object, label)`` for each ``pyds.NvDsLabelInfo`` in a batch."""
    for frame, obj in objects_per_batch(source):
        for label in labels_per_obj(obj):
            yield frame, obj, label


def analytics_per_obj(obj: ObjectMeta) -> Iterator[Any]:
    """Yield the ``pyds.NvDsAnalyticsObjInfo`` that ``nvdsanalytics`` gave an object."""
    klass = pyds_name("reading the analytics of objects", "NvDsAnalyticsObjInfo")
    return _data_of(obj.obj_user_meta_list, _OBJECT_ANALYTICS, klass)


def analytics_per_frame(frame: FrameMeta) -> Iterator[Any]:
    """Yield the ``pyds.NvDsAnalyticsFrameMeta`` that ``nvdsanalytics`` gave a frame."""
    klass = pyds_name("reading the analytics of frames", "NvDsAnalyticsFrameMeta")
    return _data_of(frame.frame_user_meta_list, _FRAME_ANALYTICS, klass)


def past_frames_per_batch(source: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield ``(stream, object, past_frame)`` for what ``nvtracker`` reports of earlier frames.

    They are ``pyds.NvDsTargetMiscDataStream``, ``...Object`` and ``...Frame`` (or what older
    versions call ``NvDsPastFrameObj...``).
    """
    klass = pyds_name(
        "reading past frames of the tracker", "NvDsTargetMiscDataBatch", "NvDsPastFrameObjBatch"
    )
    batch_meta = as_batch_meta(source)
    if batch_meta is None:
        return iter(())
    batches = _data_of(batch_meta.batch_user_meta_list, "NVDS_TRACKER_PAST_FRAME_META", klass)
    return (
        (stream, target, past_frame)
        for batch in batches
        for stream in batch.list()
        for target in stream.list()
        for past_frame in target.list()
    )


def tensors_per_frame(frame: FrameMeta) -> Iterator[tuple[Any, dict[str, NDArray[Any]]]]:
    """Yield ``(tensor_meta, {layer name: array})`` for each network that left its raw output.

    ``nvinfer`` does with ``output-tensor-meta=1``. ``tensor_meta`` is a
    ``pyds.NvDsInferTensorMeta``; arrays have the shape of the layer, without the batch.
    """
    return _tensors(frame.frame_user_meta_list)


def tensors_per_object(obj: ObjectMeta) -> Iterator[tuple[Any, dict[str, NDArray[Any]]]]:
    """Yield ``(tensor_meta, {layer name: array})`` for each network that looked at the object."""
    return _tensors(obj.obj_user_meta_list)


def tensors_per_batch(
    source: Any,
) -> Iterator[tuple[FrameMeta, ObjectMeta | None, Any, dict[str, NDArray[Any]]]]:
    """Yield ``(frame, object, tensor_meta, arrays)`` of a batch; ``object`` is None for frames'."""
    for frame in frames_per_batch(source):
        for meta, arrays in tensors_per_frame(frame):
            yield frame, None, meta, arrays
        for obj in objects_per_frame(frame):
            for meta, arrays in tensors_per_object(obj):
                yield frame, obj, meta, arrays


def semantic_masks_per_frame(frame: FrameMeta) -> Iterator[NDArray[np.int32]]:
    """Yield the class of each pixel, (height, width) of the network, per segmentation network."""
    klass = pyds_name("reading segmentation masks", "NvDsInferSegmentationMeta")
    masks_of = pyds_name("reading segmentation masks", "get_segmentation_masks")
    metas = _data_of(frame.frame_user_meta_list, "NVDSINFER_SEGMENTATION_META", klass)
    return (np.array(masks_of(meta), np.int32) for meta in metas)


def instance_masks_per_batch(
    source: Any,
) -> Iterator[tuple[FrameMeta, ObjectMeta, NDArray[np.uint8]]]:
    """Yield ``(frame, object, mask)`` for each object with a mask.

    The mask is 255 inside and 0 outside, in pixels of the object's box. Objects without a mask are
    left out.
    """
    for frame, obj in objects_per_batch(source):
        if obj.mask_params.size:
            yield frame, obj, extract_maskrcnn_mask(obj)


def display_meta_per_frame(frame: FrameMeta) -> Iterator[Any]:
    """Yield the ``pyds.NvDsDisplayMeta`` of a frame: what ``nvdsosd`` draws beside the objects."""
    return glist_iter(frame.display_meta_list, _pyds().NvDsDisplayMeta)


def user_meta_per_batch(source: Any, meta_type: int | str, klass: Any = None) -> Iterator[Any]:
    """Yield the user metadata of one type that hangs on a batch.

    Args:
        source: The batch.
        meta_type: A number, a name of ``NvDsMetaType``, or a registered descriptor.
        klass: A class of ``pyds`` to cast the data to. Without it the ``pyds.NvDsUserMeta``
            themselves are yielded.
    """
    batch_meta = as_batch_meta(source)
    return _data_of(
        None if batch_meta is None else batch_meta.batch_user_meta_list, meta_type, klass
    )


def user_meta_per_frame(frame: FrameMeta, meta_type: int | str, klass: Any = None) -> Iterator[Any]:
    """Yield the user metadata of one type that hangs on a frame, see `user_meta_per_batch`."""
    return _data_of(frame.frame_user_meta_list, meta_type, klass)


def user_meta_per_object(obj: ObjectMeta, meta_type: int | str, klass: Any = None) -> Iterator[Any]:
    """Yield the user metadata of one type that hangs on an object, see `user_meta_per_batch`."""
    return _data_of(obj.obj_user_meta_list, meta_type, klass)


def _data_of(container: ListNode | None, meta_type: int | str, klass: Any) -> Iterator[Any]:
    if container is None:
        return iter(())
    metas = user_metas(container, meta_type_number(meta_type))
    return metas if klass is None else (klass.cast(meta.user_meta_data) for meta in metas)


def _tensors(container: ListNode | None) -> Iterator[tuple[Any, dict[str, NDArray[Any]]]]:
    klass = pyds_name("reading raw output of networks", "NvDsInferTensorMeta")
    layer_of = pyds_name("reading raw output of networks", "get_nvds_LayerInfo")
    for meta in _data_of(container, "NVDSINFER_TENSOR_OUTPUT_META", klass):
        layers = [layer_of(meta, index) for index in range(meta.num_output_layers)]
        yield meta, {str(layer.layerName): layer_array(layer) for layer in layers}


def _pyds() -> Any:
    return require_pyds("iterating over metadata")
