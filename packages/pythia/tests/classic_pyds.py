"""A stand-in for any ``pyds`` that has the classic names, and nothing else.

It knows no GStreamer elements: every buffer gets the batch that `batch_of` makes. Attributes that
NVIDIA's bindings do not have are absent here, so code that needs one fails.
"""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any


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


def make_object(label: str, left: float = 1.0) -> NvDsObjectMeta:
    box = SimpleNamespace(left=left, top=2.0, width=3.0, height=4.0)
    return NvDsObjectMeta(obj_label=label, rect_params=box, confidence=0.5, class_id=0)


def make_batch(*frames: list[str]) -> NvDsBatchMeta:
    """A batch with a frame for each list of labels."""
    metas = [
        NvDsFrameMeta(
            frame_num=number,
            obj_meta_list=glist([make_object(label) for label in labels]),
            num_obj_meta=len(labels),
        )
        for number, labels in enumerate(frames)
    ]
    return NvDsBatchMeta(frame_meta_list=glist(metas), num_frames_in_batch=len(metas))


def make_module(batch_of: Any) -> ModuleType:
    """A module ``pyds`` in which the buffer at an address carries ``batch_of(address)``."""
    module = ModuleType("pyds")
    module.NvDsBatchMeta = NvDsBatchMeta
    module.NvDsFrameMeta = NvDsFrameMeta
    module.NvDsObjectMeta = NvDsObjectMeta
    module.gst_buffer_get_nvds_batch_meta = batch_of
    return module
