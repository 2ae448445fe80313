"""Ctrl-C and SIGTERM end a stream instead of cutting it off."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

__all__ = ["StopSignals"]


class StopSignals:
    """While entered, SIGINT and SIGTERM call `on_signal` instead of ending the process.

    Does nothing outside the main thread, where Python allows no handlers, and leaves alone signals
    that the program handles itself. A context manager; what was there before is restored.

    Args:
        on_signal: Called with the number of the signal.
        wakeup_fd: Non-blocking descriptor that gets a byte for each signal. Python's handler runs
            between two instructions only: a signal that comes just before the main thread waits in
            the system would not end that wait.
    """

    def __init__(self, on_signal: Callable[[int], None], wakeup_fd: int | None = None) -> None:
        self._on_signal = on_signal
        self._wakeup_fd = wakeup_fd
        self._previous_wakeup_fd: int | None = None
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for signum, replaced in (
                # Shells start background jobs with SIGINT ignored; "kill -INT" shall end them too.
                (signal.SIGINT, (signal.default_int_handler, signal.SIG_IGN)),
                (signal.SIGTERM, (signal.SIG_DFL,)),
            ):
                if signal.getsignal(signum) in replaced:
                    self._previous[signum] = signal.signal(signum, self._handle)
            if self._wakeup_fd is not None:
                self._previous_wakeup_fd = signal.set_wakeup_fd(
                    self._wakeup_fd, warn_on_full_buffer=False
                )
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for signum, handler in self._previous.items():
            signal.signal(signum, handler)
        self._previous.clear()
        if self._previous_wakeup_fd is not None:
            signal.set_wakeup_fd(self._previous_wakeup_fd)
            self._previous_wakeup_fd = None

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        self._on_signal(signum)
