"""`RunHandle`: an application that runs in the background."""

from __future__ import annotations

import atexit
import logging
import threading
import time
import weakref
from typing import TYPE_CHECKING

from pythia.utils.signals import StopSignals

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from pythia.applications.run import Run

__all__ = ["RunHandle"]

_logger = logging.getLogger("pythia.application")


class RunHandle:
    """What ``app(background=True)`` returns. Any thread may call any method.

    A context manager: leaving the ``with`` finishes the run and raises what went wrong in it.
    Ctrl-C during `wait` or `result` in the main thread finishes the stream, as it does for
    ``app()``. A program that ends while a run is going on finishes it too.
    """

    def __init__(self, run: Run, execute: Callable[[], None]) -> None:
        self._run = run
        self._error: BaseException | None = None
        self._is_seen = False
        self._ended = threading.Event()
        self._thread = threading.Thread(
            target=self._work, args=(execute,), name="pythia-app", daemon=True
        )
        _running.add(self)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the run has not ended yet."""
        return not self._ended.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the run has ended; return whether it has. Raises nothing of the run's."""
        deadline = time.monotonic() + (float("inf") if timeout_s is None else timeout_s)
        with StopSignals(self._run.interrupt):
            # In slices: a signal that comes just before the wait would be seen after it only.
            while not self._ended.is_set() and (left_s := deadline - time.monotonic()) > 0:
                self._ended.wait(min(left_s, 0.1))
        return self._ended.is_set()

    def result(self, timeout_s: float | None = None) -> None:
        """Wait until the run has ended and raise what ended it, as ``app()`` does.

        Raises:
            TimeoutError: It still runs after `timeout_s`.
        """
        if not self.wait(timeout_s):
            raise TimeoutError(f"the application still runs after {timeout_s:g} s; stop() ends it")
        self._is_seen = True
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Stop at once, without an end of stream. Idempotent; returns before the run has ended."""
        self._run.stop()

    def finish(self) -> None:
        """Send an end of stream and stop when it has arrived. Returns before the run has ended."""
        self._run.finish()

    def __enter__(self) -> RunHandle:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.finish()
        if exc is None:
            self.result()
        else:
            self.wait()

    def __del__(self) -> None:
        if self._error is not None and not self._is_seen:
            _logger.error("a run in the background failed: %s", self._error, exc_info=self._error)

    def _work(self, execute: Callable[[], None]) -> None:
        try:
            execute()
        except BaseException as error:
            self._error = error
        finally:
            _running.discard(self)
            self._ended.set()


_running: weakref.WeakSet[RunHandle] = weakref.WeakSet()


@atexit.register
def _finish_all() -> None:
    """End what still runs when the program ends: files get complete, events are delivered."""
    for handle in list(_running):
        handle.finish()
        handle.wait()
