"""A stand-in for any ``pyds`` that has the classic names, and nothing else.

It knows no GStreamer elements: every buffer gets the batch that `batch_of` makes. Attributes that
NVIDIA's bindings do not have are absent here, so code that needs one fails.
"""

from __future__ import annotations

import enum
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np


class GList:
    def __init__(self, data: Any, following: GList | None) -> None:
        self.data = data
        self.next = following


def glist(items: list[Any]) -> GList | None:
    first = None
    for item in reversed(items):
        first = GList(SimpleNamespace(capsule=item), first)
    return first


class _Castable:
    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    @classmethod
    def cast(cls, data: Any) -> Any:
        assert isinstance(data.capsule, cls)
        return data.capsule


class NvDsObjectMeta(_Castable):
    pass


class NvDsFrameMeta(_Castable):
    pass


class NvDsBatchMeta(_Castable):
    pass


class NvDsClassifierMeta(_Castable):
    pass


class NvDsLabelInfo(_Castable):
    result_label = ""
    result_prob = 0.0


class NvDsDisplayMeta(_Castable):
    pass


class NvDsUserMeta(_Castable):
    pass


class NvDsAnalyticsObjInfo(_Castable):
    pass


class NvDsAnalyticsFrameMeta(_Castable):
    pass


class NvDsInferSegmentationMeta(_Castable):
    pass


class NvDsInferTensorMeta(_Castable):
    pass


class _Listing(_Castable):
    def list(self) -> Any:
        return iter(self.items)


class NvDsTargetMiscDataBatch(_Listing):
    pass


class NvDsTargetMiscDataStream(_Listing):
    pass


class NvDsTargetMiscDataObject(_Listing):
    pass


class NvDsMetaType(enum.IntEnum):
    NVDSINFER_TENSOR_OUTPUT_META = 12
    NVDSINFER_SEGMENTATION_META = 13
    NVDS_TRACKER_PAST_FRAME_META = 15


REGISTERED_TYPES = {
    "NVIDIA.DSANALYTICSOBJ.USER_META": 8194,
    "NVIDIA.DSANALYTICSFRAME.USER_META": 8195,
}


def user_meta(meta_type: int | str, data: Any) -> NvDsUserMeta:
    """User metadata of a type, which is a number or a registered name."""
    number = REGISTERED_TYPES[meta_type] if isinstance(meta_type, str) else meta_type
    return NvDsUserMeta(
        base_meta=SimpleNamespace(meta_type=number), user_meta_data=SimpleNamespace(capsule=data)
    )


def make_object(label: str, left: float = 1.0, **fields: Any) -> NvDsObjectMeta:
    box = SimpleNamespace(left=left, top=2.0, width=3.0, height=4.0)
    return NvDsObjectMeta(
        **{
            "obj_label": label,
            "rect_params": box,
            "mask_params": SimpleNamespace(size=0, width=0, height=0),
            "text_params": SimpleNamespace(display_text=0),
            "confidence": 0.5,
            "tracker_confidence": 0.25,
            "class_id": 0,
            "object_id": 7,
            "unique_component_id": 1,
            "classifier_meta_list": None,
            "obj_user_meta_list": None,
            **fields,
        }
    )


def make_frame(number: int, objects: list[NvDsObjectMeta], **fields: Any) -> NvDsFrameMeta:
    return NvDsFrameMeta(
        **{
            "frame_num": number,
            "batch_id": number,
            "source_id": number,
            "pad_index": number,
            "obj_meta_list": glist(objects),
            "num_obj_meta": len(objects),
            "frame_user_meta_list": None,
            "display_meta_list": None,
            **fields,
        }
    )


def make_batch(*frames: list[str] | NvDsFrameMeta, **fields: Any) -> NvDsBatchMeta:
    """A batch of frames; a list of labels stands for a frame with such objects."""
    metas = [
        make_frame(number, [make_object(label) for label in frame])
        if isinstance(frame, list)
        else frame
        for number, frame in enumerate(frames)
    ]
    return NvDsBatchMeta(
        **{
            "frame_meta_list": glist(metas),
            "num_frames_in_batch": len(metas),
            "batch_user_meta_list": None,
            **fields,
        }
    )


def make_module(batch_of: Any) -> ModuleType:
    """A module ``pyds`` in which the buffer at an address carries ``batch_of(address)``."""
    module = ModuleType("pyds")
    for name, value in globals().items():
        if name.startswith("NvDs"):
            setattr(module, name, value)
    module.gst_buffer_get_nvds_batch_meta = batch_of
    module.nvds_get_user_meta_type = REGISTERED_TYPES.__getitem__
    module.get_segmentation_masks = lambda meta: meta.masks
    module.get_nvds_LayerInfo = lambda meta, index: meta.layers[index]
    module.get_ptr = lambda address: address
    module.get_nvds_buf_surface = lambda address, batch_id: np.full((20, 30, 4), batch_id, np.uint8)
    module.unmap_nvds_buf_surface = lambda address, batch_id: None
    module.get_string = {0: None, 99: "Car 7"}.__getitem__
    module.nvds_acquire_classifier_meta_from_pool = lambda batch: NvDsClassifierMeta()
    module.nvds_acquire_label_info_meta_from_pool = lambda batch: NvDsLabelInfo()
    module.nvds_add_label_info_meta_to_classifier = _add("label_info_list")
    module.nvds_add_classifier_meta_to_object = _add("classifier_meta_list")
    return module


def _add(list_name: str) -> Any:
    def add(owner: Any, item: Any) -> None:
        setattr(
            owner, list_name, GList(SimpleNamespace(capsule=item), getattr(owner, list_name, None))
        )

    return add
