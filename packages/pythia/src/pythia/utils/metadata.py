"""Names of ``pyds`` that may be missing, user metadata by its type, and tensors as arrays."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np

from pythia.exceptions import PydsNotFoundError
from pythia.utils.ds import require_pyds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pythia.types import ListNode

__all__ = ["layer_array", "meta_type_number", "pyds_name", "user_metas"]

# By the number of NvDsInferDataType: float, half, int8, int32, int64, uint8.
_DTYPES = {0: np.float32, 1: np.float16, 2: np.int8, 3: np.int32, 4: np.int64, 5: np.uint8}


def pyds_name(purpose: str, *names: str) -> Any:
    """Return the first of several names that the installed ``pyds`` has.

    Raises:
        PydsNotFoundError: It has none of them, or there is no ``pyds``.
    """
    pyds = require_pyds(purpose)
    for name in names:
        found = getattr(pyds, name, None)
        if found is not None:
            return found
    version = getattr(pyds, "__version__", "of unknown version")
    raise PydsNotFoundError(
        f"{purpose} needs pyds.{names[0]}, which the installed pyds does not have ({version}, "
        f"{getattr(pyds, '__file__', '?')}): install a newer one"
    )


def meta_type_number(meta_type: int | str) -> int:
    """Return the number of a type of user metadata.

    Args:
        meta_type: The number itself; the name of a member of ``NvDsMetaType``; or the descriptor
            that a component registered, such as ``NVIDIA.DSANALYTICSOBJ.USER_META``.
    """
    if not isinstance(meta_type, str):
        return int(meta_type)
    pyds = require_pyds("reading user metadata")
    member = getattr(pyds.NvDsMetaType, meta_type, None) if "." not in meta_type else None
    if member is not None:
        return int(member)
    return int(pyds.nvds_get_user_meta_type(meta_type))


def user_metas(container: ListNode | None, meta_type: int) -> Iterator[Any]:
    """Yield the ``NvDsUserMeta`` of one type in a list."""
    if container is None:
        return
    cast = require_pyds("reading user metadata").NvDsUserMeta.cast
    node: ListNode | None = container
    while node is not None:
        data, node = node.data, node.next
        meta = cast(data)
        if int(meta.base_meta.meta_type) == meta_type:
            yield meta


def layer_array(layer: Any) -> NDArray[Any]:
    """Return the values of an output layer as an array in its own shape, a copy.

    Raises:
        ValueError: The layer has no values on the host, or a data type without a NumPy equivalent.
    """
    if layer.buffer is None:
        raise ValueError(f"output layer {layer.layerName!r} has no values in host memory")
    dtype = _DTYPES.get(int(layer.dataType))
    if dtype is None:
        raise ValueError(f"output layer {layer.layerName!r} has data type {layer.dataType}")
    dims = layer.inferDims
    shape = tuple(int(each) for each in dims.d[: dims.numDims])
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    address = int(require_pyds("reading tensors").get_ptr(layer.buffer))
    values: NDArray[Any] = np.frombuffer(ctypes.string_at(address, size), dtype).copy()
    return values.reshape(shape)
