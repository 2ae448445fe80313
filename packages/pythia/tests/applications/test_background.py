"""Runs in the background and in asyncio programs."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pythia import Application
from pythia.exceptions import PipelineError
from pythia.utils.gst import Gst

SHORT = "videotestsrc num-buffers=5 ! fakesink name=s"
ENDLESS = "videotestsrc is-live=true ! video/x-raw,framerate=100/1 ! fakesink name=s"
BROKEN = "videotestsrc num-buffers=9 ! identity error-after=3 ! fakesink name=s"


def with_numbers(text: str) -> Application:
    app = Application.from_pipeline_string(text)
    count = iter(range(1_000_000))

    @app.probe("s", "sink", backend_uri="memory://?stream=numbers")
    def numbers(pad, info):
        yield next(count)

    return app


def test_background_run_gives_a_handle_that_waits_for_the_end() -> None:
    app = with_numbers(SHORT)
    handle = app(background=True)
    handle.result(timeout_s=60)
    assert not handle.is_running
    assert handle.wait(0)
    assert list(app.backend("s", "sink").deque) == [0, 1, 2, 3, 4]
    assert app.pipeline.get_state(0).state == Gst.State.NULL


def test_the_program_goes_on_and_stops_the_run_when_it_likes() -> None:
    app, buffers = Application.from_pipeline_string(ENDLESS), threading.Semaphore(0)
    app.probe("s", "sink")(lambda pad, info: buffers.release())
    handle = app(background=True)
    assert buffers.acquire(timeout=60)
    assert handle.is_running
    assert not handle.wait(0)
    with pytest.raises(TimeoutError, match=r"still runs after 0 s; stop\(\)"):
        handle.result(timeout_s=0)
    with pytest.raises(RuntimeError, match="already running"):
        app()
    handle.stop()
    handle.result(timeout_s=60)


def test_result_raises_what_ended_the_run() -> None:
    handle = Application.from_pipeline_string(BROKEN)(background=True)
    assert handle.wait(60)
    with pytest.raises(PipelineError, match="identity"):
        handle.result()


def test_a_failure_that_nobody_asked_for_is_logged(caplog) -> None:
    handle = Application.from_pipeline_string(BROKEN)(background=True)
    assert handle.wait(60)
    del handle
    gc.collect()
    assert "a run in the background failed" in caplog.text


def test_leaving_the_with_finishes_the_stream_so_that_files_are_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    app = Application.from_pipeline_string(
        "videotestsrc is-live=true ! video/x-raw,width=160,height=120 "
        "! x264enc tune=zerolatency speed-preset=ultrafast name=s "
        f"! mp4mux ! filesink location={path}"
    )
    buffers = threading.Semaphore(0)
    app.probe("s", "src")(lambda pad, info: buffers.release())
    with app(background=True):
        assert buffers.acquire(timeout=60)
    assert b"moov" in path.read_bytes()
    with app:
        app(background=True)
        assert buffers.acquire(timeout=60)
    assert app.loop is None
    assert b"moov" in path.read_bytes()


def test_an_exception_in_the_with_stops_the_run_and_comes_out() -> None:
    app = Application.from_pipeline_string(ENDLESS)
    with pytest.raises(KeyError, match="mine"), app, app(background=True):
        raise KeyError("mine")
    assert app.loop is None


@pytest.mark.parametrize("signum", [None, signal.SIGINT, signal.SIGTERM])
def test_a_program_that_ends_completes_its_files(tmp_path: Path, signum) -> None:
    path = tmp_path / "out.mp4"
    # A signal that comes while the program does something else is the program's own affair.
    wait = "handle.wait()" if signum else "pass"
    code = f"""
import signal, sys, threading
from pythia import Application

def announce():
    while {bool(signum)} and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        pass
    print("running", flush=True)

app = Application.from_pipeline_string(
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120 "
    "! x264enc tune=zerolatency speed-preset=ultrafast name=s ! mp4mux ! filesink location={path}")
first = threading.Event()
app.probe("s", "src")(lambda pad, info: first.set())
handle = app(background=True)
first.wait()
threading.Thread(target=announce).start()
{wait}
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "running\n"
    if signum:
        process.send_signal(signum)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"moov" in path.read_bytes()


def test_run_async_lets_other_tasks_go_on() -> None:
    async def main() -> None:
        app, buffers = Application.from_pipeline_string(ENDLESS), threading.Semaphore(0)
        app.probe("s", "sink")(lambda pad, info: buffers.release())
        run = asyncio.create_task(app.run_async())
        for _ in range(3):  # this task sees the run go on
            while not buffers.acquire(blocking=False):
                assert not run.done()
                await asyncio.sleep(0.001)
        app.stop()
        await run

    asyncio.run(main())


def test_run_async_raises_what_ended_the_run() -> None:
    with pytest.raises(PipelineError, match="identity"):
        asyncio.run(Application.from_pipeline_string(BROKEN).run_async())


def test_a_cancelled_task_finishes_the_stream_first() -> None:
    app = Application.from_pipeline_string(ENDLESS)
    ends = []

    async def main() -> None:
        loop, first = asyncio.get_running_loop(), asyncio.Event()
        app.probe("s", "sink")(lambda pad, info: loop.call_soon_threadsafe(first.set))
        run = asyncio.create_task(app.run_async())
        await first.wait()
        app.on_message_eos = lambda bus, message: (ends.append(1), app.stop())
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run

    asyncio.run(main())
    assert app.pipeline.get_state(0).state == Gst.State.NULL


def test_stream_gives_every_item_in_order_and_ends_with_the_run() -> None:
    app = with_numbers("videotestsrc num-buffers=300 ! fakesink name=s")

    async def main() -> list[int]:
        items = app.stream("numbers", queue_size=7)
        run = asyncio.create_task(app.run_async())
        seen = [item async for item in items]
        await run
        return seen

    assert asyncio.run(main()) == list(range(300))
    assert len(app.backend("s", "sink").deque) == 300


def test_leaving_the_loop_unsubscribes_and_blocks_nothing() -> None:
    app = with_numbers("videotestsrc num-buffers=300 ! fakesink name=s")

    async def main() -> None:
        run = asyncio.create_task(app.run_async())
        async for item in app.stream("memory://?stream=numbers", queue_size=1):
            if item >= 3:
                break
        await asyncio.wait_for(run, 60)

    asyncio.run(main())


def test_a_reader_that_never_reads_blocks_no_stop() -> None:
    app = with_numbers(ENDLESS)
    items = app.stream("numbers", queue_size=1)
    handle = app(background=True)
    while app.streams["memory://?stream=numbers"].counters.posted < 2:
        assert handle.is_running
    handle.stop()
    handle.result(timeout_s=60)
    assert items.dropped == 0


def test_a_slow_reader_may_lose_items_and_knows_how_many() -> None:
    app = with_numbers("videotestsrc num-buffers=50 ! fakesink name=s")
    items = app.stream("numbers", queue_size=10, overflow="drop-oldest")
    app()

    async def read() -> list[int]:
        return [item async for item in items]

    assert asyncio.run(read()) == list(range(40, 50))
    assert items.dropped == 40


def test_unknown_streams_are_named() -> None:
    app = with_numbers(SHORT)
    with pytest.raises(KeyError, match="Did you mean numbers"):
        app.stream("number")
    with pytest.raises(ValueError, match="block, drop-oldest"):
        app.stream("numbers", overflow="drop")
    with pytest.raises(ValueError, match="1 or more"):
        app.stream("numbers", queue_size=0)
