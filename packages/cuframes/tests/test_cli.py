"""``python -m cuframes``, as a user types it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import eventually


def run(*arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cuframes", *arguments], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def testsrc() -> Callable[..., subprocess.Popen[str]]:
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "cuframes", "testsrc", *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert "publishing" in process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_ls_shows_streams_and_their_readers(testsrc: Callable[..., object]) -> None:
    assert run("ls").splitlines() == [
        "STREAM  STATE  SIZE  FORMAT  MEMORY  READERS  LEASED  FRAMES"
    ]
    testsrc("cam", "--size", "64x48", "--fps", "100")
    with cuframes.subscribe("cam", timeout=60):
        line = run("ls").splitlines()[1].split()
        assert line[:6] == ["cam", "ACTIVE", "64x48", "NV12", "memfd", "1/8"]
        info = json.loads(run("ls", "--json"))
        assert info["key"] == "cam"
        assert info["readers"][0]["policy"] == "newest"


def test_top_shows_rates_states_and_lag(testsrc: Callable[..., object]) -> None:
    testsrc("cam", "--size", "64x48", "--fps", "50")
    with cuframes.subscribe("cam", timeout=60, name="detector") as sub:
        sub.next_frame(60)
        text = run("top", "--once", "--interval", "1")
    stream, reader = text.splitlines()[1:3]
    assert stream.split()[:2] == ["cam", "ACTIVE"]
    assert float(stream.split()[2]) > 0
    assert reader.split()[0] == "detector"
    assert "newest" in reader
    assert run("top", "--once", "--interval", "0.01") != ""


def test_doctor_says_what_works() -> None:
    text = run("doctor")
    assert "+ frames in host memory: ok" in text
    assert "CUDA" in text


def test_testsrc_publishes_numbered_frames(testsrc: Callable[..., object]) -> None:
    testsrc("cam", "--size", "64x48", "--fps", "200", "--format", "RGB")
    with cuframes.subscribe("cam", timeout=60, policy="in_order") as sub:
        for _ in range(5):
            frame = sub.next_frame(60)
            digits = frame.numpy()[0, :8, 0] // 25
            number = int("".join(map(str, digits)))
            assert number == frame.seq - 1


def test_record_writes_a_file_that_can_be_played(
    testsrc: Callable[..., object], tmp_path: Path
) -> None:
    testsrc("cam", "--size", "64x48", "--fps", "100")
    movie = tmp_path / "cam.y4m"
    assert "10 frames" in run("record", "cam", str(movie), "--frames", "10")
    data = movie.read_bytes()
    header, rest = data.split(b"\n", 1)
    assert header == b"YUV4MPEG2 W64 H48 F100:1 Ip A1:1 C420jpeg"
    assert len(rest) == 10 * (len(b"FRAME\n") + 64 * 48 * 3 // 2)
    first = np.frombuffer(rest[6 : 6 + 64 * 48], np.uint8).reshape(48, 64)
    assert first[20].max() == 235
    assert first[20].min() >= 16


def test_record_ends_with_the_stream(tmp_path: Path) -> None:
    movie = tmp_path / "cam.y4m"
    with cuframes.publish("cam", width=64, height=48, format="GRAY8", fps=25) as pub:
        process = subprocess.Popen(
            [sys.executable, "-m", "cuframes", "record", "cam", str(movie)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert eventually(lambda: pub.readers())
        for value in range(8):
            pub.write(np.full((48, 64), value, np.uint8))
    out, _ = process.communicate(timeout=60)
    assert out.startswith("8 frames")
    assert process.returncode == 0


def test_errors_are_one_line_and_status_1(tmp_path: Path) -> None:
    text = run("record", "nobody", str(tmp_path / "x"), "--timeout", "0.1", status=1)
    assert text.startswith("cuframes record:")
    assert "Traceback" not in text


def test_interrupting_testsrc_is_clean(testsrc: Callable[..., subprocess.Popen[str]]) -> None:
    process = testsrc("cam", "--size", "64x48")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert cuframes.list_streams() == []
