"""Names for what crosses the public interfaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias

__all__ = [
    "BatchMeta",
    "Con",
    "ErrorPolicy",
    "EventStreamUri",
    "FrameMeta",
    "HasConnections",
    "ListNode",
    "Loop",
    "ObjectMeta",
    "PadDirection",
    "Serializable",
    "SinkUri",
    "SourceUri",
    "SupportedCb",
]

EventStreamUri: TypeAlias = str
"""``scheme://host:port/path?stream=name&option=value``, for instance ``log://?stream=stdout``."""

PadDirection: TypeAlias = str
"""Name of a pad: ``src``, ``sink``, ``sink_0``, ..."""

ErrorPolicy: TypeAlias = Literal["fail", "log", "ignore"]
"""What an exception in a probe does to the run."""

Serializable: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None
"""A plain value that may outlive the buffer it was read from."""


SourceUri: TypeAlias = str
"""Where pictures come from: any URI that GStreamer reads, or ``test://``."""

SinkUri: TypeAlias = str
"""Where pictures go: ``live``, ``fakesink``, ``frames/%06d.jpg``, ``video.mp4``."""

SupportedCb: TypeAlias = Callable[..., Any]
"""A callable of one of the probe forms, see `pythia.applications.signature`."""

Con: TypeAlias = dict[str, dict[str, Callable[..., Any]]]
"""Callbacks by name of element and signal: ``{"src": {"pad-added": callback}}``."""


class HasConnections(Protocol):
    """Anything that wants signals of elements."""

    CONNECTIONS: Con


class Loop(Protocol):
    """What ``app.loop`` offers to probes and handlers."""

    def quit(self) -> None:
        """End the run at once."""

    def is_running(self) -> bool:
        """Whether messages are being dispatched."""


class ListNode(Protocol):
    """One link of a metadata list (a GList)."""

    @property
    def data(self) -> Any:
        """What the link holds, to be cast."""

    @property
    def next(self) -> ListNode | None:
        """The next link, or None at the end."""


class BatchMeta(Protocol):
    """``pyds.NvDsBatchMeta``, as far as pythia reads it."""

    num_frames_in_batch: int

    @property
    def frame_meta_list(self) -> ListNode | None:
        """First link of the list of frames."""

    @property
    def batch_user_meta_list(self) -> ListNode | None:
        """First link of the list of user metadata."""


class FrameMeta(Protocol):
    """``pyds.NvDsFrameMeta``, as far as pythia reads it.

    Attributes:
        batch_id: Place of the picture in the buffer.
        frame_num: Number of the frame in its source, from 0.
        source_id: Number of the source.
        pad_index: Number of the muxer's pad, N of ``sink_N``.
    """

    batch_id: int
    frame_num: int
    source_id: int
    pad_index: int

    @property
    def obj_meta_list(self) -> ListNode | None:
        """First link of the list of objects."""

    @property
    def display_meta_list(self) -> ListNode | None:
        """First link of the list of what is drawn beside the objects."""

    @property
    def frame_user_meta_list(self) -> ListNode | None:
        """First link of the list of user metadata."""


class ObjectMeta(Protocol):
    """``pyds.NvDsObjectMeta``, the part that most probes read. Boxes are in pixels of the frame."""

    class_id: int
    object_id: int
    unique_component_id: int
    confidence: float
    tracker_confidence: float
    obj_label: str
    rect_params: Any
    text_params: Any
    mask_params: Any

    @property
    def classifier_meta_list(self) -> ListNode | None:
        """First link of the list of classifications."""

    @property
    def obj_user_meta_list(self) -> ListNode | None:
        """First link of the list of user metadata."""
