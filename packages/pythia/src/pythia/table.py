"""All objects of a batch as one table: a NumPy structured array, a row per object."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from pythia.iterators import frames_per_batch, objects_per_frame
from pythia.utils.ds import as_batch_meta, import_pyds

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["OBJECT_DTYPE", "label_text", "object_table"]

OBJECT_DTYPE = np.dtype(
    {
        "names": [
            *("frame_index", "batch_id", "source_id", "frame_num", "unique_component_id"),
            *("class_id", "object_id", "confidence", "tracker_confidence"),
            *("left", "top", "width", "height", "label_id"),
        ],
        "formats": [
            *("<u4", "<u4", "<u4", "<i4", "<i4"),
            *("<i4", "<u8", "<f4", "<f4"),
            *("<f4", "<f4", "<f4", "<f4", "<u4"),
        ],
        "offsets": [0, 4, 8, 12, 16, 20, 24, 32, 36, 40, 44, 48, 52, 56],
        "itemsize": 64,
    }
)
"""The fields of a row, the same as ``pyds.OBJECT_DTYPE`` of our pyds.

``frame_index`` is the place of the frame in the batch, ``label_id`` stands for the text of the
label (`label_text`), ``object_id`` is the tracker's; the box is in pixels of the frame.
"""


def object_table(source: Any) -> NDArray[np.void]:
    """Return the objects of a batch as an array of `OBJECT_DTYPE`, a copy.

    Rows are in the order of the lists, frame by frame. Our ``pyds`` makes it in one native call;
    with another it is made by iteration.

    Args:
        source: Batch metadata, ``Gst.Buffer`` or ``Gst.PadProbeInfo``.
    """
    batch_meta = as_batch_meta(source)
    if batch_meta is None:
        return np.empty(0, OBJECT_DTYPE)
    if hasattr(batch_meta, "frames"):
        table: NDArray[np.void] = batch_meta.objects
        return table
    rows = [
        _row(index, frame, obj)
        for index, frame in enumerate(frames_per_batch(batch_meta))
        for obj in objects_per_frame(frame)
    ]
    return np.array(rows, OBJECT_DTYPE)


def label_text(label_id: int) -> str | None:
    """Return the text that a ``label_id`` of the table stands for; None if it stands for none."""
    pyds = import_pyds()
    if pyds is not None and hasattr(pyds, "label_text"):
        text: str | None = pyds.label_text(int(label_id))
        return text
    return _labels[label_id] if 0 < label_id < len(_labels) else None


_labels: list[str] = [""]
_label_ids: dict[str, int] = {}
_lock = threading.Lock()


def _label_id(text: str) -> int:
    found = _label_ids.get(text)
    if found is None:
        with _lock:
            found = _label_ids.setdefault(text, len(_labels))
            if found == len(_labels):
                _labels.append(text)
    return found


def _row(index: int, frame: Any, obj: Any) -> tuple[Any, ...]:
    box = obj.rect_params
    return (
        *(index, frame.batch_id, frame.source_id, frame.frame_num, obj.unique_component_id),
        *(obj.class_id, obj.object_id, obj.confidence, obj.tracker_confidence),
        *(
            box.left,
            box.top,
            box.width,
            box.height,
            _label_id(obj.obj_label) if obj.obj_label else 0,
        ),
    )
