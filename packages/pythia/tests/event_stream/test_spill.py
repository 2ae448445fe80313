from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pythia.event_stream.base import Backend
from pythia.event_stream.spill import UNENCODABLE, Spill
from pythia.exceptions import StreamError

MANY = 1 << 20


@pytest.fixture
def spill(tmp_path: Path):
    spill = Spill(tmp_path / "a", MANY)
    spill.open()
    yield spill
    spill.close()


def reopened(spill: Spill) -> Spill:
    spill.close()
    spill.open()
    return spill


def test_items_come_back_in_order_until_removed(spill: Spill) -> None:
    assert spill.append([{"a": "ü\n"}, 2, None]) == 3
    assert spill.peek(2) == spill.peek(2) == [{"a": "ü\n"}, 2]
    spill.remove(2)
    assert (spill.count, spill.peek(9)) == (1, [None])
    spill.remove(1)
    assert (spill.count, spill.peek(9)) == (0, [])
    assert list(spill.folder.glob("*.spill")) == []


def test_another_run_goes_on_where_this_one_stopped(spill: Spill) -> None:
    spill.append([1, 2, 3])
    spill.remove(1)
    assert reopened(spill).peek(9) == [2, 3]
    spill.append([4])
    assert reopened(spill).peek(9) == [2, 3, 4]


def test_half_a_line_after_a_crash_is_left_out_and_written_over(spill: Spill) -> None:
    spill.append([1, 2])
    (segment,) = spill.folder.glob("*.spill")
    whole = segment.read_bytes()
    for damage in (whole + b"0badc0de 3", whole + b"00000000 3\n", whole + b"\0" * 40):
        segment.write_bytes(damage)
        assert reopened(spill).peek(9) == [1, 2]
    spill.append([3])
    assert reopened(spill).peek(9) == [1, 2, 3]


def test_position_lost_in_a_crash_repeats_items_but_loses_none(spill: Spill) -> None:
    spill.append([1, 2])
    spill.remove(1)
    (spill.folder / "position").write_bytes(b"")
    assert reopened(spill).peek(9) == [1, 2]


def test_folder_belongs_to_one_at_a_time(spill: Spill) -> None:
    other = Spill(spill.folder, MANY)
    with pytest.raises(StreamError, match="in use by another process or stream"):
        other.open()
    spill.close()
    other.open()
    other.close()


def test_full_spill_takes_what_fits_and_has_room_again(tmp_path: Path) -> None:
    spill = Spill(tmp_path, 1000)
    spill.open()
    taken = spill.append(list(range(1000)))
    assert 50 < taken < 100
    assert spill.is_full
    assert sum(each.stat().st_size for each in tmp_path.glob("*.spill")) <= 1000
    spill.remove(taken // 2)
    assert spill.append([7]) == 1
    assert spill.peek(1000) == [*range(taken // 2, taken), 7]
    spill.close()


def test_disk_that_fails_is_a_full_spill(spill: Spill, monkeypatch, caplog) -> None:
    spill.append([1])

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", full)
        assert spill.append([2]) == 0
    assert spill.is_full
    assert "No space left" in caplog.text
    assert spill.append([3]) == 1
    assert reopened(spill).peek(9) == [1, 3]


def test_what_is_no_plain_value_keeps_its_place(spill: Spill) -> None:
    assert spill.append([1, object(), 2]) == 3
    assert spill.peek(3) == [1, UNENCODABLE, 2]


def test_destinations_have_folders_of_their_own_whatever_the_options(tmp_path: Path) -> None:
    def folder(uri: str) -> Path:
        return Spill.of(Backend.from_uri(f"{uri}&spill={tmp_path}")).folder

    assert folder("redis://:a@h?stream=x") == folder("redis://:b@h?stream=x&maxlen=3")
    assert folder("redis://h?stream=x") != folder("redis://h:1?stream=x")
    assert folder("redis://h?stream=x") != folder("redis://h?stream=y")
    assert folder("redis://h?stream=a/b").parent == tmp_path


def test_folder_that_cannot_be_made_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StreamError, match="cannot be spilled"):
        Spill.of(Backend.from_uri(f"redis://h?stream=x&spill={tmp_path}/file"))


@settings(deadline=None, max_examples=40)
@given(
    operations=st.lists(
        st.tuples(st.sampled_from(["append", "remove", "reopen"]), st.integers(0, 40)), max_size=20
    )
)
def test_spill_is_a_queue(tmp_path_factory, operations) -> None:
    spill, expected, number = Spill(tmp_path_factory.mktemp("s"), 4000), [], 0
    spill.open()
    for operation, count in operations:
        if operation == "append":
            taken = spill.append(list(range(number, number + count)))
            expected += range(number, number + taken)
            number += taken
        elif operation == "remove":
            count = min(count, len(expected))
            spill.remove(count)
            del expected[:count]
        else:
            reopened(spill)
        assert spill.count == len(expected)
        assert spill.peek(1000) == expected
    spill.close()


def test_process_killed_in_an_outage_leaves_its_events_to_the_next(tmp_path: Path) -> None:
    script = f"""
        import time
        from pythia.event_stream import EventStream
        stream = EventStream.from_uri(
            "redis://127.0.0.1:1?stream=x&spill={tmp_path}&queue_size=100&overflow=block")
        for number in range(1000):
            stream.put([number])
        while stream.counters.on_disk < 1000:
            time.sleep(0.01)
        print("on disk", flush=True)
        time.sleep(60)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout.readline() == "on disk\n"
        process.send_signal(signal.SIGKILL)
    spill = Spill.of(Backend.from_uri(f"redis://127.0.0.1:1?stream=x&spill={tmp_path}"))
    spill.open()
    kept = spill.peek(2000)
    spill.close()
    assert kept == list(range(1000))
