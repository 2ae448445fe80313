"""The examples run against a live publisher."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from packages.cuframes.tests.support import cuda_problem

EXAMPLES = Path(__file__).resolve().parents[3] / "examples/python-consumer"


@pytest.mark.parametrize(
    "where",
    ["cpu", pytest.param("cuda", marks=pytest.mark.needs_cuda)],
)
def test_the_smoke_test_finds_no_leak(where: str) -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    if where == "cuda" and cuda_problem():
        pytest.fail(cuda_problem())
    device = ["--device", "0"] if where == "cuda" else []
    publisher = subprocess.Popen(
        [sys.executable, "-m", "cuframes", "testsrc", "gate", "--size", "2688x1520", "--fps", "60",
         *device],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, EXAMPLES / "yolo_world_smoke.py", "gate", "--frames", "100"],
            capture_output=True, text=True, timeout=110,
        )  # fmt: skip
    finally:
        publisher.kill()
        publisher.wait()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no leaks" in done.stdout
