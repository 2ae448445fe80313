"""Fixtures: a runtime directory for each test, children, and the skipping of GPU tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cuframes
from packages.cuframes.tests.support import Child, cuda_problem


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a GPU its tests are skipped, or fail when the environment says there must be one."""
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
