from __future__ import annotations

import logging
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pythia.event_stream.base import Backend
from pythia.event_stream.queue import Control
from pythia.event_stream.worker import EventStream, StreamCounters
from pythia.exceptions import (
    EventsRefusedError,
    QueueFullError,
    StreamClosedError,
    StreamError,
    StreamUnavailableError,
)


class Gated(Backend):
    """Posts only while its gate is open, and keeps a diary."""

    default_stream = "gated"

    def __init__(self, uri: str = "gated://") -> None:
        super().__init__(uri)
        self.items: list[object] = []
        self.diary: list[str] = []
        self.threads: set[str] = set()
        self.gate = threading.Event()
        self.entered = threading.Event()

    def connect(self):
        self.diary.append("connect")

    def post(self, data):
        self.threads.add(threading.current_thread().name)
        self.entered.set()
        self.gate.wait(60)
        if isinstance(data, Exception):
            raise data
        self.items.append(data)

    def flush(self):
        self.diary.append("flush")

    def close(self):
        self.diary.append("close")


def gated(query: str = "") -> tuple[Gated, EventStream]:
    backend = Gated(f"gated://{query}")
    return backend, EventStream(backend)


def fill(backend: Gated, stream: EventStream, count: int) -> None:
    """Puts one item that the worker holds, then `count` that stay in the queue."""
    stream.put(["held"])
    assert backend.entered.wait(60)
    stream.put(list(range(count)))


def test_posting_runs_in_a_thread_of_its_own_and_in_order() -> None:
    backend, stream = gated()
    backend.gate.set()
    for number in range(1000):
        stream.put([number, number])
    assert stream.close()
    assert backend.items == [each for number in range(1000) for each in (number, number)]
    assert backend.threads == {"pythia-gated"}
    assert backend.diary[0] == "connect"
    assert backend.diary[-2:] == ["flush", "close"]
    assert stream.counters == StreamCounters(posted=2000, dropped=0, failed=0, depth=0)


def test_nothing_is_connected_before_the_first_item() -> None:
    backend, stream = gated()
    stream.put([])
    assert stream.close()
    assert backend.diary == []


def test_a_closed_stream_opens_again() -> None:
    backend, stream = gated()
    backend.gate.set()
    for number in range(2):
        stream.put([number])
        stream.close()
    assert backend.items == [0, 1]
    assert backend.diary.count("connect") == backend.diary.count("close") == 2


def test_block_waits_for_room_and_loses_nothing() -> None:
    backend, stream = gated("?queue_size=4")
    fill(backend, stream, 4)
    putter = threading.Thread(target=stream.put, args=([4, 5, 6, 7, 8, 9],))
    putter.start()
    putter.join(0.05)
    assert putter.is_alive()
    assert stream.counters.depth == 5
    backend.gate.set()
    putter.join(60)
    assert stream.close()
    assert backend.items == ["held", *range(10)]


def test_release_lets_blocked_items_in_over_the_limit() -> None:
    backend, stream = gated("?queue_size=1")
    fill(backend, stream, 1)
    putter = threading.Thread(target=stream.put, args=([1, 2, 3],))
    putter.start()
    stream.release()
    putter.join(60)
    assert not putter.is_alive()
    backend.gate.set()
    assert stream.close()
    assert backend.items == ["held", 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("overflow", "kept"),
    [("drop-newest", [0, 1, 2]), ("drop-oldest", [3, 4, 5])],
)
def test_dropping_policies_keep_one_end_and_count_the_rest(overflow: str, kept: list[int]) -> None:
    backend, stream = gated(f"?queue_size=3&overflow={overflow}")
    fill(backend, stream, 2)
    stream.put([2, 3, 4, 5])
    assert stream.counters.dropped == 3
    backend.gate.set()
    assert stream.close()
    assert backend.items == ["held", *kept]


def test_fail_refuses_all_of_what_does_not_fit() -> None:
    backend, stream = gated("?queue_size=3&overflow=fail")
    fill(backend, stream, 2)
    with pytest.raises(QueueFullError, match=r"full \(3 items\)"):
        stream.put([2, 3])
    backend.gate.set()
    stream.close()
    assert backend.items == ["held", 0, 1]


def test_failures_are_counted_reported_and_do_not_stop_the_rest() -> None:
    backend, failures = Gated(), []
    stream = EventStream(backend, failures.append)
    backend.gate.set()
    error = RuntimeError("one")
    stream.put([1, error, 2])
    stream.close()
    assert backend.items == [1, 2]
    assert failures == [error]
    assert stream.counters == StreamCounters(posted=2, dropped=0, failed=1, depth=0)


