"""The queue and the thread between a probe and a backend: the video's thread never posts."""

from __future__ import annotations

import functools
import logging
import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pythia.event_stream.base import Backend, Overflow
from pythia.event_stream.queue import Control, EventQueue
from pythia.event_stream.spill import UNENCODABLE, Spill
from pythia.exceptions import (
    EventsRefusedError,
    StreamClosedError,
    StreamUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pythia.types import EventStreamUri

__all__ = ["EventStream", "Overflow", "StreamCounters", "close_all"]

_logger = logging.getLogger("pythia.event_stream")

# Pauses between attempts to reach a broker: the first, the longest, the longest while closing.
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_CLOSING_PAUSE_S = 0.2

# How often what arrives in an outage is written to disk; each time waits for the disk.
_SPOOL_INTERVAL_S = 0.1


# Items taken at once for a backend that delivers one by one, when there is a spill: as many may
# come twice after an interruption.
_SPILLED_BATCH = 16


@dataclass(frozen=True)
class StreamCounters:
    """What became of the items of a stream, since it was made.

    Attributes:
        posted: Delivered: the backend took them, and its broker confirmed them if it does.
        dropped: Given up: the queue was full, the reader was gone, or the time to drain was over.
        failed: The backend raised, or the broker refused them.
        depth: Waiting or being posted right now, in memory or on disk.
        on_disk: Those on disk, which survive the process; a few may be delivered already.
        outages: How often the broker could not be reached.
        latency_s: Seconds from the probe to the delivery, of an item posted lately.
    """

    posted: int
    dropped: int
    failed: int
    depth: int
    on_disk: int = 0
    outages: int = 0
    latency_s: float = field(default=0.0, compare=False)


class EventStream:
    """A bounded queue in front of a backend, emptied in order by a worker thread of its own.

    The query of the URI sets

    - ``queue_size``: items in memory, default 10000.
    - ``overflow``: when it is full, ``block`` (loses nothing and slows the video down to what the
      backend can take), ``drop-oldest``, ``drop-newest`` or ``fail``. Brokers drop the oldest by
      default, all others block.
    - ``spill``: a folder where items go when the broker is away or slow, up to ``spill_max_mb``
      (default 1024). They are posted, in order, when it is back, be it in a later run.
    - ``drain_timeout_s``: seconds that `close` waits, default 10.
    - ``on_error``: what an item that cannot be posted does to the run: ``fail`` it, ``log`` the
      first one, or ``ignore``. It is counted in any case.

    While the backend raises `StreamUnavailableError`, it is connected again and again, after pauses
    that grow to five seconds. Any thread may call any method.

    Args:
        backend: Where items go. Only the worker thread calls its methods.
        on_failure: Called in the worker thread with exceptions the backend raises, and with
            `StreamClosedError` when the reader is gone.
    """

    def __init__(
        self, backend: Backend, on_failure: Callable[[Exception], None] | None = None
    ) -> None:
        self.backend = backend
        self.on_failure = on_failure
        self.queue_size: int = int(backend.number("queue_size", 10_000, minimum=1))
        self.drain_timeout_s: float = backend.number("drain_timeout_s", 10.0)
        self.overflow: Overflow = backend.overflow()
        self._on_error = backend.choice("on_error", "fail", ("fail", "log", "ignore"))
        self._spill = Spill.of(backend)
        self._queue = EventQueue(str(backend), self.queue_size, self.overflow, self._spill)
        self._lock = threading.Lock()  # for starting and closing
        self._spill_lock = threading.Lock()  # for opening and closing the spill
        self._worker: threading.Thread | None = None
        self._last_worker: threading.Thread | None = None
        self._spooler: threading.Thread | None = None
        self._closing = False
        self._is_connected = False
        self._is_out = False
        self._posted = self._failed = self._outages = 0
        self._settled = 0  # items of the present batch that are counted already
        self._out_since = self._pause_s = 0.0
        self._has_logged_failure = False

    @classmethod
    def from_uri(
        cls, uri: EventStreamUri, on_failure: Callable[[Exception], None] | None = None
    ) -> EventStream:
        """Return the stream that a URI names, see `Backend.from_uri`."""
        return cls(Backend.from_uri(uri), on_failure)

    @property
    def counters(self) -> StreamCounters:
        """A snapshot of what became of the items."""
        queue = self._queue
        with queue.lock:
            return StreamCounters(
                posted=self._posted,
                dropped=queue.dropped,
                failed=self._failed,
                depth=max(0, queue.depth - self._settled),
                on_disk=queue.on_disk,
                outages=self._outages,
                latency_s=queue.latency_s,
            )

    def put(self, items: Iterable[Any]) -> None:
        """Queue items, in order. May block under the policy ``block``.

        Raises:
            QueueFullError: The policy is ``fail`` and they do not all fit; none is queued.
            StreamError: The spill folder is in use by another process.
        """
        items = items if isinstance(items, list) else list(items)
        if not items:
            return
        if self._worker is None:
            self._start()
        self._queue.put(items)

    def release(self) -> None:
        """Never block `put` again until the stream is reopened; the last items go over the limit.

        For the end of a run: a pipeline cannot stop while a probe in it waits.
        """
        self._queue.release()

    def close(self, timeout_s: float | None = None) -> bool:
        """Post what is queued, flush and close the backend. A later `put` opens it again.

        Args:
            timeout_s: Seconds to wait; by default ``drain_timeout_s``.

        Returns:
            Whether everything left in time. If not, the rest is on disk if there is a spill, and
            counted as dropped if there is none.
        """
        with self._lock:
            worker, queue = self._worker, self._queue
            with queue.lock:
                self._closing = True
                queue.changed.notify_all()
            in_time = True
            if worker is not None:
                worker.join(self.drain_timeout_s if timeout_s is None else timeout_s)
                in_time = not worker.is_alive()
            with self._spill_lock:
                with queue.lock:
                    self._worker = None
                    queue.changed.notify_all()
                if self._spooler is not None:
                    self._spooler.join()
                    queue.spool()
                on_disk, lost = queue.on_disk, queue.drop()
                if self._spill is not None and in_time:
                    self._spill.close()
            queue.is_released = queue.is_abandoned = self._closing = False
        if on_disk:
            _logger.warning(
                "event stream %s: %d events wait in %s for the next run",
                self.backend, on_disk, self._spill and self._spill.folder,
            )  # fmt: skip
        if not in_time and (lost or self._spill is None):
            _logger.warning(
                "event stream %s did not take its last events in time: %d were lost. The query "
                "parameter drain_timeout_s sets how long to wait, spill=FOLDER keeps them",
                self.backend, lost,
            )  # fmt: skip
        return in_time

    def _start(self) -> None:
        with self._lock:
            if self._worker is not None:
                return
            predecessor, name = self._last_worker, f"pythia-{self.backend.stream}"
            with self._spill_lock:
                if self._spill is not None:
                    self._spill.open()
                    self._spooler = _thread(self._spool, f"{name}-spill")
                self._worker = self._last_worker = _thread(lambda: self._work(predecessor), name)
            self._worker.start()
            if self._spooler is not None:
                self._spooler.start()

    def _work(self, predecessor: threading.Thread | None) -> None:
        if predecessor is not None:
            predecessor.join()  # it may have outlived its time to drain, inside the backend
        worker, queue = threading.current_thread(), self._queue
        queue.give_back()
        self._is_out = False
        size = self.backend.batch_size
        if self._spill is not None and not self.backend.buffers:
            size = min(size, _SPILLED_BATCH)

        def is_over() -> bool:
            return self._closing or self._worker is not worker

        try:
            while self._worker is worker:
                batch = queue.take(size, is_over)
                if not batch:
                    break
                self._deliver(batch, worker)
        except Exception as error:
            if self._worker is worker:
                self._give_up(error)
            else:  # nobody waits for what became of it
                _logger.debug("event stream %s: %s", self.backend, error)
        finally:
            self._is_connected = False
            try:
                self.backend.close()
            except Exception as error:
                self._report(error)
            if self._spill is not None and self._worker is not worker:
                with self._spill_lock:  # `close` did not wait this long
                    if self._worker is None:
                        self._spill.close()

    def _deliver(self, batch: list[Any], worker: threading.Thread) -> None:
        """Post a batch, however often the backend has to be connected; return when replaced."""
        position, is_flushed = 0, False
        try:
            while self._worker is worker and not is_flushed:
                try:
                    if not self._is_connected:
                        self.backend.connect()
                        self._is_connected = True
                    while position < len(batch) and self._worker is worker:
                        self._post(batch[position])
                        position += 1
                    if position == len(batch):
                        self._flush(len(batch))
                        is_flushed = True
                except StreamUnavailableError as error:  # noqa: PERF203 - to try again is the point
                    self._is_connected = False
                    self._wait_out(error, worker)
            self._end_outage()
        finally:
            if is_flushed:
                self._queue.done(len(batch))
            elif self._spill is not None:  # what is not delivered stays on disk
                self._queue.done(0 if self.backend.buffers else position)
            else:
                self._queue.done(len(batch))
                with self._queue.lock:
                    self._queue.dropped += len(batch) - self._settled
            self._settled = 0

    def _post(self, item: Any) -> None:
        if isinstance(item, Control):
            item = item.item
        try:
            if item is UNENCODABLE:
                raise TypeError("an event on disk was no plain value")
            self.backend.post(item)
        except (StreamClosedError, StreamUnavailableError):
            raise
        except Exception as error:
            self._failed += 1
            self._settled += 1
            self._report(error)
        else:
            if not self.backend.buffers:
                self._posted += 1
                self._settled += 1

    def _flush(self, size: int) -> None:
        """Flush after every batch where that delivers, else when there is nothing more to do."""
        if not self.backend.buffers:
            if not self._queue.waits_in_memory:
                self.backend.flush()
            return
        collected, refused = size - self._settled, 0
        try:
            self.backend.flush()
        except EventsRefusedError as error:
            refused = error.count
            self._report(error)
        self._failed += refused
        self._posted += collected - refused
        self._settled += collected

    def _wait_out(self, error: StreamUnavailableError, worker: threading.Thread) -> None:
        """Pause before the next attempt to connect."""
        if not self._is_out:
            self._is_out = True
            self._outages += 1
            self._out_since, self._pause_s = time.monotonic(), _FIRST_PAUSE_S
            _logger.warning("event stream %s is not available: %s", self.backend, error)
        queue = self._queue
        with queue.lock:
            queue.changed.notify_all()  # the spooler
            pause_s = min(self._pause_s, _CLOSING_PAUSE_S if self._closing else _LONGEST_PAUSE_S)
            is_long = pause_s > _CLOSING_PAUSE_S
            queue.changed.wait_for(
                lambda: self._worker is not worker or (self._closing and is_long), pause_s
            )
        self._pause_s *= 2

    def _end_outage(self) -> None:
        if self._is_out and self._is_connected:
            self._is_out = False
            _logger.warning(
                "event stream %s is available again after %.1f s; %d events wait",
                self.backend, time.monotonic() - self._out_since, self._queue.depth,
            )  # fmt: skip

    def _spool(self) -> None:
        """Move items to disk while the backend is away, or when they fill half of the memory."""
        queue, spill = self._queue, self._spill
        assert spill is not None

        def is_half_full() -> bool:
            return queue.waits_in_memory > self.queue_size // 2 and not spill.is_full

        def is_due() -> bool:
            waits = bool(queue.waits_in_memory) and not spill.is_full
            return self._closing or is_half_full() or (waits and self._is_out)

        while not self._closing:
            with queue.lock:
                queue.changed.wait_for(is_due)
            if not self._closing or self._is_out:
                queue.spool()
            with queue.lock:
                queue.changed.wait_for(
                    lambda: self._closing or is_half_full(), timeout=_SPOOL_INTERVAL_S
                )

    def _give_up(self, error: Exception) -> None:
        if self._spill is None:
            self._queue.abandon()
        else:
            with self._queue.lock:
                self._is_out = True
                self._queue.changed.notify_all()
        if not isinstance(error, StreamClosedError):
            self._report(error)
        elif self.on_failure:
            self.on_failure(error)

    def _report(self, error: Exception) -> None:
        if self._on_error == "fail" and self.on_failure:
            self.on_failure(error)
        elif self._on_error != "ignore" and not self._has_logged_failure:
            self._has_logged_failure = self._on_error == "log"
            _logger.error("event stream %s: %s", self.backend, error, exc_info=error)


def close_all(streams: Iterable[EventStream], limit_s: float = math.inf) -> None:
    """Close streams side by side: the slowest decides how long it takes, not their sum.

    Args:
        streams: Each has its own ``drain_timeout_s``.
        limit_s: Seconds that none of them may exceed.
    """
    closing = [
        _thread(
            functools.partial(each.close, min(each.drain_timeout_s, limit_s)),
            f"pythia-close-{each.backend.stream}",
        )
        for each in streams
    ]
    for thread in closing:
        thread.start()
    for thread in closing:
        thread.join()


def _thread(function: Callable[[], Any], name: str) -> threading.Thread:
    return threading.Thread(target=function, name=name, daemon=True)
