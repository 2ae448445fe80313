"""nveglglessink and nv3dsink with and without a display."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from packages.pyds.tests.pipelines import Gst, playing, run, wait

SINKS = ["nveglglessink", "nv3dsink"]
FRAMES = "videotestsrc num-buffers={} ! video/x-raw,framerate=30/1,format={}"
SLOW = "videotestsrc num-buffers=100 ! video/x-raw,framerate=1/1,format=I420"
INTO_NVMM = "nvvideoconvert ! video/x-raw(memory:NVMM)"


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An X server of our own that shows nothing."""
    server = shutil.which("Xvfb")
    if server is None or Gst.ElementFactory.find("ximagesink") is None:
        pytest.skip("needs xvfb and gstreamer1.0-x: sudo apt install xvfb gstreamer1.0-x")
    # The server picks a free number and writes it to its standard output when it is ready.
    process = subprocess.Popen(
        [server, "-noreset", "-displayfd", "1", "-screen", "0", "800x600x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        monkeypatch.setenv("DISPLAY", f":{process.stdout.readline().strip()}")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def element_inside(sink: Any) -> str:
    return str(next(iter(sink.iterate_sinks())).get_factory().get_name())


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.usefixtures("no_display")
def test_without_a_display_frames_go_in_step_with_the_clock_and_it_says_so_once(sink: str) -> None:
    start = time.monotonic()
    with playing(f"{FRAMES.format(15, 'I420')} ! {INTO_NVMM} ! {sink} name=s") as pipeline:
        seen = []
        while (message := wait(pipeline, Gst.MessageType.EOS | Gst.MessageType.INFO)) is not None:
            if message.type == Gst.MessageType.EOS:
                break
            seen.append(message.parse_info())
        elapsed_s = time.monotonic() - start
        assert element_inside(pipeline.get_by_name("s")) == "fakesink"
    assert len(seen) == 1
    assert "no display" in seen[0][0].message
    assert elapsed_s > 14 / 30


@pytest.mark.usefixtures("no_display")
def test_sync_off_drops_frames_at_once() -> None:
    start = time.monotonic()
    run(f"{SLOW} ! {INTO_NVMM} ! nveglglessink sync=false")
    assert time.monotonic() - start < 50  # the stream lasts 100 s


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("chain", [INTO_NVMM, "queue"])
@pytest.mark.parametrize("format_name", ["I420", "RGBA", "YUY2"])
@pytest.mark.usefixtures("display")
def test_with_a_display_there_is_a_window(sink: str, chain: str, format_name: str) -> None:
    if format_name == "YUY2" and chain == INTO_NVMM:
        pytest.skip("YUY2 is no format of NVMM")
    with playing(
        f"{FRAMES.format(5, format_name)} ! {chain} ! {sink} name=s sync=false"
    ) as pipeline:
        wait(pipeline)
        assert element_inside(pipeline.get_by_name("s")) in ("ximagesink", "xvimagesink")


@pytest.mark.usefixtures("no_display")
@pytest.mark.parametrize("sink", SINKS)
def test_properties_reach_the_sink_inside(sink: str) -> None:
    with playing(
        f"{FRAMES.format(2, 'I420')} ! {sink} name=s sync=0 async=1 qos=0 enable-last-sample=0 "
        "max-lateness=-1 ts-offset=5 gpu-id=1 window-x=3 window-y=4 window-width=5 window-height=6"
    ) as pipeline:
        wait(pipeline)
        outer = pipeline.get_by_name("s")
        inner = next(iter(outer.iterate_sinks()))
        for name in ("sync", "async", "qos", "enable-last-sample", "max-lateness", "ts-offset"):
            assert inner.get_property(name) == outer.get_property(name), name
        outer.set_property("qos", True)
        assert inner.get_property("qos")


@pytest.mark.usefixtures("no_display")
def test_it_can_play_again_after_null() -> None:
    pipeline = Gst.parse_launch(f"{FRAMES.format(3, 'I420')} ! nv3dsink sync=false")
    for _ in range(3):
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
        pipeline.set_state(Gst.State.NULL)
