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

    @property
    def frame_meta_list(self) -> ListNode | None:
        """First link of the list of frames."""


class FrameMeta(Protocol):
    """``pyds.NvDsFrameMeta``, as far as pythia reads it."""

    frame_num: int
    source_id: int
    pad_index: int

    @property
    def obj_meta_list(self) -> ListNode | None:
        """First link of the list of objects."""


class ObjectMeta(Protocol):
    """``pyds.NvDsObjectMeta``, the part that most probes read. Boxes are in pixels of the frame."""

    class_id: int
    object_id: int
    confidence: float
    obj_label: str
    rect_params: Any
