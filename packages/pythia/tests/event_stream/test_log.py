from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest

from pythia.event_stream.base import Backend
from pythia.exceptions import StreamClosedError, StreamError


def write(uri: str, *items: object) -> None:
    backend = Backend.from_uri(uri)
    backend.connect()
    for item in items:
        backend.post(item)
    backend.flush()
    backend.close()


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_standard_streams_get_one_line_per_item(stream, capsys) -> None:
    write(f"log://?stream={stream}", {"a": 1}, "b")
    assert getattr(capsys.readouterr(), stream[3:]) == '{"a": 1}\n"b"\n'


def test_two_streams_do_not_repeat_each_other_nor_reach_logging(capsys, caplog, tmp_path) -> None:
    with caplog.at_level(logging.DEBUG):
        for uri in ("log://", f"log://?stream={tmp_path}/a", f"log://?stream={tmp_path}/b"):
            write(uri, uri)
    assert capsys.readouterr().out == '"log://"\n'
    assert (tmp_path / "a").read_text().count("\n") == (tmp_path / "b").read_text().count("\n") == 1
    assert caplog.text == ""


def test_file_is_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "with space.jsonl"
    for number in range(2):
        write(f"log://?stream={str(path).replace(' ', '%20')}", {"n": number})
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"n": 0}, {"n": 1}]


def test_directory_gets_a_new_detections_file(tmp_path: Path) -> None:
    for number in range(2):
        write(f"log://?stream={tmp_path}", number)
    assert (tmp_path / "detections.jsonl").read_text() == "1\n"


def test_missing_directory_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match=f"there is no directory {tmp_path}/gone"):
        Backend.from_uri(f"log://?stream={tmp_path}/gone/a.jsonl")


def test_reader_that_is_gone_is_told_apart_from_failures(monkeypatch) -> None:
    read, write_end = os.pipe()
    os.close(read)
    broken = os.fdopen(write_end, "w")
    monkeypatch.setattr("sys.stdout", broken)
    backend = Backend.from_uri("log://")
    backend.post({})
    with pytest.raises(StreamClosedError, match="reader of stdout is gone"):
        backend.flush()
    with pytest.raises(BrokenPipeError):
        broken.close()
