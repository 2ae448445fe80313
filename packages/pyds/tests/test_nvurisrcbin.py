"""nvurisrcbin: one stream of NVMM pictures, whatever becomes of its source."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gi
import pytest

import pyds
from packages.pyds.tests.pipelines import Gst, PipelineError, playing, run, wait

FRAMES = 10
FRAME_NS = 40 * Gst.MSECOND
TIMEOUT_S = 200
SOURCE = (
    f"videotestsrc num-buffers={FRAMES} pattern=ball ! "
    "video/x-raw,width=128,height=96,framerate=25/1 ! x264enc tune=zerolatency ! h264parse"
)


@pytest.fixture(scope="module", params=["mp4", "mkv", "h264"])
def video(request: Any, tmp_path_factory: Any) -> Path:
    """Ten frames in a container that seeks well, in another, and in none."""
    path = tmp_path_factory.mktemp("video") / f"ten.{request.param}"
    mux = {
        "mp4": "! mp4mux",
        "mkv": "! matroskamux",
        "h264": "! video/x-h264,stream-format=byte-stream",
    }[request.param]
    run(f"{SOURCE} {mux} ! filesink location={path}")
    return path


class Frames:
    """Running times of the frames that leave a pad, and the events between them."""

    def __init__(self, pad: Any) -> None:
        self.times: list[int] = []
        self.events: list[Any] = []
        self.means: list[float] = []
        self._arrived = threading.Condition()
        self._segment = Gst.Segment()
        kinds = (
            Gst.PadProbeType.BUFFER
            | Gst.PadProbeType.EVENT_DOWNSTREAM
            | Gst.PadProbeType.EVENT_FLUSH
        )
        pad.add_probe(kinds, self._probe)

    def _probe(self, _pad: Any, info: Any) -> Any:
        if info.type & Gst.PadProbeType.BUFFER:
            buffer = info.get_buffer()
            with self._arrived:
                self.times.append(self._segment.to_running_time(Gst.Format.TIME, buffer.pts))
                self._arrived.notify_all()
        else:
            event = info.get_event()
            self.events.append(event.type)
            if event.type == Gst.EventType.SEGMENT:
                self._segment = event.parse_segment()
        return Gst.PadProbeReturn.OK

    def wait_for(self, count: int) -> None:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.times) >= count, TIMEOUT_S), (
                f"{len(self.times)} of {count} frames came"
            )


@contextmanager
def source(properties: str) -> Iterator[tuple[Any, Frames]]:
    """An nvurisrcbin in PLAYING whose frames are watched behind it, from the first on."""
    pipeline: Any = Gst.parse_launch(
        f"nvurisrcbin name=source {properties} ! queue ! fakesink name=out sync=false async=false"
    )
    frames = Frames(pipeline.get_by_name("out").get_static_pad("sink"))
    pipeline.set_state(Gst.State.PLAYING)
    try:
        yield pipeline, frames
    finally:
        pipeline.set_state(Gst.State.NULL)


def test_file_plays_once_into_nvmm_memory(video: Path) -> None:
    with playing(
        f"nvurisrcbin name=source uri={video.as_uri()} ! fakesink name=out sync=false"
    ) as pipeline:
        wait(pipeline)
        pad = pipeline.get_by_name("source").get_static_pad("vsrc_0")
        caps = pad.get_current_caps()
        assert caps.get_features(0).contains("memory:NVMM")
        assert caps.get_structure(0).get_value("width") == 128


def test_pad_says_that_it_is_nvmm_when_it_appears(video: Path) -> None:
    """Applications link it only then."""
    pipeline: Any = Gst.Pipeline()
    element: Any = Gst.ElementFactory.make("nvurisrcbin")
    sink: Any = Gst.ElementFactory.make("fakesink")
    found: list[tuple[str, str, bool]] = []

    def take(_element: Any, pad: Any) -> None:
        caps = pad.get_current_caps() or pad.query_caps(None)
        name = caps.get_structure(0).get_name()
        found.append((pad.get_name(), name, caps.get_features(0).contains("memory:NVMM")))
        pad.link(sink.get_static_pad("sink"))

    element.set_property("uri", video.as_uri())
    element.connect("pad-added", take)
    pipeline.add(element)
    pipeline.add(sink)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert found == [("vsrc_0", "video/x-raw", True)]


def test_loop_is_one_stream_without_a_gap(video: Path) -> None:
    with source(f"uri={video.as_uri()} file-loop=true") as (_, frames):
        frames.wait_for(4 * FRAMES + 5)
    steps = [b - a for a, b in zip(frames.times[:45], frames.times[1:45], strict=False)]
    assert all(abs(step - FRAME_NS) <= Gst.MSECOND for step in steps), steps
    assert Gst.EventType.EOS not in frames.events
    assert Gst.EventType.FLUSH_START not in frames.events


def test_loop_ends_when_the_application_ends_it(video: Path) -> None:
    """So that Ctrl-C finishes the files a pipeline writes."""
    with source(f"uri={video.as_uri()} file-loop=true") as (pipeline, frames):
        frames.wait_for(2 * FRAMES)
        pipeline.send_event(Gst.Event.new_eos())
        wait(pipeline)
    assert frames.events[-1] == Gst.EventType.EOS


def test_loop_counts_on_in_the_batches(video: Path) -> None:
    """One source of the mux for ever, as applications expect."""
    pipeline: Any = Gst.parse_launch(
        f"nvurisrcbin uri={video.as_uri()} file-loop=true ! mux.sink_0 "
        "nvstreammux name=mux width=128 height=96 batch-size=1 ! fakesink name=out sync=false"
    )
    numbers: list[int] = []
    enough = threading.Event()

    def look(batch: Any) -> None:
        numbers.extend(frame.frame_num for frame in batch.frames)
        if len(numbers) >= 25:
            enough.set()

    pyds.add_probe(pipeline.get_by_name("out").get_static_pad("sink"), look)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        assert enough.wait(TIMEOUT_S)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert numbers[:25] == list(range(25))


def test_loop_in_two_sources_side_by_side(video: Path) -> None:
    loop = f"nvurisrcbin uri={video.as_uri()} file-loop=true"
    # A source may be so late that the other one fills its queue before: no sink may wait for it.
    with playing(
        f"{loop} ! mux.sink_0 {loop} ! mux.sink_1 nvstreammux name=mux width=128 height=96 "
        "batch-size=2 ! nvstreamdemux name=d "
        "d.src_0 ! queue ! fakesink name=a sync=false async=false "
        "d.src_1 ! queue ! fakesink name=b sync=false async=false"
    ) as pipeline:
        seen = [Frames(pipeline.get_by_name(name).get_static_pad("sink")) for name in "ab"]
        for frames in seen:
            frames.wait_for(30)


def test_decoder_gets_its_properties(video: Path) -> None:
    with source(f"uri={video.as_uri()} drop-frame-interval=5") as (pipeline, frames):
        wait(pipeline)
    assert len(frames.times) == FRAMES // 5


def test_path_of_a_file_is_taken_too(video: Path) -> None:
    run(f"nvurisrcbin uri={video} ! fakesink")


def test_loop_that_cannot_start_leaves_no_thread() -> None:
    """It would end with the element, whose last owner may hold Python's lock that it needs."""
    before = len(os.listdir("/proc/self/task"))
    element: Any = Gst.ElementFactory.make("nvurisrcbin")
    element.set_property("uri", "file:///nonexistent.mp4")
    element.set_property("file-loop", True)
    assert element.set_state(Gst.State.PAUSED) == Gst.StateChangeReturn.FAILURE
    assert len(os.listdir("/proc/self/task")) <= before
    element.set_state(Gst.State.NULL)


