"""Plain values that the API hands out."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple


class PublisherState(str, enum.Enum):
    """What a subscriber knows of its publisher. Equal to its name as a string."""

    ACTIVE = "ACTIVE"
    STALE = "STALE"
    DEAD = "DEAD"

    def __str__(self) -> str:
        return self.value


class StreamEventKind(enum.IntEnum):
    """What happened to a stream."""

    RESTARTED = 1
    RECONFIGURED = 2
    PUBLISHER_GONE = 3
    EVICTED = 4
    DEMOTED = 5


class _Event(NamedTuple):
    kind: StreamEventKind
    generation: int
    time_ns: int


class StreamEvent(_Event):
    """One event: its kind, the generation of the ring, and CLOCK_MONOTONIC in ns."""

    __slots__ = ()

    def __new__(cls, kind: int, generation: int, time_ns: int) -> StreamEvent:
        """Takes the number of a kind as the C ABI gives it."""
        return super().__new__(cls, StreamEventKind(kind), generation, time_ns)


@dataclass(frozen=True)
class StreamInfo:
    """A stream found by ``list_streams``.

    Attributes:
        key: its name.
        path: its socket.
        state: ACTIVE, STALE (silent) or DEAD (its socket was left behind, or nobody answers).
        stats: counters of the stream; empty when it is DEAD or refuses us.
        readers: one dict per reader.
        problem: why it could not be looked at, "" when it could.
    """

    key: str
    path: str
    state: PublisherState
    stats: dict[str, Any]
    readers: list[dict[str, Any]]
    problem: str = ""
