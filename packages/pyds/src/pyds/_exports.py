"""The objects of a batch for other libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyds._native import label_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyds._native import NvDsBatchMeta

_UNTRACKED = 0xFFFF_FFFF_FFFF_FFFF


def _labels(objects: NDArray[Any]) -> tuple[NDArray[np.int32], list[str]]:
    """For each object the index of its label, and the labels."""
    ids, indices = np.unique(objects["label_id"], return_inverse=True)
    return indices.astype(np.int32), [label_text(int(label)) or "" for label in ids]


def to_arrow(batch_meta: NvDsBatchMeta) -> Any:
    """See ``NvDsBatchMeta.to_arrow``."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError("NvDsBatchMeta.to_arrow() needs pyarrow: pip install pyarrow") from error
    objects = batch_meta.objects
    columns = {
        name: pa.array(np.ascontiguousarray(objects[name]))
        for name in objects.dtype.names or ()
        if name != "label_id"
    }
    indices, labels = _labels(objects)
    columns["label"] = pa.DictionaryArray.from_arrays(indices, pa.array(labels, pa.string()))
    return pa.table(columns)


def to_supervision(batch_meta: NvDsBatchMeta) -> list[Any]:
    """See ``NvDsBatchMeta.to_supervision``."""
    try:
        import supervision
    except ImportError as error:
        raise ImportError(
            "NvDsBatchMeta.to_supervision() needs supervision: pip install supervision"
        ) from error
    table = batch_meta.objects
    result = []
    for index in range(batch_meta.num_frames_in_batch):
        objects = table[table["frame_index"] == index]
        if not len(objects):
            result.append(supervision.Detections.empty())
            continue
        left, top = objects["left"], objects["top"]
        corners = [left, top, left + objects["width"], top + objects["height"]]
        indices, labels = _labels(objects)
        tracked = objects["object_id"] != _UNTRACKED
        result.append(
            supervision.Detections(
                xyxy=np.stack(corners, axis=1),
                confidence=objects["confidence"].copy(),
                class_id=objects["class_id"].astype(int),
                # All or none: a tracker gives every object an id.
                tracker_id=objects["object_id"].astype(np.int64) if tracked.all() else None,
                data={"class_name": np.array(labels, dtype=object)[indices].astype(str)},
            )
        )
    return result