def test_missing_uri_is_said() -> None:
    with pytest.raises(PipelineError, match="uri"):
        run("nvurisrcbin ! fakesink")


def test_recording_is_refused_in_words() -> None:
    element: Any = Gst.ElementFactory.make("nvurisrcbin")
    bus = Gst.Bus()
    element.set_bus(bus)
    element.emit("stop-sr", 0)
    warning, _ = bus.pop_filtered(Gst.MessageType.WARNING).parse_warning()
    assert "recording" in warning.message


# -- RTSP ----------------------------------------------------------------------------------------

try:
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, GstRtspServer
except ValueError:
    GstRtspServer = None
needs_rtsp_server = pytest.mark.skipif(
    GstRtspServer is None, reason="apt install gir1.2-gst-rtsp-server-1.0"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def camera(port: int) -> Iterator[None]:
    """An RTSP server with a test picture at /camera, for as long as the block lasts."""
    context = GLib.MainContext()
    loop = GLib.MainLoop(context)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(port))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=128,height=96,"
        "framerate=25/1 ! x264enc tune=zerolatency key-int-max=5 ! "
        "rtph264pay name=pay0 config-interval=1 )"
    )
    factory.set_shared(True)
    server.get_mount_points().add_factory("/camera", factory)
    attached = server.attach(context)
    assert attached
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        yield
    finally:
        server.client_filter(lambda *_: GstRtspServer.RTSPFilterResult.REMOVE)
        context.find_source_by_id(attached).destroy()
        loop.quit()
        thread.join()


