"""The exceptions of cuframes. Each is also the builtin a reader would guess.

CuframesError
├── CuframesPublisherGone (ConnectionError)    no publisher, or it hung up
├── CuframesFrameTimeout (TimeoutError)        connected, but no frame came in time
├── CuframesDeviceLost                         CUDA failed, is missing, or cannot reach the memory
├── CuframesShmError (OSError)                 shared memory or socket failure
├── CuframesVersionError                       the peer speaks another ABI version
├── CuframesPermissionError (PermissionError)  the socket's mode or the allow list refuses us
├── CuframesCapacityError                      no free reader place, lease or slot
├── CuframesFormatError (ValueError)           unknown format, impossible size, wrong array
├── CuframesLeaseLost                          the publisher evicted this subscriber
└── CuframesClosed                             the object was closed or released

An argument out of range raises a plain ValueError.
"""

from __future__ import annotations


class CuframesError(Exception):
    """Base of all errors of cuframes.

    Attributes:
        key: the stream concerned, "" when none is.
        generation: the ring concerned, 0 when none is.
        errno: of the system call that failed, 0 when none did.
        cuda_code: the CUresult, 0 when CUDA did not fail.
    """

    def __init__(
        self,
        message: str = "",
        *,
        key: str = "",
        generation: int = 0,
        errno: int = 0,
        cuda_code: int = 0,
    ) -> None:
        super().__init__(message)
        self.key = key
        self.generation = generation
        self.errno: int | None = errno
        self.cuda_code = cuda_code


class CuframesPublisherGone(CuframesError, ConnectionError):
    """There is no publisher, it died, or it closed the stream."""


class CuframesFrameTimeout(CuframesError, TimeoutError):
    """No frame came in time, though the publisher is connected."""


class CuframesDeviceLost(CuframesError):
    """CUDA failed, is missing here, or cannot reach the frames' memory."""


class CuframesShmError(CuframesError, OSError):
    """Shared memory or the control socket failed; ``errno`` says how."""


class CuframesVersionError(CuframesError):
    """The peer speaks another major version of the cuframes ABI."""


class CuframesPermissionError(CuframesError, PermissionError):
    """The mode of the socket or the publisher's allow list refuses us."""


class CuframesCapacityError(CuframesError):
    """No free reader place, lease or slot."""


class CuframesFormatError(CuframesError, ValueError):
    """Unknown pixel format, impossible size, or an array that does not fit."""


class CuframesLeaseLost(CuframesError):
    """The publisher evicted this subscriber; frames it held are not valid any more."""


class CuframesClosed(CuframesError):
    """The object was closed or released, or belongs to the parent of a forked process."""
