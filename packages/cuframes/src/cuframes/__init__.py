"""Decoded video frames shared between processes without copies, in host or CUDA memory.

    import cuframes

    with cuframes.subscribe("gate") as sub:
        for frame in sub:
            with frame:
                y = torch.from_dlpack(frame.y)

Threads and processes: see ``CuframesSubscriber``. Errors: see ``cuframes.CuframesError``.
"""

from __future__ import annotations

from cuframes._api import list_streams, observe, publish, subscribe, wait_any
from cuframes._cuframes import (
    CuframesFrame,
    CuframesPublisher,
    CuframesSubscriber,
    Plane,
    WritableFrame,
)
from cuframes._errors import (
    CuframesCapacityError,
    CuframesClosed,
    CuframesDeviceLost,
    CuframesError,
    CuframesFormatError,
    CuframesFrameTimeout,
    CuframesLeaseLost,
    CuframesPermissionError,
    CuframesPublisherGone,
    CuframesShmError,
    CuframesVersionError,
)
from cuframes._types import PublisherState, StreamEvent, StreamEventKind, StreamInfo

__version__ = "0.1.0"

__all__ = [
    "CuframesCapacityError",
    "CuframesClosed",
    "CuframesDeviceLost",
    "CuframesError",
    "CuframesFormatError",
    "CuframesFrame",
    "CuframesFrameTimeout",
    "CuframesLeaseLost",
    "CuframesPermissionError",
    "CuframesPublisher",
    "CuframesPublisherGone",
    "CuframesShmError",
    "CuframesSubscriber",
    "CuframesVersionError",
    "Plane",
    "PublisherState",
    "StreamEvent",
    "StreamEventKind",
    "StreamInfo",
    "WritableFrame",
    "__version__",
    "list_streams",
    "observe",
    "publish",
    "subscribe",
    "wait_any",
]
