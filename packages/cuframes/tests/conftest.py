"""Fixtures: a runtime directory of its own for each test, and child processes that cannot outlive it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cuframes
from cuframes import _cuframes


def cuda_problem() -> str:
    """Why GPU tests cannot run here, "" when they can."""
    return _cuframes.cuda_problem(0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a GPU, GPU tests are skipped, or fail when the environment says that there must be one."""
    problem = cuda_problem()
    if not problem or os.environ.get("PYTHIA_FAIL_WITHOUT_CUDA") == "1":
        return
    for item in items:
        if item.get_closest_marker("needs_cuda"):
            item.add_marker(pytest.mark.skip(reason=problem))


@pytest.fixture(autouse=True)
def runtime_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CUFRAMES_DIR of this test, and of the children it starts."""
    directory = tmp_path_factory.mktemp("cf")
    monkeypatch.setenv("CUFRAMES_DIR", str(directory))
    return directory


def eventually(condition: Callable[[], object], limit_s: float = 10.0) -> bool:
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


@pytest.fixture
def child() -> Iterator[Callable[..., Child]]:
    """Starts children: ``child(code, *args)``."""
    started: list[Child] = []

    def start(code: str, *args: str, **popen: object) -> Child:
        started.append(Child(code, *args, **popen))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def gray() -> Iterator[cuframes.CuframesPublisher]:
    """A small publisher "cam" of GRAY8, 64x16."""
    with cuframes.publish("cam", width=64, height=16, format="GRAY8") as pub:
        yield pub
