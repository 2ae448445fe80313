from __future__ import annotations

import os
import threading
import time

import pytest

from pythia.utils.gst import Gst
from pythia.utils.loop import BusLoop


@pytest.fixture
def bus():
    return Gst.Bus.new()


def test_messages_posted_by_another_thread_arrive_in_order(bus) -> None:
    seen = []

    def on_message(message) -> None:
        seen.append(message.get_structure().get_name())
        if len(seen) == 100:
            loop.quit()

    loop = BusLoop(bus, on_message)

    def post() -> None:
        for number in range(100):
            structure = Gst.Structure.new_empty(f"m{number}")
            bus.post(Gst.Message.new_application(None, structure))

    thread = threading.Thread(target=post)
    thread.start()
    loop.run()
    thread.join()
    loop.close()
    assert seen == [f"m{number}" for number in range(100)]


def test_calls_and_timers_run_in_the_thread_of_the_loop(bus) -> None:
    loop, calls = BusLoop(bus, lambda message: None), []
    loop.call_later(0.05, lambda: (calls.append(("late", threading.current_thread())), loop.quit()))
    loop.call_later(0.01, lambda: calls.append(("early", threading.current_thread())))
    thread = threading.Thread(
        target=lambda: loop.call_soon(lambda: calls.append(("soon", threading.current_thread())))
    )
    thread.start()
    thread.join()
    assert not loop.is_running()
    loop.run()
    loop.close()
    assert [name for name, _ in calls] == ["soon", "early", "late"]
    assert {where for _, where in calls} == {threading.main_thread()}


def test_quit_wakes_a_sleeping_loop(bus) -> None:
    loop = BusLoop(bus, lambda message: None)
    started = time.monotonic()
    thread = threading.Timer(0.05, loop.quit)
    thread.start()
    loop.run()
    thread.join()
    loop.close()
    assert time.monotonic() - started < 30


def test_closing_twice_and_quitting_after_close_are_harmless(bus) -> None:
    before = len(os.listdir("/proc/self/fd"))
    loop = BusLoop(bus, lambda message: None)
    loop.close()
    loop.close()
    loop.quit()
    loop.call_soon(lambda: None)
    assert len(os.listdir("/proc/self/fd")) == before
