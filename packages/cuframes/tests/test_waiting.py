"""Waiting for frames: threads, signals, select, asyncio, iteration, policies."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import Child, eventually

# SIGALRM, by which a test that hangs is ended otherwise, is the test's.
own_alarm = pytest.mark.timeout(method="thread")


def write(pub: cuframes.CuframesPublisher, value: int) -> None:
    pub.write(np.full((16, 64), value % 256, np.uint8), value)


def test_close_wakes_a_blocked_next_frame(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    caught: list[BaseException] = []

    def wait() -> None:
        try:
            sub.next_frame(None)
        except cuframes.CuframesError as error:
            caught.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.02)
    sub.close()
    thread.join(60)
    assert isinstance(caught[0], cuframes.CuframesClosed)


def test_waiting_lets_other_threads_run(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    thread = threading.Timer(0.02, write, (gray, 1))
    thread.start()
    assert sub.next_frame(60).pts_ns == 1
    thread.join()


@own_alarm
def test_a_signal_handler_runs_and_the_wait_goes_on(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    ran: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda *_: (ran.append(1), write(gray, 5)))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        assert sub.next_frame(60).pts_ns == 5
    finally:
        signal.signal(signal.SIGALRM, before)
    assert ran == [1]


@own_alarm
@pytest.mark.parametrize("state", ["silent", "searching", "full"])
def test_an_exception_in_a_handler_ends_the_wait(
    gray: cuframes.CuframesPublisher, state: str
) -> None:
    sub = cuframes.subscribe("cam", max_leases=1)
    held = None
    if state == "full":
        write(gray, 1)
        held = sub.next_frame()
    if state == "searching":
        gray.close()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    start = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        with pytest.raises(KeyboardInterrupt):
            sub.next_frame(None)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - start < 20
    del held


@pytest.mark.parametrize("state", ["silent", "searching"])
def test_a_signal_that_does_not_end_the_sleep_is_handled_too(
    gray: cuframes.CuframesPublisher, state: str
) -> None:
    """It may come just before the sleep, or to another thread."""
    sub = cuframes.subscribe("cam")
    if state == "searching":
        gray.close()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def signal_oneself() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    thread = threading.Timer(0.05, signal_oneself)
    try:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            thread.start()
            sub.next_frame(None)
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)


def test_iteration_ends_with_the_stream(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam", policy="in_order", reconnect=False)
    for value in range(5):
        write(gray, value)
    gray.close()
    assert [frame.pts_ns for frame in sub] == [0, 1, 2, 3, 4]
    assert sub.ended


def test_iteration_ends_when_the_subscriber_is_closed(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    threading.Timer(0.03, sub.close).start()
    assert list(sub) == []


def test_policies_differ_in_what_they_skip(gray: cuframes.CuframesPublisher) -> None:
    newest = cuframes.subscribe("cam")
    in_order = cuframes.subscribe("cam", policy="in_order")
    for value in range(30):  # more than the 18 slots
        write(gray, value)
    assert newest.next_frame().pts_ns == 29
    assert newest.drop_count == 29
    assert newest.gap_count == 1
    seen = []
    while (frame := in_order.try_next()) is not None:
        seen.append((frame.seq, frame.gap))
    assert [seq for seq, _ in seen] == list(range(13, 31))
    assert seen[0][1] == 12
    assert in_order.drop_count == 12


def test_block_makes_the_publisher_wait(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam", policy="block", reconnect=False)
    seen: list[int | None] = []

    def read() -> None:
        for frame in sub:
            seen.append(frame.pts_ns)  # noqa: PERF401

    thread = threading.Thread(target=read)
    thread.start()
    for value in range(300):
        write(gray, value)
    gray.close()
    thread.join(60)
    assert seen == list(range(300))


def test_a_live_source_refuses_block_readers() -> None:
    with cuframes.publish("cam", width=64, height=16, allow_block=False):  # noqa: SIM117
        with pytest.raises(ValueError, match="live source"):
            cuframes.subscribe("cam", policy="block")


def test_fileno_works_with_select(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    for value in range(10):
        assert sub.try_next() is None
        assert select.select([sub], [], [], 0)[0] == []
        write(gray, value)
        assert select.select([sub], [], [], 5)[0] == [sub]
        frame = sub.try_next()
        assert frame is not None
        assert frame.pts_ns == value


def test_wait_any_returns_those_with_news() -> None:
    pubs = [cuframes.publish(f"cam{i}", width=64, height=16, format="GRAY8") for i in range(3)]
    subs = [cuframes.subscribe(f"cam{i}") for i in range(3)]
    assert cuframes.wait_any(subs, 0.02) == []
    write(pubs[1], 1)
    assert cuframes.wait_any(subs, 5) == [subs[1]]
    subs[1].next_frame()
    threading.Timer(0.02, write, (pubs[2], 2)).start()
    assert cuframes.wait_any(subs, 5) == [subs[2]]
    subs[2].next_frame()
    pubs[0].close()
    assert cuframes.wait_any(subs, 0.05) == [], "a publisher that may come back is no news"
    for pub in pubs[1:]:
        pub.close()


def test_wait_any_reports_a_dead_stream_that_will_not_be_followed(
    gray: cuframes.CuframesPublisher,
) -> None:
    sub = cuframes.subscribe("cam", reconnect=False)
    gray.close()
    assert cuframes.wait_any([sub], 5) == [sub]
    with pytest.raises(cuframes.CuframesPublisherGone):
        sub.next_frame(0)


def test_asyncio_gets_frames_of_two_streams_at_once() -> None:
    seen: dict[str, list[int | None]] = {}

    async def collect(key: str) -> None:
        sub = cuframes.subscribe(key, policy="in_order", reconnect=False)
        seen[key] = []
        async for frame in sub.stream():
            seen[key].append(frame.pts_ns)

    async def feed() -> None:
        while len(seen) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
        for value in range(40):
            for pub in pubs:
                write(pub, value)
            # A reader that is far behind would miss frames.
            while min(map(len, seen.values())) < value - 3:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        for pub in pubs:
            pub.close()

    async def main() -> None:
        await asyncio.gather(collect("a"), collect("b"), feed())

    pubs = [cuframes.publish(k, width=64, height=16, format="GRAY8") for k in "ab"]
    asyncio.run(main())
    assert seen == {"a": list(range(40)), "b": list(range(40))}


def test_cancelling_an_async_loop_leaks_nothing(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")

    async def consume() -> None:
        async for frame in sub.stream():
            frame.release()

    async def main() -> None:
        sub.fileno()
        fds = len(os.listdir("/proc/self/fd"))
        for value in range(5):
            task = asyncio.create_task(consume())
            await asyncio.sleep(0.005)
            write(gray, value)
            await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.sleep(0.005)  # the loop finalises the abandoned generator
        assert len(os.listdir("/proc/self/fd")) == fds

    asyncio.run(main())
    gc.collect()
    assert sub.held == 0
    write(gray, 9)
    assert sub.next_frame().pts_ns == 9


def test_many_streams_share_one_background_thread() -> None:
    pubs = [cuframes.publish(f"c{i}", width=64, height=16, format="GRAY8") for i in range(8)]
    subs = [cuframes.subscribe(f"c{i}") for i in range(8)]
    names = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/comm") as comm:
            names.append(comm.read().strip())
    assert names.count("cuframes") == 1
    for sub in subs:
        sub.close()
    for pub in pubs:
        pub.close()


def test_publisher_state_goes_from_active_to_stale_to_dead(
    gray: cuframes.CuframesPublisher,
) -> None:
    sub = cuframes.subscribe("cam")
    assert sub.publisher_state is cuframes.PublisherState.STALE
    write(gray, 1)
    assert sub.publisher_state is cuframes.PublisherState.ACTIVE
    assert eventually(lambda: sub.publisher_state is cuframes.PublisherState.STALE, 20)
    gray.close()
    assert eventually(lambda: sub.publisher_state is cuframes.PublisherState.DEAD, 20)


def test_looking_for_due_frames_costs_little_of_a_core(child: Callable[..., Child]) -> None:
    publisher = child(
        """
        import time, numpy as np, cuframes
        pub = cuframes.publish("steady", width=64, height=16, format="GRAY8")
        picture = np.zeros((16, 64), np.uint8)
        print("up", flush=True)
        due = time.monotonic()
        while True:
            pub.write(picture)
            due += 1 / 30
            time.sleep(max(due - time.monotonic(), 0))
        """
    )
    assert publisher.line() == "up"
    with cuframes.subscribe("steady", policy="in_order", spin=0.0005) as sub:
        sub.next_frame(5).release()
        start, cpu = time.monotonic(), time.process_time()
        for _ in range(45):
            sub.next_frame(5).release()
        core = (time.process_time() - cpu) / (time.monotonic() - start)
    assert core < 0.15  # 1.5 % are allowed for, the rest is what else a busy machine adds


@pytest.mark.parametrize("spin", [-0.001, 0.0011, float("nan"), float("inf")])
def test_a_spin_out_of_range_is_refused(gray: cuframes.CuframesPublisher, spin: float) -> None:
    with pytest.raises(ValueError, match="spin_ns"):
        cuframes.subscribe("cam", spin=spin)
