"""Names for what crosses the public interfaces."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias

__all__ = [
    "BatchMeta",
    "ErrorPolicy",
    "EventStreamUri",
    "FrameMeta",
    "ListNode",
    "ObjectMeta",
    "PadDirection",
    "Serializable",
]

EventStreamUri: TypeAlias = str
"""``scheme://host:port/path?stream=name&option=value``, for instance ``log://?stream=stdout``."""

PadDirection: TypeAlias = str
"""Name of a pad: ``src``, ``sink``, ``sink_0``, ..."""

ErrorPolicy: TypeAlias = Literal["fail", "log", "ignore"]
"""What an exception in a probe does to the run."""

Serializable: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None
"""A plain value that may outlive the buffer it was read from."""


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