def test_backend_that_cannot_connect_reports_and_drops() -> None:
    class Unreachable(Gated):
        def connect(self):
            raise ConnectionError("no broker")

    failures = []
    stream = EventStream(Unreachable(), failures.append)
    stream.put([1, 2])
    assert stream.close()
    assert [str(each) for each in failures] == ["no broker"]
    assert stream.counters == StreamCounters(posted=0, dropped=2, failed=0, depth=0)


def test_reader_that_goes_away_is_reported_and_the_rest_dropped() -> None:
    backend, failures = Gated(), []
    stream = EventStream(backend, failures.append)
    gone = StreamClosedError("gone")
    stream.put([1, gone, 2, 3])
    backend.gate.set()
    stream._worker.join(60)
    stream.put([4])
    assert stream.counters == StreamCounters(posted=1, dropped=4, failed=0, depth=0)
    assert failures == [gone]
    stream.close()


def test_time_to_drain_is_limited_and_the_loss_is_logged(caplog) -> None:
    backend, stream = gated("?drain_timeout_s=0.05")
    fill(backend, stream, 3)
    with caplog.at_level(logging.WARNING, "pythia"):
        assert not stream.close()
    assert "3 were lost" in caplog.text
    assert stream.counters.dropped == 3
    backend.gate.set()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("queue_size=0", "queue_size=0 must be a number >= 1"),
        ("queue_size=x", "queue_size=x must be a number"),
        ("drain_timeout_s=-1", "drain_timeout_s=-1 must be"),
        ("overflow=drop", "Allowed: block, drop-oldest, drop-newest, fail"),
    ],
)
def test_bad_options_are_refused_with_what_is_allowed(query: str, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        gated(f"?{query}")


class Broken(Gated):
    """Raises what it is told to, once each; collects until `flush` when it buffers."""

    def __init__(self, query: str = "", *, buffers: bool = False) -> None:
        super().__init__(f"broken://{query}")
        self.gate.set()
        self.buffers = buffers
        self.raises: dict[str, list[Exception]] = {"connect": [], "post": [], "flush": []}
        self.unsent: list[object] = []

    def _step(self, name: str) -> None:
        self.diary.append(name)
        if self.raises[name]:
            raise self.raises[name].pop(0)

    def connect(self):
        self._step("connect")

    def post(self, data):
        self._step("post")
        (self.unsent if self.buffers else self.items).append(data)

    def flush(self):
        self._step("flush")
        self.items += self.unsent
        self.unsent.clear()


@pytest.mark.parametrize("buffers", [False, True])
@pytest.mark.parametrize("step", ["connect", "post", "flush"])
def test_backend_that_is_not_available_is_connected_again_and_gets_all(step, buffers) -> None:
    backend, failures = Broken(buffers=buffers), []
    backend.raises[step] = [StreamUnavailableError("away"), StreamUnavailableError("still")]
    stream = EventStream(backend, failures.append)
    stream.put([1, 2, 3])
    assert stream.close()
    assert backend.items == [1, 2, 3]
    assert stream.counters == StreamCounters(posted=3, dropped=0, failed=0, depth=0, outages=1)
    assert backend.diary.count("connect") == 3
    assert failures == []


def test_buffered_items_count_as_posted_when_they_are_flushed() -> None:
    backend = Broken(buffers=True)
    backend.raises["flush"] = [EventsRefusedError("two are too large", 2)]
    failures: list[Exception] = []
    stream = EventStream(backend, failures.append)
    stream.put([1, 2, 3])
    assert stream.close()
    assert (stream.counters.posted, stream.counters.failed) == (1, 2)
    assert str(failures[0]) == "two are too large"


def test_broker_that_stays_away_costs_the_deadline_and_is_counted(caplog) -> None:
    backend = Broken("?drain_timeout_s=0.1")
    backend.raises["connect"] = [StreamUnavailableError("away")] * 1000
    stream = EventStream(backend)
    stream.put([1, 2])
    while not stream.counters.outages:
        pass
    assert not stream.close()
    stream._last_worker.join(60)
    assert stream.counters == StreamCounters(posted=0, dropped=2, failed=0, depth=0, outages=1)


def test_worker_that_outlived_its_stream_ends_before_the_next_begins() -> None:
    backend, stream = gated("?drain_timeout_s=0")
    fill(backend, stream, 3)
    assert not stream.close()
    stream.put(["next"])
    assert backend.diary == ["connect"], "the backend belongs to the first worker still"
    backend.gate.set()
    assert stream.close(60)
    assert backend.items == ["held", "next"]
    assert backend.diary.count("connect") == backend.diary.count("close") == 2


def test_items_in_flight_at_the_end_of_time_are_counted_once() -> None:
    backend, stream = gated("?drain_timeout_s=0")
    stream.put(["held", 1, 2])
    assert backend.entered.wait(60)
    stream.close()
    backend.gate.set()
    stream._last_worker.join(60)
    assert backend.items == ["held"]
    assert stream.counters == StreamCounters(posted=1, dropped=2, failed=0, depth=0)


@pytest.mark.parametrize(
    ("overflow", "kept"),
    [("drop-newest", ["start", 0, 1, "end"]), ("drop-oldest", ["start", 3, 4, "end"])],
)
def test_control_events_are_not_dropped_and_keep_their_place(overflow: str, kept: list) -> None:
    backend, stream = gated(f"?queue_size=3&overflow={overflow}")
    fill(backend, stream, 0)
    stream.put([Control("start"), 0, 1])
    stream.put([2, 3, 4, Control("end")])
    backend.gate.set()
    assert stream.close()
    assert [each for each in backend.items if isinstance(each, str)] == ["held", "start", "end"]
    assert backend.items[:2] == ["held", "start"]
    assert backend.items[-1] == "end"
    assert stream.counters.posted + stream.counters.dropped == 8


def test_control_events_go_over_the_limit_of_a_stream_that_fails() -> None:
    backend, stream = gated("?queue_size=1&overflow=fail")
    fill(backend, stream, 1)
    stream.put([Control("end")])
    with pytest.raises(QueueFullError):
        stream.put([Control("x"), 1])
    backend.gate.set()
    assert stream.close()
    assert backend.items == ["held", 0, "end"]


@pytest.mark.parametrize(("on_error", "logged"), [("log", 1), ("ignore", 0)])
def test_failures_end_no_run_when_told_so(on_error: str, logged: int, caplog) -> None:
    backend, failures = Gated(f"gated://?on_error={on_error}"), []
    backend.gate.set()
    stream = EventStream(backend, failures.append)
    stream.put([RuntimeError("one"), RuntimeError("two"), 3])
    assert stream.close()
    assert failures == []
    assert len(caplog.records) == logged
    assert (stream.counters.posted, stream.counters.failed) == (1, 2)


def test_slow_backend_with_a_spill_blocks_no_probe_and_loses_nothing(tmp_path) -> None:
    backend, stream = gated(f"?queue_size=10&spill={tmp_path}&drain_timeout_s=0")
    fill(backend, stream, 3)
    for number in range(3, 203):
        stream.put([number])
        while stream._queue.waits_in_memory >= 10:
            pass  # the disk's thread has its turn
    assert not stream.close()
    assert stream.counters.dropped == 0
    assert stream.counters.on_disk == stream.counters.depth == 204
    backend.gate.set()
    stream.put([203])
    assert stream.close(60)
    numbers = [each for each in backend.items if each != "held"]
    assert numbers == list(range(204))


def test_stream_that_is_refused_keeps_its_events_on_disk(tmp_path) -> None:
    backend = Broken(f"?spill={tmp_path}")
    backend.raises["connect"] = [StreamError("wrong password")]
    failures: list[Exception] = []
    stream = EventStream(backend, failures.append)
    stream.put([1, 2])
    stream._last_worker.join(60)
    stream.put([3])
    stream.close()
    assert [str(each) for each in failures] == ["wrong password"]
    assert (stream.counters.on_disk, stream.counters.dropped) == (3, 0)
    stream.put([4])
    assert stream.close()
    assert backend.items == [1, 2, 3, 4]


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(["block", "drop-oldest", "drop-newest"]),
    st.integers(1, 5),
    st.lists(st.lists(st.integers(), max_size=7), max_size=8),
)
def test_every_item_is_posted_or_counted_as_dropped(overflow, size, batches) -> None:
    backend, stream = gated(f"?queue_size={size}&overflow={overflow}")
    backend.gate.set()
    for batch in batches:
        stream.put(batch)
    assert stream.close()
    counters = stream.counters
    total = sum(map(len, batches))
    assert counters.posted + counters.dropped == total
    assert len(backend.items) == counters.posted
    assert counters.depth == 0
    if overflow == "block":
        assert backend.items == [item for batch in batches for item in batch]
