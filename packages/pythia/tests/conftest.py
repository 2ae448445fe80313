"""Fixtures of pythia's own tests: real pipelines of stock GStreamer, real processes."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pythia.utils.gst import gst_init

HERE = Path(__file__).parent


def _load_classic_pyds() -> ModuleType:
    spec = importlib.util.spec_from_file_location("classic_pyds", HERE / "classic_pyds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", autouse=True)
def _gst() -> None:
    gst_init()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "PYTHIA_PIPELINE_FILE",
        "PYTHIA_EXTRACTOR",
        "PYTHIA_STREAM_URI",
        "DS_PATH",
        "GST_DEBUG_DUMP_DOT_DIR",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def classic_pyds(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The stand-in's module with its makers; as ``pyds`` each buffer carries two frames."""
    classic = _load_classic_pyds()
    batch = classic.make_batch(["Person", "Vehicle"], ["Person"])
    monkeypatch.setitem(sys.modules, "pyds", classic.make_module(lambda address: batch))
    return classic


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def no_pyds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyds", None)


@pytest.fixture
def pylaunch(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts gst-pylaunch in an empty folder."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
        environment = {**os.environ, **options.pop("env", {})}
        process = subprocess.Popen(
            [sys.executable, "-m", "pythia", *arguments],
            **{
                "cwd": tmp_path,
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                "env": environment,
                **options,
            },
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def launch(pylaunch: Callable[..., subprocess.Popen[str]]) -> Callable[..., Any]:
    """Runs gst-pylaunch to its end; gives ``returncode``, ``stdout`` and ``stderr``."""

    def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        process = pylaunch(*arguments, **options)
        out, err = process.communicate(timeout=250)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run
