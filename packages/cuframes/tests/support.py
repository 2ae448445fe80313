"""Helpers of the tests: waiting for others, and child processes that cannot outlive a test."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

from cuframes import _cuframes

if TYPE_CHECKING:
    from collections.abc import Callable


def cuda_problem() -> str:
    """Why GPU tests cannot run here, "" when they can."""
    return _cuframes.cuda_problem(0)


def eventually(condition: Callable[[], object], limit_s: float = 60.0) -> bool:
    """Waits for something that another thread or process brings about."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


class Child:
    """A Python process that runs ``code``; killed at the end of the test."""

    def __init__(self, code: str, *args: str, **popen: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), *args],
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
            **popen,  # type: ignore[call-overload]
        )

    def line(self) -> str:
        """Its next line of output; "" when it ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, text: str = "") -> None:
        """Sends it a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9, and reap."""
        self.signal(signal.SIGKILL)
        self.process.wait(10)

    def end(self) -> int:
        """Waits for it to end by itself; its exit status."""
        return self.process.wait(30)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdout, self.process.stdin):
            if pipe is not None:
                pipe.close()
