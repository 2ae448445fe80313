"""The bounded queue between probes and a worker thread: memory first, then disk."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pythia.exceptions import QueueFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pythia.event_stream.base import Overflow
    from pythia.event_stream.spill import Spill

__all__ = ["Control", "EventQueue"]

_logger = logging.getLogger("pythia.event_stream")


@dataclass(frozen=True)
class Control:
    """An event that no policy drops: put or yield ``Control(item)`` for starts, ends and alarms.

    It takes its place in the order, and goes in over the limit of a full queue.
    """

    item: Any


class EventQueue:
    """Items in order: those on disk, those being posted, those in memory.

    Probes `put`; one worker takes the first items, posts them and says they are `done`; with a
    spill, one more thread moves what waits in memory to disk, so that no probe waits for a disk.
    """

    def __init__(self, name: str, size: int, overflow: Overflow, spill: Spill | None) -> None:
        self.name = name
        self.size = size
        self.overflow = overflow
        self.spill = spill
        self.dropped: int = 0
        self.latency_s: float = 0.0
        self.is_released: bool = False
        self.is_abandoned: bool = False
        self.lock: threading.Lock = threading.Lock()
        self.changed: threading.Condition = threading.Condition(self.lock)
        self._room = threading.Condition(self.lock)
        self._disk_lock = threading.Lock()  # taken before the other one
        self._memory: deque[Any] = deque()
        self._taken: list[Any] = []
        self._taken_on_disk = 0
        self._moving = 0
        self._on_disk = 0
        self._mark: tuple[int, float] | None = None  # items before it, when it was put

    @property
    def depth(self) -> int:
        """Items in all places."""
        return self.on_disk + len(self._taken) + self._moving + len(self._memory)

    @property
    def on_disk(self) -> int:
        """Items on disk."""
        return self._on_disk

    @property
    def waits_in_memory(self) -> int:
        """Items in memory that nobody has taken."""
        return len(self._memory)

    def put(self, items: list[Any]) -> None:
        """Queue items. May block under the policy ``block``.

        Raises:
            QueueFullError: The policy is ``fail`` and they do not all fit; none is queued.
        """
        with self.lock:
            if self.is_abandoned:
                self.dropped += len(items)
                return
            if self._mark is None:
                self._mark = (self.depth, time.monotonic())
            room = self.size - len(self._memory)
            if len(items) > room:
                items = self._make_room(items, room)
            self._memory.extend(items)
            self.changed.notify_all()

    def take(self, limit: int, is_over: Callable[[], bool]) -> list[Any]:
        """Return the first items, which stay the queue's until they are `done`.

        Waits for some; an empty list means that there are none and that ``is_over()``.
        """
        while True:
            with self._disk_lock:
                if self.spill and self.spill.count:
                    items = self.spill.peek(limit)
                    self._taken_on_disk = len(items)
                    return items
                with self.lock:
                    if self._memory:
                        count = min(limit, len(self._memory))
                        self._taken = [self._memory.popleft() for _ in range(count)]
                        self._room.notify_all()
                        return list(self._taken)
            with self.lock:
                self.changed.wait_for(lambda: self._memory or self.on_disk or is_over())
                if not self._memory and not self.on_disk and not self._moving:
                    return []

    def done(self, count: int) -> None:
        """Remove the first of the taken items: they are delivered, or never will be."""
        with self._disk_lock:
            from_disk = min(count, self._taken_on_disk)
            if from_disk and self.spill:
                self.spill.remove(from_disk)
                self._taken_on_disk -= from_disk
            with self.lock:
                self._on_disk = self.spill.count if self.spill else 0
                del self._taken[: count - from_disk]
                self._passed(count)
                if self.spill:
                    self.changed.notify_all()  # there may be room on disk again

    def give_back(self) -> None:
        """Forget that items were taken: the next `take` starts with them again."""
        with self._disk_lock, self.lock:
            self._memory.extendleft(reversed(self._taken))
            self._taken.clear()
            self._taken_on_disk = 0
            self._on_disk = self.spill.count if self.spill else 0

    def spool(self) -> None:
        """Move what is in memory to disk, the taken items too. Never holds up `put`."""
        if self.spill is None:
            return
        with self._disk_lock:
            with self.lock:
                taken, waiting = self._taken, list(self._memory)
                self._memory.clear()
                self._moving = len(waiting)
                self._room.notify_all()
            items = [*taken, *waiting]
            written = self.spill.append(
                [each.item if isinstance(each, Control) else each for each in items]
            )
            with self.lock:
                if written >= len(taken):
                    self._taken_on_disk += len(taken)
                    self._taken = []
                    rest = items[written:]
                else:  # the taken ones stay before what waits
                    self._taken_on_disk += written
                    self._taken, rest = taken[written:], waiting
                self._memory.extendleft(reversed(rest))
                self._moving = 0
                self._on_disk = self.spill.count
                self.changed.notify_all()

    def drop(self) -> int:
        """Give up what waits in memory; return the number."""
        with self.lock:
            lost = len(self._memory)
            self._memory.clear()
            self.dropped += lost
            self._mark = None
            self._room.notify_all()
            return lost

    def release(self) -> None:
        """Never block `put` again; what it waits with goes in over the limit."""
        with self.lock:
            self.is_released = True
            self._room.notify_all()

    def abandon(self) -> None:
        """Drop what waits and what comes."""
        self.is_abandoned = True
        self.drop()

    def _make_room(self, items: list[Any], room: int) -> list[Any]:
        """Apply the policy to items that do not fit; return those to queue. Holds the lock."""
        if self.is_released:
            return items
        if self.overflow == "block":
            while len(items) > room and not self.is_released and not self.is_abandoned:
                if room > 0:
                    self._memory.extend(items[:room])
                    items = items[room:]
                    self.changed.notify_all()
                self._room.wait()
                room = self.size - len(self._memory)
            if self.is_abandoned:
                self.dropped += len(items)
                return []
            return items
        excess = sum(not isinstance(each, Control) for each in items) - max(0, room)
        if excess <= 0:
            return items
        if self.overflow == "fail":
            raise QueueFullError(
                f"the queue of event stream {self.name!r} is full ({self.size} items) and its "
                "policy is fail: give it a larger queue_size or another overflow"
            )
        if not self.dropped:
            _logger.warning(
                "the queue of event stream %s is full (%d items): dropping events by the policy "
                "%s. With spill=FOLDER they go to disk instead",
                self.name, self.size, self.overflow,
            )  # fmt: skip
        if self.overflow == "drop-newest":
            kept = self._without_data(reversed(items), excess)
            return kept[::-1]
        waiting = len(self._memory)
        controls = []
        while excess and self._memory:
            oldest = self._memory.popleft()
            if isinstance(oldest, Control):
                controls.append(oldest)
            else:
                excess -= 1
                self.dropped += 1
        self._memory.extendleft(reversed(controls))
        self._passed(waiting - len(self._memory))
        return self._without_data(items, excess)

    def _without_data(self, items: Iterable[Any], excess: int) -> list[Any]:
        """Return the items without the first `excess` that are not `Control`; count those."""
        kept = []
        for each in items:
            if excess and not isinstance(each, Control):
                excess -= 1
                self.dropped += 1
            else:
                kept.append(each)
        return kept

    def _passed(self, count: int) -> None:
        """Measure how long the marked item took. Holds the lock."""
        if self._mark is not None:
            before, put_at = self._mark
            if count > before:
                self.latency_s = time.monotonic() - put_at
                self._mark = None
            else:
                self._mark = (before - count, put_at)
