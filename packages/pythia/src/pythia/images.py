"""Pictures of frames and objects as NumPy arrays or torch tensors."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pythia.iterators import frames_per_batch, objects_per_frame
from pythia.utils.ds import require_pyds
from pythia.utils.gst import Gst

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pythia.types import FrameMeta, ObjectMeta

__all__ = ["images_per_batch", "object_images_per_batch"]

Library = Literal["numpy", "torch"]


def images_per_batch(source: Any, *, library: Library = "numpy") -> Iterator[tuple[FrameMeta, Any]]:
    """Yield ``(frame, image)`` for each frame in a buffer.

    Images are RGB, uint8, (height, width, 3), and copies: they may be kept and written to. With our
    ``pyds`` the frames may have any format; NVIDIA's gives RGBA frames only.

    Args:
        source: The ``Gst.Buffer`` or the ``Gst.PadProbeInfo`` of a probe; the pixels are not in the
            batch metadata.
        library: ``numpy``, or ``torch`` for a tensor on the CPU.

    Raises:
        TypeError: `source` carries no pixels.
        RuntimeError: The frames are of a format that ``pyds`` gives no access to.
    """
    buffer = _buffer(source)
    convert = _converter(library)
    read = _reader()
    return ((frame, convert(read(buffer, frame.batch_id))) for frame in frames_per_batch(buffer))


def object_images_per_batch(
    source: Any, *, library: Library = "numpy", margin: float = 0.0
) -> Iterator[tuple[FrameMeta, ObjectMeta, Any]]:
    """Yield ``(frame, object, image)`` with the part of the frame inside each object's box.

    Each frame is read once, and only if it has objects. Boxes are clipped to the frame; those
    outside of it give images without pixels.

    Args:
        source: See `images_per_batch`.
        library: See `images_per_batch`.
        margin: What to add on each side, as a part of the box's width and height.
    """
    buffer = _buffer(source)
    convert = _converter(library)
    read = _reader()
    for frame in frames_per_batch(buffer):
        image = None
        for obj in objects_per_frame(frame):
            if image is None:
                image = read(buffer, frame.batch_id)
            yield frame, obj, convert(_crop(image, obj.rect_params, margin))


def _crop(image: Any, box: Any, margin: float) -> Any:
    height, width = image.shape[:2]
    across, down = box.width * margin, box.height * margin
    left, top = max(0, round(box.left - across)), max(0, round(box.top - down))
    right = min(width, round(box.left + box.width + across))
    bottom = min(height, round(box.top + box.height + down))
    return image[top : max(top, bottom), left : max(left, right)].copy()


def _buffer(source: Any) -> Any:
    buffer = source.get_buffer() if isinstance(source, Gst.PadProbeInfo) else source
    if not isinstance(buffer, Gst.Buffer):
        raise TypeError(
            f"{type(source).__name__} carries no pixels: give the Gst.Buffer, or the "
            "Gst.PadProbeInfo of a probe with the parameters (pad, info)"
        )
    return buffer


def _reader() -> Any:
    """Return a function from a buffer and a number in the batch to a new RGB array."""
    pyds = require_pyds("reading pictures")
    if hasattr(pyds, "frame"):  # our pyds, any format
        return lambda buffer, index: pyds.frame(hash(buffer), index).to_rgb()

    def read(buffer: Any, index: int) -> Any:
        address = hash(buffer)
        image = np.array(pyds.get_nvds_buf_surface(address, index)[..., :3])
        pyds.unmap_nvds_buf_surface(address, index)
        return image

    return read


def _converter(library: Library) -> Any:
    if library == "numpy":
        return lambda image: image
    if library == "torch":
        return importlib.import_module("torch").from_numpy
    raise ValueError(f"library={library!r}; allowed: numpy, torch")
