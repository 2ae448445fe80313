"""An event loop over a GStreamer bus: no GLib main loop, no default context, no thread.

It waits on the file descriptor of the bus, so signal handlers of Python run at once, other loops of
the process are left alone, and an asyncio loop can watch the same descriptors.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import select
import time
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BusLoop"]


class BusLoop:
    """Calls `on_message` for each message of a bus, in the thread that calls `run`.

    `quit` and `call_soon` may be called from any thread, from probes and from signal handlers;
    everything else belongs to the thread that runs the loop.
    """

    def __init__(self, bus: Any, on_message: Callable[[Any], None]) -> None:
        self._bus = bus
        self._on_message = on_message
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._calls: deque[Callable[[], object]] = deque()
        self._timers: list[tuple[float, int, Callable[[], object]]] = []
        self._timer_ids = itertools.count()
        self._quit = False
        self._running = False
        self._closed = False

    @property
    def wakeup_fd(self) -> int:
        """A non-blocking descriptor; what is written to it makes the loop look at its calls."""
        return self._wake_write

    def run(self) -> None:
        """Dispatch messages, calls and timers until `quit`."""
        poll = select.poll()
        poll.register(self._bus.get_pollfd().fd, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        self._running = True
        try:
            while not self._quit:
                poll.poll(self._timeout_ms())
                self._dispatch()
        finally:
            self._running = False

    def quit(self) -> None:
        """End `run` after the current callback, or as soon as it starts if it has not yet."""
        self._quit = True
        self._wake()

    def is_running(self) -> bool:
        """Whether `run` is dispatching."""
        return self._running

    def call_soon(self, function: Callable[[], object]) -> None:
        """Call `function` in the thread of the loop."""
        self._calls.append(function)
        self._wake()

    def call_later(self, delay_s: float, function: Callable[[], object]) -> None:
        """Call `function` in the thread of the loop, after a delay."""
        heapq.heappush(self._timers, (time.monotonic() + delay_s, next(self._timer_ids), function))

    def close(self) -> None:
        """Release the file descriptors. Idempotent."""
        if not self._closed:
            self._closed = True
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _dispatch(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        while self._calls and not self._quit:
            self._calls.popleft()()
        while not self._quit and (message := self._bus.pop()) is not None:
            self._on_message(message)
        while not self._quit and self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()

    def _timeout_ms(self) -> int | None:
        if self._calls:
            return 0
        if not self._timers:
            return None
        return max(0, round((self._timers[0][0] - time.monotonic()) * 1000) + 1)

    def _wake(self) -> None:
        if self._closed:
            return
        with contextlib.suppress(BlockingIOError):  # the pipe is full of wake-ups already
            os.write(self._wake_write, b"\0")
