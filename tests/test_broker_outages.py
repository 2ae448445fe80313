"""The video keeps its pace whatever a broker does, and nothing is lost.

The long ones are marked slow: ``make test-slow``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from pythia import Application
from pythia.event_stream import EventStream
from tests.brokers import Broker

FPS = 30
PER_FRAME = 5
DRAIN_TIMEOUT_S = 10

SLOW_BACKEND = """
import time
from pythia.event_stream import Backend

class Slow(Backend):
    def post(self, data):
        time.sleep(0.1)
"""


@dataclass(frozen=True)
class LiveRun:
    """What a live video of a run did."""

    times: list[float]
    closed_s: float  # from the last frame to the return of app()
    stream: EventStream | None

    @property
    def fps(self) -> float:
        return (len(self.times) - 1) / (self.times[-1] - self.times[0])

    @property
    def stalled_s(self) -> float:
        """How long frames were late by more than a busy machine makes them, in all."""
        return sum(max(0.0, after - before - 0.1) for before, after in pairwise(self.times))


def run_live(uri: str | None, frames: int, at_frame=None) -> LiveRun:
    """Runs a live pipeline of 30 fps with five events a frame; `at_frame` are things to do."""
    app = Application.from_pipeline_string(
        f"videotestsrc is-live=true num-buffers={frames} ! video/x-raw,width=64,height=48,"
        f"framerate={FPS}/1 ! identity name=here ! fakesink name=sink sync=false"
    )
    times: list[float] = []

    @app.probe("sink", "sink")
    def clock(pad, info):
        times.append(time.monotonic())
        action = (at_frame or {}).get(len(times))
        if action is not None:
            action()

    if uri is not None:

        @app.probe("here", "src", backend_uri=uri)
        def events_of(pad, info):
            for number in range(PER_FRAME):
                yield {"number": len(times) * PER_FRAME + number, "pts": info.get_buffer().pts}

    app()
    closed_s = time.monotonic() - times[-1]
    assert len(times) == frames, "a frame is missing"
    return LiveRun(times, closed_s, app.streams.get(uri))


def assert_pace(run: LiveRun, bare: LiveRun) -> None:
    assert abs(run.fps / bare.fps - 1) < 0.02
    # A source that was held up would catch up later, with the same average.
    assert run.stalled_s < 0.5


def assert_all_arrived_and_counted(run: LiveRun, broker: Broker, frames: int) -> None:
    assert run.stream is not None
    counters, count = run.stream.counters, frames * PER_FRAME
    assert (counters.posted, counters.dropped, counters.failed) == (count, 0, 0)
    assert (counters.depth, counters.on_disk) == (0, 0)
    assert len({(each["pts"], each["number"]) for each in broker.wait_for(count)}) == count
    assert run.closed_s < DRAIN_TIMEOUT_S


def test_slow_posts_hold_up_no_frame_and_are_on_disk_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW_BACKEND)
    uri = f"{tmp_path}/slow.py:Slow://?stream=x&drain_timeout_s=0.5&spill={tmp_path}/spill"
    bare = run_live(None, 60)
    slow = run_live(uri, 60)
    # Loose, for machines that are busy: to wait for the posts would take 30 s.
    assert slow.fps > bare.fps / 2
    assert slow.closed_s < 15
    slow.stream._last_worker.join(60)
    counters = slow.stream.counters
    assert counters.dropped == 0
    assert counters.posted + counters.depth == 60 * PER_FRAME
    assert counters.on_disk >= counters.depth > 0


@pytest.fixture(scope="module")
def bare() -> LiveRun:
    return run_live(None, 5 * FPS)


def spilled(broker: Broker, tmp_path: Path) -> str:
    """With a queue that holds a second: what comes in an outage has to go through the disk."""
    query = f"&timeout_s=1&drain_timeout_s={DRAIN_TIMEOUT_S}&queue_size={FPS * PER_FRAME}"
    return f"{broker.base_uri}{query}&spill={tmp_path}"


@pytest.mark.slow
def test_broker_that_dies_for_ten_seconds(broker: Broker, bare: LiveRun, tmp_path: Path) -> None:
    frames = 14 * FPS
    run = run_live(
        spilled(broker, tmp_path),
        frames,
        {2 * FPS: broker.proxy.down, 12 * FPS: broker.proxy.up},
    )
    assert_pace(run, bare)
    assert run.stream.counters.outages >= 1
    assert_all_arrived_and_counted(run, broker, frames)


@pytest.mark.slow
def test_broker_that_is_down_at_the_start(broker: Broker, bare: LiveRun, tmp_path: Path) -> None:
    broker.proxy.down()
    run = run_live(spilled(broker, tmp_path), 5 * FPS, {3 * FPS: broker.proxy.up})
    assert_pace(run, bare)
    assert run.stream.counters.outages == 1
    assert_all_arrived_and_counted(run, broker, 5 * FPS)


@pytest.mark.slow
def test_broker_that_never_comes_costs_the_deadline(
    broker: Broker, bare: LiveRun, tmp_path: Path
) -> None:
    broker.proxy.down()
    uri = spilled(broker, tmp_path).replace(
        f"drain_timeout_s={DRAIN_TIMEOUT_S}", "drain_timeout_s=1"
    )
    run = run_live(uri, 3 * FPS)
    assert_pace(run, bare)
    assert run.closed_s < 2.5
    counters = run.stream.counters
    assert (counters.posted, counters.dropped) == (0, 0)
    assert counters.on_disk == counters.depth == 3 * FPS * PER_FRAME


@pytest.mark.slow
def test_broker_that_answers_after_100_ms(broker: Broker, bare: LiveRun, tmp_path: Path) -> None:
    broker.proxy.delay_s = 0.1
    run = run_live(spilled(broker, tmp_path), 5 * FPS)
    assert_pace(run, bare)
    assert run.stream.counters.outages == 0
    assert_all_arrived_and_counted(run, broker, 5 * FPS)
