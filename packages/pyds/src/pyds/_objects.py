"""Writing objects from a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyds import _native
from pyds._native import OBJECT_DTYPE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNTRACKED = 0xFFFF_FFFF_FFFF_FFFF
_REQUIRED = ("frame_index", "left", "top", "width", "height")


def add_objects(batch_meta: _native.NvDsBatchMeta, table: NDArray[Any]) -> int:
    """Add one object to a frame for each row of a table, in one call.

    The objects are drawn by ``nvdsosd`` like those of a detector: red border, label above.

    Args:
        batch_meta: the batch.
        table: a structured array with any of the fields of ``OBJECT_DTYPE``, such as an edited
            ``batch_meta.objects``. ``frame_index``, ``left``, ``top``, ``width`` and ``height`` are
            required; ``object_id`` is "untracked", ``confidence`` 1 and everything else 0 where
            absent. ``frame_index`` names the frame, so ``batch_id``, ``source_id`` and
            ``frame_num`` are not looked at. ``label_id`` comes from :func:`label_id`.

    Returns:
        The number of objects added. In each frame's list they come first, in the order of the rows.

    Raises:
        ValueError: a required field is missing, or a field is not one of the table's.
        IndexError: a ``frame_index`` is not a frame of the batch; nothing is added.
    """
    if table.dtype != OBJECT_DTYPE:
        table = _with_all_fields(table)
    return _native._add_object_rows(batch_meta, table.tobytes())


def _with_all_fields(table: NDArray[Any]) -> NDArray[Any]:
    given = table.dtype.names or ()
    known = OBJECT_DTYPE.names or ()
    missing = [name for name in _REQUIRED if name not in given]
    unknown = [name for name in given if name not in known]
    if missing or unknown:
        raise ValueError(
            f"add_objects: table has fields {list(given)}; missing: {missing}, unknown: {unknown}. "
            f"Known fields: {list(known)}"
        )
    rows = np.zeros(table.shape, OBJECT_DTYPE)
    rows["object_id"] = _UNTRACKED
    rows["confidence"] = 1
    for name in given:
        rows[name] = table[name]
    return rows
