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
    """

    def __init__(self, on_signal: Callable[[int], None]) -> None:
        self._on_signal = on_signal
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

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        self._on_signal(signum)
