"""A stand-in for any ``pyds`` that has the classic names, and nothing else.

Made from the table of what NVIDIA's bindings have: its classes, with those fields and methods only,
its enumerations and its functions, of which those work that are written here. Code that needs a
name of ours beyond them fails. It knows no GStreamer elements: every buffer gets the batch that
`batch_of` makes.
"""

from __future__ import annotations

import enum
import json
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

TABLE = json.loads((Path(__file__).parents[2] / "pyds/tests/api_table.json").read_text())

_DEFAULTS = {"int": 0, "float": 0.0, "bool": False, "chars": "", "string": "", "glist": None}


class _Struct:
    """Fields are set when it is made; another name than those of the table raises."""

    __slots__ = ()

    def __init__(self, **fields: Any) -> None:
        for name, (kind, *_) in TABLE["classes"][type(self).__name__]["fields"].items():
            if kind.partition(":")[0] in _DEFAULTS:
                setattr(self, name, _DEFAULTS[kind.partition(":")[0]])
        for name, value in fields.items():
            setattr(self, name, value)


def _cast(cls: type, data: Any) -> Any:
    assert isinstance(data.capsule, cls)
    return data.capsule


_METHODS = {"cast": classmethod(_cast), "list": lambda self: iter(self._items)}


def _struct(name: str) -> type:
    table = TABLE["classes"][name]
    methods = {each: _METHODS[each] for each in table["methods"] if each in _METHODS}
    # What stands behind a method or a function has a name with an underscore.
    slots = (*table["fields"], "_items", "_layers", "_masks")
    return type(name, (_Struct,), {"__slots__": slots, **methods})


STRUCTS: dict[str, Any] = {name: _struct(name) for name in TABLE["classes"]}
ENUMS: dict[str, Any] = {
    name: enum.IntEnum(name, members) for name, members in TABLE["enums"].items()
}
GList, NvDsObjectMeta, NvDsFrameMeta, NvDsBatchMeta = (
    STRUCTS[name] for name in ("GList", "NvDsObjectMeta", "NvDsFrameMeta", "NvDsBatchMeta")
)
NvDsClassifierMeta, NvDsLabelInfo, NvDsUserMeta, NvDsBaseMeta = (
    STRUCTS[name]
    for name in ("NvDsClassifierMeta", "NvDsLabelInfo", "NvDsUserMeta", "NvDsBaseMeta")
)


def __getattr__(name: str) -> Any:
    """The other classes and enumerations, for the tests that use them."""
    for table in (STRUCTS, ENUMS):
        if name in table:
            return table[name]
    raise AttributeError(name)


def glist(items: list[Any]) -> Any:
    first = None
    for item in reversed(items):
        first = GList(data=SimpleNamespace(capsule=item), next=first)
    return first


REGISTERED_TYPES = {
    "NVIDIA.DSANALYTICSOBJ.USER_META": 8194,
    "NVIDIA.DSANALYTICSFRAME.USER_META": 8195,
}


def user_meta(meta_type: int | str, data: Any) -> Any:
    """User metadata of a type, which is a number or a registered name."""
    number = REGISTERED_TYPES[meta_type] if isinstance(meta_type, str) else meta_type
    return NvDsUserMeta(
        base_meta=NvDsBaseMeta(meta_type=number), user_meta_data=SimpleNamespace(capsule=data)
    )


def make_object(label: str, left: float = 1.0, **fields: Any) -> Any:
    box = STRUCTS["NvOSD_RectParams"](left=left, top=2.0, width=3.0, height=4.0)
    return NvDsObjectMeta(
        **{
            "obj_label": label,
            "rect_params": box,
            "mask_params": STRUCTS["NvOSD_MaskParams"](),
            "text_params": STRUCTS["NvOSD_TextParams"](display_text=0),
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


def make_frame(number: int, objects: list[Any], **fields: Any) -> Any:
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


def make_batch(*frames: Any, **fields: Any) -> Any:
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
    vars(module).update(STRUCTS)
    vars(module).update(ENUMS)
    working = {
        "gst_buffer_get_nvds_batch_meta": batch_of,
        "nvds_get_user_meta_type": REGISTERED_TYPES.__getitem__,
        "get_segmentation_masks": lambda meta: meta._masks,
        "get_nvds_LayerInfo": lambda meta, index: meta._layers[index],
        "get_ptr": lambda address: address,
        "get_nvds_buf_surface": lambda _, batch_id: np.full((20, 30, 4), batch_id, np.uint8),
        "unmap_nvds_buf_surface": lambda address, batch_id: None,
        "get_string": {0: None, 99: "Car 7"}.__getitem__,
        "nvds_acquire_classifier_meta_from_pool": lambda batch: NvDsClassifierMeta(),
        "nvds_acquire_label_info_meta_from_pool": lambda batch: NvDsLabelInfo(),
        "nvds_add_label_info_meta_to_classifier": _add("label_info_list"),
        "nvds_add_classifier_meta_to_object": _add("classifier_meta_list"),
    }
    assert working.keys() <= TABLE["functions"].keys()
    for name in TABLE["functions"]:
        setattr(module, name, working.get(name) or _absent(name))
    return module


def _absent(name: str) -> Any:
    def absent(*_: Any) -> Any:
        raise NotImplementedError(f"the stand-in's {name}() does nothing")

    return absent


def _add(list_name: str) -> Any:
    def add(owner: Any, item: Any) -> None:
        head = GList(data=SimpleNamespace(capsule=item), next=getattr(owner, list_name))
        setattr(owner, list_name, head)

    return add
