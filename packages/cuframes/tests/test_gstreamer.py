"""The GStreamer elements in real pipelines, with stock elements on both sides."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import Child, eventually

PLUGIN = Path(cuframes.__file__).parent / "gst" / "libgstcuframes.so"
if not PLUGIN.exists():
    pytest.skip("the GStreamer plugin was not built", allow_module_level=True)
if importlib.util.find_spec("gi") is None:
    pytest.skip("PyGObject is not installed here", allow_module_level=True)

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst

SIZE = "width=320,height=180,framerate=30/1"


@pytest.fixture(scope="module", autouse=True)
def plugin() -> None:
    Gst.init(None)
    assert Gst.Plugin.load_file(str(PLUGIN)) is not None


@pytest.fixture
def pipeline() -> Iterator[Callable[[str], Any]]:
    started: list[Any] = []

    def start(text: Any) -> Any:
        started.append(Gst.parse_launch(text) if isinstance(text, str) else text)
        assert started[-1].set_state(Gst.State.PLAYING) != Gst.StateChangeReturn.FAILURE
        return started[-1]

    yield start
    for one in started:
        one.set_state(Gst.State.NULL)


@pytest.fixture
def publishing(pipeline: Callable[[str], Any]) -> Callable[[str], Any]:
    """Starts a pipeline whose cuframessink `s` keeps its first frame back until it has a reader."""

    def start(text: str) -> Any:
        run = Gst.parse_launch(text)

        def hold(_pad: Any, _info: Any) -> Any:
            eventually(lambda: stats(run, "s").get("readers"))
            return Gst.PadProbeReturn.REMOVE

        run.get_by_name("s").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, hold)
        return pipeline(run)

    return start


def wait_for(one: Any, kind: Any, seconds: float = 60) -> Any:
    """The message of this kind; an error that is not asked for fails the test."""
    kinds = kind | Gst.MessageType.ERROR
    message = one.get_bus().timed_pop_filtered(int(seconds * Gst.SECOND), kinds)
    assert message is not None, "nothing came"
    if message.type == Gst.MessageType.ERROR and kind != Gst.MessageType.ERROR:
        raise AssertionError(message.parse_error())
    return message


def stats(one: Any, name: str) -> dict[str, int]:
    structure = one.get_by_name(name).get_property("stats")
    return {structure.nth_field_name(i): structure.get_value(structure.nth_field_name(i))
            for i in range(structure.n_fields())}  # fmt: skip


def test_no_copy_is_made_for_videotestsrc(pipeline: Callable[[str], Any]) -> None:
    run = pipeline(
        f"videotestsrc is-live=true pattern=white ! video/x-raw,format=NV12,{SIZE} ! "
        "cuframessink name=s key=cam"
    )
    with cuframes.subscribe("cam") as sub:
        frame = sub.next_frame(60)
        y, uv = frame.numpy()
        assert (frame.width, frame.height, frame.format) == (320, 180, "NV12")
        assert y.min() == y.max() >= 235
        assert (uv == 128).all()
        assert frame.pts_ns is not None
        assert frame.duration_ns == Gst.SECOND // 30
        seqs = [sub.next_frame(60).seq for _ in range(10)]
    assert seqs == sorted(seqs)
    counted = stats(run, "s")
    assert counted["published"] >= 10
    assert counted["copied-in"] == 0
    assert counted["dropped"] == 0


def test_buffers_of_other_memory_are_copied_once(pipeline: Callable[[str], Any]) -> None:
    run = pipeline(
        f"videotestsrc is-live=true ! video/x-raw,format=I420,{SIZE} ! identity "
        "drop-allocation=true ! cuframessink name=s key=cam"
    )
    with cuframes.subscribe("cam") as sub:
        assert len(sub.next_frame(60).planes) == 3
    assert eventually(lambda: stats(run, "s")["copied-in"] >= 1)


@pytest.mark.parametrize(
    "fmt", ["NV12", "I420", "YV12", "RGB", "BGR", "RGBA", "BGRx", "GRAY8", "P010_10LE", "GRAY16_LE"]
)
def test_the_picture_behind_sink_and_src_is_the_picture_before(
    pipeline: Callable[[str], Any], publishing: Callable[[str], Any], tmp_path: Path, fmt: str
) -> None:
    caps = f"video/x-raw,format={fmt},width=322,height=182"
    tail = "videoconvert ! video/x-raw,format=RGB ! pngenc ! filesink location="
    head = f"videotestsrc pattern=smpte num-buffers=1 ! {caps}"
    direct, ours = tmp_path / "direct.png", tmp_path / "ours.png"
    wait_for(pipeline(f"{head} ! {tail}{direct}"), Gst.MessageType.EOS)
    reader = pipeline(f"cuframessrc key=cam reconnect=false ! {tail}{ours} sync=false")
    wait_for(publishing(f"{head} ! cuframessink name=s key=cam"), Gst.MessageType.EOS)
    wait_for(reader, Gst.MessageType.EOS)
    pil = pytest.importorskip("PIL.Image")
    a = np.asarray(pil.open(direct).convert("RGB"), np.int16)
    b = np.asarray(pil.open(ours).convert("RGB"), np.int16)
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= 1


def test_src_hands_out_leases_and_takes_them_back() -> None:
    with cuframes.publish("cam", width=64, height=16, format="GRAY8", fps=30) as pub:
        run = Gst.parse_launch("cuframessrc key=cam ! appsink name=a sync=false")
        run.set_state(Gst.State.PLAYING)
        assert eventually(lambda: pub.readers())
        sink = run.get_by_name("a")
        for value in range(1, 40):
            pub.write(np.full((16, 64), value, np.uint8), value)
            sample = sink.emit("try-pull-sample", 60 * Gst.SECOND)
            buffer = sample.get_buffer()
            ok, mapped = buffer.map(Gst.MapFlags.READ)
            assert ok
            assert set(bytes(mapped.data[:64])) == {value}
            assert buffer.peek_memory(0).mini_object.flags & Gst.MemoryFlags.READONLY
            buffer.unmap(mapped)
            del buffer, sample, mapped
            assert pub.ring_occupancy == 1
        run.set_state(Gst.State.NULL)
        del run, sink  # appsink keeps its last sample until it is gone
        assert eventually(lambda: pub.ring_occupancy == 0)


def test_downstream_that_keeps_everything_gets_copies(pipeline: Callable[[str], Any]) -> None:
    with cuframes.publish("cam", width=64, height=16, format="GRAY8") as pub:
        run = pipeline("cuframessrc key=cam max-leases=3 policy=block ! appsink name=a sync=false")
        assert eventually(lambda: pub.readers())
        samples = []
        for value in range(1, 20):
            pub.write(np.full((16, 64), value, np.uint8), value)
            samples.append(run.get_by_name("a").emit("try-pull-sample", 60 * Gst.SECOND))
        for value, sample in enumerate(samples, 1):
            ok, mapped = sample.get_buffer().map(Gst.MapFlags.READ)
            assert ok
            assert mapped.data[0] == value
            sample.get_buffer().unmap(mapped)
        assert pub.ring_occupancy == 2
        del samples, sample


def test_caps_change_in_midstream(pipeline: Callable[[str], Any]) -> None:
    run = pipeline(
        "videotestsrc is-live=true ! capsfilter name=f caps=video/x-raw,format=NV12,width=320,"
        "height=180 ! cuframessink key=cam"
    )
    with cuframes.subscribe("cam", policy="in_order") as sub:
        first = sub.next_frame(60)
        assert first.width == 320
        caps = Gst.Caps.from_string("video/x-raw,format=RGB,width=160,height=90")
        run.get_by_name("f").set_property("caps", caps)
        last = first.seq
        first.release()
        while True:
            with sub.next_frame(60) as frame:
                assert frame.seq > last
                last = frame.seq
                if frame.width == 160:
                    assert frame.format == "RGB"
                    break
        assert "RECONFIGURED" in [e.kind.name for e in sub.events()]


def test_end_of_stream_reaches_readers(
    pipeline: Callable[[str], Any], publishing: Callable[[str], Any]
) -> None:
    reader = pipeline("cuframessrc key=cam reconnect=false ! fakesink")
    run = publishing(
        f"videotestsrc num-buffers=20 ! video/x-raw,{SIZE} ! cuframessink name=s key=cam"
    )
    wait_for(run, Gst.MessageType.EOS)
    wait_for(reader, Gst.MessageType.EOS)


def test_the_sidecar_travels_as_custom_meta(pipeline: Callable[[str], Any]) -> None:
    with cuframes.publish("one", width=64, height=16, format="GRAY8") as pub:
        pipeline("cuframessrc key=one policy=in-order ! identity ! cuframessink key=two sync=false")
        assert eventually(lambda: pub.readers())
        pub.write(np.zeros((16, 64), np.uint8), 1, user_meta=b"car 0.9")
        with cuframes.subscribe("two") as sub:
            assert sub.next_frame(60).user_meta == b"car 0.9"


def test_errors_reach_the_bus(pipeline: Callable[[str], Any]) -> None:
    run = pipeline("cuframessrc key=nobody timeout=100 ! fakesink")
    error, debug = wait_for(run, Gst.MessageType.ERROR).parse_error()
    assert "subscribe" in error.message
    assert "nobody" in debug
    assert isinstance(error, GLib.Error)


CUDA_CAPS = "video/x-raw(memory:CUDAMemory),format=NV12,width=64,height=32,framerate=30/1"


def test_frames_in_cuda_memory_are_refused_with_what_to_do(pipeline: Callable[[str], Any]) -> None:
    run = pipeline("appsrc name=a ! cuframessink key=cam")
    source = run.get_by_name("a")
    source.set_property("caps", Gst.Caps.from_string(CUDA_CAPS))
    source.emit("push-buffer", Gst.Buffer.new_allocate(None, 64 * 48, None))
    warning, advice = wait_for(run, Gst.MessageType.WARNING).parse_warning()
    assert "memory:CUDAMemory" in warning.message
    assert "cudadownload" in advice
    wait_for(run, Gst.MessageType.ERROR)


def test_a_source_says_what_downstream_does_not_take() -> None:
    with cuframes.publish("cam", width=64, height=16, format="GRAY8") as pub:
        pub.write(np.zeros((16, 64), np.uint8))
        run = Gst.parse_launch("cuframessrc key=cam ! capsfilter name=f ! fakesink")
        run.get_by_name("f").set_property("caps", Gst.Caps.from_string(CUDA_CAPS))
        run.set_state(Gst.State.PLAYING)
        error, advice = wait_for(run, Gst.MessageType.ERROR).parse_error()
        run.set_state(Gst.State.NULL)
    assert "does not take" in error.message
    assert "cudaupload" in advice
    assert "GRAY8" in advice


def test_a_flush_or_stop_does_not_wait_for_frames(pipeline: Callable[[str], Any]) -> None:
    with cuframes.publish("cam", width=64, height=16):
        run = pipeline("cuframessrc key=cam timeout=0 ! fakesink")
        time.sleep(0.1)
        start = time.monotonic()
        run.set_state(Gst.State.NULL)
        assert time.monotonic() - start < 20


def test_a_decoded_file_is_published_whole(
    pipeline: Callable[[str], Any],
    publishing: Callable[[str], Any],
    tmp_path: Path,
    child: Callable[..., Child],
) -> None:
    if Gst.ElementFactory.find("x264enc") is None or Gst.ElementFactory.find("avdec_h264") is None:
        pytest.skip("no H.264 encoder and decoder here")
    movie = tmp_path / "movie.mp4"
    encode = f"videotestsrc num-buffers=90 pattern=ball ! video/x-raw,format=I420,{SIZE} ! x264enc"
    wait_for(pipeline(f"{encode} ! mp4mux ! filesink location={movie}"), Gst.MessageType.EOS)
    reader = child(
        """
        import cuframes
        sub = cuframes.subscribe("film", policy="block", reconnect=False, timeout=60)
        print("up", flush=True)
        print(len({frame.pts_ns for frame in sub}), sub.drop_count, flush=True)
        """
    )
    run = publishing(
        f"filesrc location={movie} ! qtdemux ! h264parse ! avdec_h264 ! "
        "cuframessink name=s key=film sync=false"
    )
    assert reader.line() == "up"
    wait_for(run, Gst.MessageType.EOS)
    frames, dropped = map(int, reader.line().split())
    assert (frames, dropped) == (90, 0)


def test_gst_launch_finds_the_plugin() -> None:
    if subprocess.run(["which", "gst-inspect-1.0"], capture_output=True).returncode != 0:
        pytest.skip("gstreamer1.0-tools is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "cuframes", "gst-plugin-path"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == PLUGIN.parent
