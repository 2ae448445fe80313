"""CUDA streams of other libraries as integers."""

from __future__ import annotations


def stream_handle(stream: object) -> int:
    """The handle of a CUDA stream.

    Args:
        stream: an int, or a stream object of torch (``cuda_stream``), CuPy (``ptr``) or anything
            with ``__cuda_stream__`` (cuda.core).

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(stream, int):
        return stream
    protocol = getattr(stream, "__cuda_stream__", None)
    if protocol is not None:
        _version, handle = protocol() if callable(protocol) else protocol
        return int(handle)
    for attribute in ("cuda_stream", "ptr", "handle"):
        handle = getattr(stream, attribute, None)
        if handle is not None:
            return int(handle)
    raise TypeError(
        f"{type(stream).__name__} is no CUDA stream: pass an int, a torch or CuPy stream, or an "
        "object with __cuda_stream__"
    )