def rtsp(port: int, properties: str) -> str:
    return f"uri=rtsp://127.0.0.1:{port}/camera latency=50 select-rtp-protocol=tcp {properties}"


@needs_rtsp_server
def test_camera_is_connected_anew_when_it_was_away() -> None:
    port = free_port()
    with camera(port):
        pipeline: Any = Gst.parse_launch(
            f"nvurisrcbin {rtsp(port, 'rtsp-reconnect-interval=1')} ! queue ! "
            "fakesink name=out sync=false async=false"
        )
        frames = Frames(pipeline.get_by_name("out").get_static_pad("sink"))
        pipeline.set_state(Gst.State.PLAYING)
        frames.wait_for(10)
    try:
        before = len(frames.times)
        with camera(port):
            frames.wait_for(before + 20)
        assert pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR) is None
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert Gst.EventType.EOS not in frames.events
    assert frames.times == sorted(frames.times)


@needs_rtsp_server
def test_application_can_end_the_stream_of_a_camera_that_is_away() -> None:
    port = free_port()
    with camera(port):
        pipeline: Any = Gst.parse_launch(
            f"nvurisrcbin name=source {rtsp(port, 'rtsp-reconnect-interval=60')} ! queue ! "
            "fakesink name=out sync=false async=false"
        )
        frames = Frames(pipeline.get_by_name("out").get_static_pad("sink"))
        gone = threading.Event()
        pipeline.get_by_name("source").connect(
            "deep-element-removed",
            lambda _bin, _sub, element: element.get_name() == "source" and gone.set(),
        )
        pipeline.set_state(Gst.State.PLAYING)
        frames.wait_for(3)
    try:
        assert gone.wait(TIMEOUT_S)
        pipeline.send_event(Gst.Event.new_eos())
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)


@needs_rtsp_server
def test_camera_gets_its_properties() -> None:
    port = free_port()
    found: list[Any] = []

    def look(_bin: Any, _sub_bin: Any, element: Any) -> None:
        if element.get_factory().get_name() == "rtspsrc":
            found.append(element)

    pipeline: Any = Gst.parse_launch(
        f"nvurisrcbin name=source {rtsp(port, 'drop-on-latency=true udp-buffer-size=4096')} ! "
        "fakesink"
    )
    pipeline.get_by_name("source").connect("deep-element-added", look)
    pipeline.set_state(Gst.State.PAUSED)
    try:
        (camera_source,) = found
        assert camera_source.get_property("latency") == 50
        assert camera_source.get_property("drop-on-latency") is True
        assert camera_source.get_property("udp-buffer-size") == 4096
        assert int(camera_source.get_property("protocols")) == 4
    finally:
        pipeline.set_state(Gst.State.NULL)


@needs_rtsp_server
def test_camera_may_come_later_than_the_pipeline() -> None:
    port = free_port()
    with source(rtsp(port, "rtsp-reconnect-interval=1")) as (pipeline, frames):
        with camera(port):
            frames.wait_for(5)
        assert pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR) is None


@needs_rtsp_server
def test_attempts_come_to_an_end() -> None:
    with (
        source(rtsp(free_port(), "rtsp-reconnect-interval=1 rtsp-reconnect-attempts=1")) as (
            pipeline,
            _,
        ),
        pytest.raises(PipelineError, match="rtsp-reconnect-attempts"),
    ):
        wait(pipeline)


@needs_rtsp_server
def test_without_reconnection_a_lost_camera_is_an_error() -> None:
    with source(rtsp(free_port(), "")) as (pipeline, _), pytest.raises(PipelineError):
        wait(pipeline)
