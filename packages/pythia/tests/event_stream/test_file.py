from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pythia.event_stream import EventStream
from pythia.event_stream.base import Backend
from pythia.exceptions import StreamError, StreamUnavailableError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def numbers(file: Path) -> list[int]:
    return [json.loads(line)["n"] for line in file.read_text().splitlines()]


def write(uri: str, *batches: list[int]) -> None:
    backend = Backend.from_uri(uri)
    backend.connect()
    for batch in batches:
        for number in batch:
            backend.post({"n": number, "label": "ü" * 100})
        backend.flush()
    backend.close()


def test_lines_are_appended_run_after_run(file: Path) -> None:
    write(f"file://{file}", [0, 1], [2])
    write(f"file://{file}", [3])
    assert numbers(file) == [0, 1, 2, 3]


def test_path_may_be_relative_or_encoded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "In").mkdir()
    write("file://In/my%20events.jsonl", [1])
    assert numbers(tmp_path / "In/my events.jsonl") == [1]


def test_half_a_line_of_a_crash_is_cut_off(file: Path) -> None:
    write(f"file://{file}", [0])
    with file.open("a") as half:
        half.write('{"n": 1, "la' + "x" * 10_000)
    write(f"file://{file}", [2])
    assert numbers(file) == [0, 2]


def test_large_file_is_rotated_between_batches(file: Path) -> None:
    write(f"file://{file}?rotate_mb=0.001&keep=2", *[[each] * 3 for each in range(5)])
    rotated = sorted(file.parent.glob("events.*T*.jsonl"))
    assert [set(numbers(each)) for each in [*rotated, file]] == [{2}, {3}, {4}]


def test_old_file_is_rotated(file: Path, monkeypatch) -> None:
    backend = Backend.from_uri(f"file://{file}?rotate_s=60")
    backend.connect()
    for later in (0, 59, 61):
        monkeypatch.setattr(
            "pythia.event_stream.file.time.time", lambda later=later: backend._begun_at + later
        )
        backend.post({"n": later})
        backend.flush()
    backend.close()
    (rotated,) = file.parent.glob("events.*T*.jsonl")
    assert (numbers(rotated), numbers(file)) == ([0, 59], [61])


def test_full_disk_is_an_outage_and_leaves_whole_lines(file: Path, monkeypatch) -> None:
    backend = Backend.from_uri(f"file://{file}")
    backend.connect()
    real_write = os.write

    def half_then_full(descriptor: int, data: memoryview) -> int:
        if len(data) < 10:
            raise OSError(28, "No space left on device")
        return real_write(descriptor, data[: len(data) // 2])

    backend.post({"n": 1})
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half_then_full)
        with pytest.raises(StreamUnavailableError, match="No space left"):
            backend.flush()
    assert file.read_bytes() == b""
    backend.connect()
    backend.flush()
    backend.close()
    assert numbers(file) == [1]


def test_stream_of_a_file_has_everything_when_it_is_closed(file: Path) -> None:
    stream = EventStream.from_uri(f"file://{file}?rotate_mb=0.01")
    for number in range(3000):
        stream.put([{"n": number}])
    assert stream.close()
    files = [*sorted(file.parent.glob("events.*T*.jsonl")), file]
    assert [each for one in files for each in numbers(one)] == list(range(3000))
    assert stream.counters.posted == 3000


@pytest.mark.parametrize(
    ("place", "message"), [("/", "names no file"), ("/no/such/a.jsonl", "no directory /no/such")]
)
def test_place_that_is_none_is_refused_at_once(place: str, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        Backend.from_uri(f"file://{place}")
