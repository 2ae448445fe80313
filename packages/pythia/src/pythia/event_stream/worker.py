"""The queue and the thread between a probe and a backend: the video's thread never posts."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from pythia.event_stream.base import Backend
from pythia.exceptions import QueueFullError, StreamClosedError, StreamError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pythia.types import EventStreamUri

__all__ = ["EventStream", "Overflow", "StreamCounters"]

Overflow = Literal["block", "drop-oldest", "drop-newest", "fail"]
"""What happens to new items when the queue is full."""

_logger = logging.getLogger("pythia.event_stream")

# Items taken from the queue at once. Few enough that a blocked probe soon finds room again.
_BATCH = 256


@dataclass(frozen=True)
class StreamCounters:
    """What became of the items of a stream, since it was made.

    Attributes:
        posted: Handed to the backend without an error.
        dropped: Given up: the queue was full, the reader was gone, or the time to drain was over.
        failed: The backend raised.
        depth: Waiting or being posted right now.
    """

    posted: int
    dropped: int
    failed: int
    depth: int


class EventStream:
    """A bounded queue in front of a backend, emptied in order by a worker thread of its own.

    The query of the URI sets ``queue_size`` (items, default 10000), ``overflow`` (``block``, the
    default, which loses nothing and slows the video down to what the backend can take;
    ``drop-oldest``; ``drop-newest``; ``fail``) and ``drain_timeout_s`` (seconds that `close` waits,
    default 10). Any thread may call any method.

    Args:
        backend: Where items go. Only the worker thread calls its methods.
        on_failure: Called in the worker thread with the first exception the backend raises, and
            with `StreamClosedError` when the reader is gone.
    """

    def __init__(
        self, backend: Backend, on_failure: Callable[[Exception], None] | None = None
    ) -> None:
        self.backend = backend
        self.on_failure = on_failure
        self.queue_size = int(_number(backend, "queue_size", 10_000, minimum=1))
        self.drain_timeout_s = _number(backend, "drain_timeout_s", 10.0, minimum=0)
        self.overflow = _overflow(backend)
        self._pending: deque[Any] = deque()
        lock = threading.Lock()
        self._ready = threading.Condition(lock)
        self._room = threading.Condition(lock)
        self._worker: threading.Thread | None = None
        self._closing = False
        self._released = False
        self._reader_gone = False
        self._posted = self._dropped = self._failed = self._in_flight = 0

    @classmethod
    def from_uri(
        cls, uri: EventStreamUri, on_failure: Callable[[Exception], None] | None = None
    ) -> EventStream:
        """Return the stream that a URI names, see `Backend.from_uri`."""
        return cls(Backend.from_uri(uri), on_failure)

    @property
    def counters(self) -> StreamCounters:
        """A snapshot of what became of the items."""
        with self._ready:
            depth = len(self._pending) + self._in_flight
            return StreamCounters(self._posted, self._dropped, self._failed, depth)

    def put(self, items: Iterable[Any]) -> None:
        """Queue items, in order. May block under the policy ``block``.

        Raises:
            QueueFullError: The policy is ``fail`` and they do not all fit; none is queued.
        """
        items = items if isinstance(items, list) else list(items)
        if not items:
            return
        with self._ready:
            if self._reader_gone:
                self._dropped += len(items)
                return
            if self._worker is None:
                self._start()
            room = self.queue_size - len(self._pending)
            if len(items) > room:
                items = self._make_room(items, room)
            self._pending.extend(items)
            self._ready.notify()

    def release(self) -> None:
        """Never block `put` again until the stream is reopened; the last items go over the limit.

        For the end of a run: a pipeline cannot stop while a probe in it waits.
        """
        with self._ready:
            self._released = True
            self._room.notify_all()

    def close(self, timeout_s: float | None = None) -> bool:
        """Post what is queued, flush and close the backend. A later `put` opens it again.

        Args:
            timeout_s: Seconds to wait; by default ``drain_timeout_s``.

        Returns:
            Whether everything left in time. If not, the rest is counted as dropped.
        """
        with self._ready:
            worker = self._worker
            self._closing = True
            self._ready.notify()
        in_time = True
        if worker is not None:
            worker.join(self.drain_timeout_s if timeout_s is None else timeout_s)
            in_time = not worker.is_alive()
        with self._ready:
            lost = len(self._pending)
            if lost:
                self._dropped += lost
                self._pending.clear()
            self._worker = None
            self._closing = self._released = self._reader_gone = False
        if not in_time:
            _logger.warning(
                "event stream %s did not take its last events in time: %d were lost. The query "
                "parameter drain_timeout_s sets how long to wait",
                self.backend.raw_uri,
                lost,
            )
        return in_time

    def _start(self) -> None:
        self._worker = threading.Thread(
            target=self._work, name=f"pythia-{self.backend.stream}", daemon=True
        )
        self._worker.start()

    def _make_room(self, items: list[Any], room: int) -> list[Any]:
        """Apply the policy to items that do not fit; return those to queue. Holds the lock."""
        if self._released:
            return items
        if self.overflow == "block":
            while len(items) > room and not self._released and not self._reader_gone:
                if room > 0:
                    self._pending.extend(items[:room])
                    items = items[room:]
                    self._ready.notify()
                self._room.wait()
                room = self.queue_size - len(self._pending)
            return items
        if self.overflow == "fail":
            raise QueueFullError(
                f"the queue of event stream {self.backend.raw_uri!r} is full ({self.queue_size} "
                "items) and its policy is fail: give it a larger queue_size or another overflow"
            )
        excess = len(items) - room
        self._dropped += excess
        if self.overflow == "drop-newest":
            return items[:room]
        from_queue = min(excess, len(self._pending))
        for _ in range(from_queue):
            self._pending.popleft()
        return items[excess - from_queue :]

    def _work(self) -> None:
        worker = threading.current_thread()
        try:
            self.backend.connect()
            while batch := self._take(worker):
                self._post(batch)
                if not self._pending:
                    self.backend.flush()
        except StreamClosedError as error:
            self._give_up(error)
        except Exception as error:
            self._report(error)
            self._give_up(error)
        finally:
            try:
                self.backend.close()
            except Exception as error:
                self._report(error)

    def _take(self, worker: threading.Thread) -> list[Any]:
        """Wait for items; an empty list means that the stream is being closed."""
        with self._ready:
            # A worker that outlived the time to drain finds that it was replaced.
            while not self._pending and not self._closing and self._worker is worker:
                self._ready.wait()
            if self._worker is not worker:
                return []
            batch = [self._pending.popleft() for _ in range(min(_BATCH, len(self._pending)))]
            self._in_flight = len(batch)
            self._room.notify_all()
            return batch

    def _post(self, batch: list[Any]) -> None:
        try:
            for item in batch:
                try:
                    self.backend.post(item)
                except StreamClosedError:
                    raise
                except Exception as error:
                    self._failed += 1
                    self._report(error)
                else:
                    self._posted += 1
                self._in_flight -= 1
        finally:
            self._dropped += self._in_flight
            self._in_flight = 0

    def _give_up(self, error: Exception) -> None:
        with self._ready:
            self._reader_gone = True
            self._dropped += len(self._pending)
            self._pending.clear()
            self._room.notify_all()
        if isinstance(error, StreamClosedError) and self.on_failure:
            self.on_failure(error)

    def _report(self, error: Exception) -> None:
        if self.on_failure:
            self.on_failure(error)
        else:
            _logger.error("event stream %s: %s", self.backend.raw_uri, error, exc_info=error)


def _number(backend: Backend, option: str, default: float, *, minimum: float) -> float:
    text = backend.query.get(option, str(default))
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not value >= minimum:
        raise StreamError(
            f"event stream {backend.raw_uri!r}: {option}={text} must be a number >= {minimum:g}"
        )
    return value


def _overflow(backend: Backend) -> Overflow:
    text = backend.query.get("overflow", "block")
    allowed = get_args(Overflow)
    if text not in allowed:
        raise StreamError(
            f"event stream {backend.raw_uri!r}: overflow={text} is not known."
            f"{did_you_mean(text, allowed)} Allowed: {', '.join(allowed)}"
        )
    return cast("Overflow", text)
