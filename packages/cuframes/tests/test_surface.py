"""The public names, their docstrings and their stubs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import cuframes

PACKAGE = Path(__file__).resolve().parent.parent

SUBSCRIBER = [
    "next_frame",
    "try_next",
    "stream",
    "fileno",
    "close",
    "publisher_state",
    "ring_occupancy",
    "ring_capacity",
    "held",
    "drop_count",
    "frames_received",
    "last_seq",
    "gap_count",
    "timeouts",
    "errors",
    "generation",
    "latency_ms",
    "stats",
]
FRAME = [
    "seq",
    "pts_ns",
    "capture_ns",
    "publish_ns",
    "width",
    "height",
    "format",
    "planes",
    "y",
    "uv",
    "u",
    "v",
    "rgb",
    "pitch_y",
    "pitch_uv",
    "gap",
    "device",
    "nbytes",
    "valid",
    "user_meta",
    "generation",
    "release",
    "record_stream",
    "copy",
    "numpy",
    "ptr_y",
    "ptr_uv",
    "dlpack_y",
    "dlpack_uv",
    "compact",
    "bit_depth",
]
PUBLISHER = ["frame", "write", "stats", "readers", "close", "reconfigure"]
WRITABLE = ["commit", "abort", "pts_ns", "planes", "y", "uv", "numpy"]


def test_all_is_what_we_promise() -> None:
    assert cuframes.__all__ == [
        "CuframesCapacityError", "CuframesClosed", "CuframesDeviceLost", "CuframesError",
        "CuframesFormatError", "CuframesFrame", "CuframesFrameTimeout", "CuframesLeaseLost",
        "CuframesPermissionError", "CuframesPublisher", "CuframesPublisherGone", "CuframesShmError",
        "CuframesSubscriber", "CuframesVersionError", "Plane", "PublisherState", "StreamEvent",
        "StreamEventKind", "StreamInfo", "WritableFrame", "__version__", "list_streams", "observe",
        "publish", "subscribe", "wait_any",
    ]  # fmt: skip
    assert all(hasattr(cuframes, name) for name in cuframes.__all__)


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (cuframes.CuframesSubscriber, SUBSCRIBER),
        (cuframes.CuframesFrame, FRAME),
        (cuframes.CuframesPublisher, PUBLISHER),
        (cuframes.WritableFrame, WRITABLE),
    ],
)
def test_classes_have_their_members(cls: type, names: list[str]) -> None:
    assert [name for name in names if not hasattr(cls, name)] == []


def test_options_of_subscribe_and_publish_are_keywords_with_the_documented_defaults() -> None:
    subscribe = inspect.signature(cuframes.subscribe).parameters
    publish = inspect.signature(cuframes.publish).parameters
    assert {n: p.default for n, p in subscribe.items() if n != "key"} == {
        "policy": "newest", "stream": None, "device": None, "max_leases": 2, "timeout": 5.0,
        "reconnect": True, "memory": "auto", "path": None, "name": "", "strict_readonly": False,
        "spin": 0.0, "consumer_stream": None,
    }  # fmt: skip
    wanted = {"format": "NV12", "slots": "auto", "memory": "auto", "device": None, "max_readers": 8}
    assert {n: publish[n].default for n in wanted} == wanted
    assert publish["mode"].default == 0o660
    for parameters in (subscribe, publish):
        kinds = {p.kind for n, p in parameters.items() if n != "key"}
        assert kinds == {inspect.Parameter.KEYWORD_ONLY}


def test_the_threading_contract_is_in_the_docstring() -> None:
    doc = inspect.getdoc(cuframes.CuframesSubscriber)
    assert doc is not None
    doc = " ".join(doc.split())
    for word in ("any thread", "one caller", "CuframesClosed", "GIL", "fork", "Signals"):
        assert word in doc


@pytest.mark.parametrize("name", [n for n in cuframes.__all__ if n != "__version__"])
def test_every_public_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(cuframes, name))


def test_the_committed_stubs_are_those_of_the_extension(tmp_path: Path) -> None:
    pytest.importorskip("nanobind")
    output = tmp_path / "stubs.pyi"
    subprocess.run([sys.executable, PACKAGE / "tools/make_stubs.py", output], check=True)
    committed = PACKAGE / "src/cuframes/_cuframes.pyi"
    assert output.read_text() == committed.read_text(), "run tools/make_stubs.py"


def test_stubtest_agrees() -> None:
    pytest.importorskip("mypy")
    command = [sys.executable, "-m", "mypy.stubtest", "cuframes._cuframes"]
    allow = PACKAGE / "tests/stubtest_allowlist.txt"
    done = subprocess.run(
        [*command, "--allowlist", allow, "--ignore-unused-allowlist"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
