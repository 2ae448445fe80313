"""nvstreammux: every frame of every source comes out once, in order, whatever the sources do."""

from __future__ import annotations

import queue
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import pyds
from packages.pyds.tests.pipelines import (
    Gst,
    PipelineError,
    caps_at,
    playing,
    run,
    samples,
    wait,
)

TIMEOUT_S = 200
FRAME_NS = 40 * Gst.MSECOND


@dataclass
class Seen:
    """One frame of a batch as it left the mux."""

    source: int
    number: int
    pts: int
    ntp: int
    source_size: tuple[int, int]
    size: tuple[int, int]
    format: str
    luma: npt.NDArray[np.uint8]  # or all channels of RGBA


@dataclass
class Batch:
    pts: int
    frames: list[Seen]

    @property
    def names(self) -> list[tuple[int, int]]:
        """(source, frame number) of all frames; they stand in the order of arrival, any order."""
        return sorted((frame.source, frame.number) for frame in self.frames)


class Output:
    """Everything that leaves a pad, in order."""

    def __init__(self, pad: Any) -> None:
        self.batches: list[Batch] = []
        self._new: queue.Queue[Batch] = queue.Queue()
        self.problems: list[Exception] = []
        pad.add_probe(Gst.PadProbeType.BUFFER, self._probe)

    def _probe(self, _pad: Any, info: Any) -> Any:
        try:
            batch = self._read(info.get_buffer())
            self.batches.append(batch)
            self._new.put(batch)
        except Exception as problem:  # a probe that raises would drop the buffer
            self.problems.append(problem)
        return Gst.PadProbeReturn.OK

    @staticmethod
    def _read(buffer: Any) -> Batch:
        batch: Any = pyds.gst_buffer_get_nvds_batch_meta(hash(buffer))
        metas = list(batch.frames)
        assert [meta.batch_id for meta in metas] == list(range(len(metas)))
        assert all(meta.pad_index == meta.source_id for meta in metas)
        frames = []
        for meta in metas:
            picture = pyds.frame(buffer, meta.batch_id)
            assert (meta.pipeline_width, meta.pipeline_height) == (picture.width, picture.height)
            frames.append(
                Seen(
                    meta.source_id,
                    meta.frame_num,
                    meta.buf_pts,
                    meta.ntp_timestamp,
                    (meta.source_frame_width, meta.source_frame_height),
                    (picture.width, picture.height),
                    picture.format,
                    np.array(picture.planes[0]),
                )
            )
        return Batch(buffer.pts, frames)

    def next(self) -> Batch:
        assert not self.problems, self.problems
        return self._new.get(timeout=TIMEOUT_S)

    def is_silent(self, seconds: float = 0.05) -> bool:
        try:
            self._new.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def counts(self) -> dict[int, int]:
        """Frames per source; also checks that nothing is lost, doubled or out of order."""
        assert not self.problems, self.problems
        numbers: dict[int, list[int]] = defaultdict(list)
        for batch in self.batches:
            sources = [frame.source for frame in batch.frames]
            assert len(set(sources)) == len(sources), "two frames of a source in a batch"
            for frame in batch.frames:
                numbers[frame.source].append(frame.number)
        for source, seen in numbers.items():
            assert seen == list(range(len(seen))), f"source {source}"
        times = [batch.pts for batch in self.batches]
        assert times == sorted(times), "time goes back"
        return {source: len(seen) for source, seen in numbers.items()}


def shade(source: int) -> int:
    """The luma of all pixels of a source."""
    return 40 + 45 * source


class Source:
    """An appsrc on a pad of the mux: delivers frames when the test says so."""

    def __init__(self, pipeline: Any, pad: str, *, width: int = 64, height: int = 48) -> None:
        self.pipeline = pipeline
        self.mux = pipeline.get_by_name("m")
        element: Any = Gst.ElementFactory.make("appsrc", f"source_{pad}")
        caps = f"video/x-raw,format=GRAY8,width={width},height={height},framerate=25/1"
        element.set_property("caps", Gst.Caps.from_string(caps))
        element.set_property("format", Gst.Format.TIME)
        pipeline.add(element)
        self.pad = self.mux.request_pad_simple(pad)
        self.id = int(self.pad.get_name().removeprefix("sink_"))
        self.size = width * height
        self.pushed = 0
        assert element.get_static_pad("src").link(self.pad) == Gst.PadLinkReturn.OK
        element.sync_state_with_parent()
        self.element = element

    def push(self, frames: int) -> None:
        for _ in range(frames):
            buffer = Gst.Buffer.new_wrapped(bytes([shade(self.id)]) * self.size)
            buffer.pts = self.pushed * FRAME_NS
            buffer.duration = FRAME_NS
            self.pushed += 1
            assert self.element.emit("push-buffer", buffer) == Gst.FlowReturn.OK

    def end(self) -> None:
        self.element.emit("end-of-stream")

    def remove(self) -> None:
        """As DeepStream's runtime_source_add_delete does it."""
        self.element.set_locked_state(True)  # the pipeline may still be on its way to PLAYING
        self.element.set_state(Gst.State.NULL)
        self.pad.send_event(Gst.Event.new_flush_stop(False))
        self.mux.release_request_pad(self.pad)
        self.pipeline.remove(self.element)


@contextmanager
def muxing(properties: str = "", *, tail: str = "fakesink sync=false") -> Iterator[Any]:
    """A pipeline of a mux without sources, and its output."""
    description = f"nvstreammux name=m width=64 height=48 {properties} ! {tail}"
    with playing(description) as pipeline:
        yield pipeline, Output(pipeline.get_by_name("m").get_static_pad("src"))


def wait_for_end_of(pipeline: Any, source: int) -> None:
    while True:
        message = wait(pipeline, Gst.MessageType.ELEMENT)
        structure = message.get_structure()
        if structure.get_name() == "stream-eos" and structure.get_value("stream-id") == source:
            return


def collect(description: str) -> Output:
    """Runs a pipeline to its end and returns what left `m.src`."""
    pipeline: Any = Gst.parse_launch(description)
    output = Output(pipeline.get_by_name("m").get_static_pad("src"))
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    return output


# Sources that come and go


def test_four_sources_one_ends_early_and_one_is_added_while_running() -> None:
    with muxing("batch-size=4") as (pipeline, output):
        first = [Source(pipeline, f"sink_{index}") for index in range(3)]
        for source in first:
            source.push(4)
        first[2].end()
        wait_for_end_of(pipeline, 2)
        added = Source(pipeline, "sink_3")
        for source in (first[0], first[1], added):
            source.push(12)
            source.end()
        wait(pipeline)
        assert output.counts() == {0: 16, 1: 16, 2: 4, 3: 12}
        for batch in output.batches:
            for frame in batch.frames:
                assert np.all(frame.luma == shade(frame.source))


def test_batches_are_whole_while_all_sources_deliver() -> None:
    with muxing("batch-size=3") as (pipeline, output):
        sources = [Source(pipeline, f"sink_{index}") for index in range(3)]
        for source in sources:
            source.push(20)
        for source in sources:
            source.end()
        wait(pipeline)
        assert output.counts() == {0: 20, 1: 20, 2: 20}
        assert [len(batch.frames) for batch in output.batches] == [3] * 20


def test_a_batch_waits_for_a_linked_source_without_timeout() -> None:
    with muxing("batch-size=2") as (pipeline, output):
        fast, slow = Source(pipeline, "sink_0"), Source(pipeline, "sink_1")
        fast.push(5)
        assert output.is_silent()
        slow.push(1)
        assert output.next().names == [(0, 0), (1, 0)]
        assert output.is_silent()


def test_a_stalled_source_gives_partial_batches_after_the_timeout() -> None:
    with muxing("batch-size=2 batched-push-timeout=10000") as (pipeline, output):
        running, stalled = Source(pipeline, "sink_0"), Source(pipeline, "sink_1")
        running.push(3)
        assert [output.next().names for _ in range(3)] == [[(0, 0)], [(0, 1)], [(0, 2)]]
        stalled.push(1)
        assert output.next().names == [(1, 0)]
        running.end()
        stalled.end()
        wait(pipeline)
        assert output.counts() == {0: 3, 1: 1}


def test_a_gap_lets_the_others_pass() -> None:
    with muxing("batch-size=2") as (pipeline, output):
        running, sparse = Source(pipeline, "sink_0"), Source(pipeline, "sink_1")
        running.push(1)
        sparse.push(1)
        assert output.next().names == [(0, 0), (1, 0)]
        sparse.pad.send_event(Gst.Event.new_gap(FRAME_NS, FRAME_NS))
        running.push(2)
        assert output.next().names == [(0, 1)]
        assert output.next().names == [(0, 2)]


def test_a_source_can_be_removed_while_its_thread_waits() -> None:
    with muxing("batch-size=2") as (pipeline, output):
        full, other = Source(pipeline, "sink_0"), Source(pipeline, "sink_1")
        full.push(10)
        assert output.is_silent()  # by now it waits for room
        # Its state can change only once its thread is back, so the pad goes first.
        pipeline.get_by_name("m").release_request_pad(full.pad)
        full.element.set_locked_state(True)
        full.element.set_state(Gst.State.NULL)
        other.push(4)
        other.end()
        wait(pipeline)
        assert output.counts()[1] == 4


def test_a_removed_pad_can_come_back_and_counts_from_zero() -> None:
    with muxing("batch-size=2") as (pipeline, output):
        first = Source(pipeline, "sink_0")
        stays = Source(pipeline, "sink_1")
        for source in (first, stays):
            source.push(3)
        for _ in range(3):
            output.next()
        first.remove()
        second = Source(pipeline, "sink_0")
        for source in (second, stays):
            source.push(2)
        names = sorted(output.next().names + output.next().names)
        assert names == [(0, 0), (0, 1), (1, 3), (1, 4)]


def test_twenty_sources_come_and_go_while_one_stays() -> None:
    with muxing("batch-size=8 batched-push-timeout=2000") as (pipeline, output):
        stays = Source(pipeline, "sink_0")
        for index in range(20):
            guest = Source(pipeline, f"sink_{1 + index % 4}")
            stays.push(2)
            guest.push(2)
            if index % 2:
                guest.end()
                wait_for_end_of(pipeline, guest.id)
            guest.remove()
        stays.end()
        wait(pipeline)
        own = [
            frame.number for batch in output.batches for frame in batch.frames if not frame.source
        ]
        assert own == list(range(40))


def test_end_of_all_sources_is_the_end_and_a_new_source_a_new_stream() -> None:
    with muxing("batch-size=1 drop-pipeline-eos=true") as (pipeline, output):
        first = Source(pipeline, "sink_0")
        first.push(2)
        first.end()
        wait_for_end_of(pipeline, 0)
        second = Source(pipeline, "sink_1")
        second.push(2)
        assert [output.next().names for _ in range(4)] == [[(0, 0)], [(0, 1)], [(1, 0)], [(1, 1)]]


def test_pads_are_named_sink_n_and_each_is_there_once() -> None:
    mux: Any = Gst.ElementFactory.make("nvstreammux")
    assert mux.request_pad_simple("sink_7").get_name() == "sink_7"
    assert mux.request_pad_simple("sink_7") is None
    assert mux.request_pad_simple("sink_x") is None
    assert mux.request_pad_simple("sink_%u").get_name() == "sink_0"
    assert mux.request_pad_simple("sink_%u").get_name() == "sink_1"


# Pipelines: states, errors, shutdown


TWO_SOURCES = (
    "nvstreammux name=m width=64 height=48 batch-size=2 ! {tail} "
    "videotestsrc num-buffers={n} ! video/x-raw,framerate=25/1 ! m.sink_0 "
    "videotestsrc num-buffers={n} pattern=ball ! video/x-raw,framerate=25/1 ! m.sink_1 "
)


def test_twenty_rounds_through_null_begin_anew() -> None:
    pipeline: Any = Gst.parse_launch(TWO_SOURCES.format(n=5, tail="fakesink sync=false"))
    pad = pipeline.get_by_name("m").get_static_pad("src")
    for _ in range(20):
        output = Output(pad)
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
        pipeline.set_state(Gst.State.NULL)
        assert output.batches[0].names == [(0, 0), (1, 0)]
        assert output.counts() == {0: 5, 1: 5}


def test_pause_and_resume_lose_nothing() -> None:
    with playing(TWO_SOURCES.format(n=25, tail="fakesink sync=true")) as pipeline:
        output = Output(pipeline.get_by_name("m").get_static_pad("src"))
        # Playing first: GStreamer itself can miss a pause in the middle of its start.
        for state in (Gst.State.PLAYING, Gst.State.PAUSED) * 5 + (Gst.State.PLAYING,):
            pipeline.set_state(state)
            pipeline.get_state(TIMEOUT_S * Gst.SECOND)
        wait(pipeline)
        numbers = [f.number for b in output.batches for f in b.frames if f.source == 0]
        assert numbers == list(range(numbers[0], 25))


def test_stopping_with_full_queues_does_not_hang() -> None:
    for _ in range(10):
        pipeline: Any = Gst.parse_launch(TWO_SOURCES.format(n=-1, tail="fakesink sync=true"))
        pipeline.set_state(Gst.State.PAUSED)
        assert pipeline.get_state(TIMEOUT_S * Gst.SECOND)[0] == Gst.StateChangeReturn.SUCCESS
        assert pipeline.set_state(Gst.State.NULL) == Gst.StateChangeReturn.SUCCESS


def test_an_error_of_one_source_leaves_the_others_running() -> None:
    description = (
        "nvstreammux name=m width=64 height=48 batch-size=2 ! fakesink sync=false "
        "videotestsrc num-buffers=30 ! m.sink_0 "
        "videotestsrc num-buffers=30 ! identity error-after=12 ! m.sink_1"
    )
    pipeline: Any = Gst.parse_launch(description)
    output = Output(pipeline.get_by_name("m").get_static_pad("src"))
    pipeline.set_state(Gst.State.PLAYING)
    try:
        with pytest.raises(PipelineError, match="Failed after iterations"):
            wait(pipeline)
        while True:  # the source's own error may follow before the end
            try:
                wait(pipeline)
                break
            except PipelineError:
                continue
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert output.counts() == {0: 30, 1: 11}


def test_end_downstream_ends_the_pipeline() -> None:
    run(TWO_SOURCES.format(n=-1, tail="identity eos-after=5 ! fakesink sync=false"))


def test_an_error_downstream_reaches_the_bus() -> None:
    with pytest.raises(PipelineError):
        run(TWO_SOURCES.format(n=-1, tail="identity error-after=3 ! fakesink sync=false"))


def test_a_flushing_seek_starts_again_at_the_place() -> None:
    description = (
        "videotestsrc num-buffers=250 ! video/x-raw,framerate=25/1 ! m.sink_0 "
        "nvstreammux name=m width=64 height=48 batch-size=1 ! fakesink sync=true name=out"
    )
    pipeline: Any = Gst.parse_launch(description)
    try:
        pipeline.set_state(Gst.State.PAUSED)
        pipeline.get_state(TIMEOUT_S * Gst.SECOND)
        for second in (3, 1, 2):
            output = Output(pipeline.get_by_name("m").get_static_pad("src"))
            flags = Gst.SeekFlags.FLUSH | Gst.SeekFlags.ACCURATE
            assert pipeline.seek_simple(Gst.Format.TIME, flags, second * Gst.SECOND)
            assert pipeline.get_state(TIMEOUT_S * Gst.SECOND)[0] == Gst.StateChangeReturn.SUCCESS
            assert output.next().frames[0].pts == second * Gst.SECOND
            assert pipeline.query_position(Gst.Format.TIME) == (True, second * Gst.SECOND)
    finally:
        pipeline.set_state(Gst.State.NULL)


# Pictures


FORMATS = ["NV12", "I420", "RGBA", "BGRx", "RGB", "GRAY8", "BGR", "BGRA", "RGBx"]


@pytest.mark.parametrize("size", [(320, 240), (101, 37), (1, 1), (640, 360)])
def test_every_format_and_size_is_scaled_to_that_of_the_mux(size: tuple[int, int]) -> None:
    width, height = size
    output = collect(
        "nvstreammux name=m width=320 height=180 batch-size=16 ! fakesink sync=false "
        + " ".join(
            f"videotestsrc num-buffers=2 pattern=white ! "
            f"video/x-raw,format={name},width={width},height={height} ! m.sink_{index}"
            for index, name in enumerate(FORMATS)
        )
    )
    assert output.counts() == dict.fromkeys(range(len(FORMATS)), 2)
    for frame in output.batches[0].frames:
        assert (frame.format, frame.size, frame.source_size) == ("NV12", (320, 180), size)
        assert np.all(np.abs(frame.luma.astype(int) - 235) <= 2), FORMATS[frame.source]


def test_odd_output_sizes() -> None:
    output = collect(
        "videotestsrc num-buffers=2 pattern=white ! video/x-raw,width=64,height=48 ! m.sink_0 "
        "nvstreammux name=m width=101 height=37 batch-size=1 ! fakesink sync=false"
    )
    assert output.batches[0].frames[0].luma.shape == (37, 101)
    assert np.all(output.batches[0].frames[0].luma >= 233)


def test_padding_keeps_the_aspect_between_black_borders() -> None:
    output = collect(
        "videotestsrc num-buffers=1 pattern=white ! video/x-raw,width=120,height=90 ! m.sink_0 "
        "nvstreammux name=m width=640 height=360 enable-padding=true ! fakesink sync=false"
    )
    luma = output.batches[0].frames[0].luma
    assert np.all(luma[:, :80] == 16)
    assert np.all(luma[:, 560:] == 16)
    assert np.all(luma[:, 80:560] >= 233)


def test_size_defaults_to_that_of_the_first_source() -> None:
    output = collect(
        "videotestsrc num-buffers=1 ! video/x-raw,width=322,height=182 ! m.sink_0 "
        "nvstreammux name=m ! fakesink sync=false"
    )
    assert output.batches[0].frames[0].size == (322, 182)


def test_nvmm_pictures_of_the_right_size_pass_by_reference() -> None:
    description = (
        "videotestsrc num-buffers=3 ! video/x-raw,width=320,height=240 ! nvvideoconvert name=c ! "
        "video/x-raw(memory:NVMM),format={format} ! m.sink_0 "
        "nvstreammux name=m width=320 height=240 ! fakesink sync=false"
    )
    for name in ("NV12", "I420", "RGBA"):
        pipeline: Any = Gst.parse_launch(description.format(format=name))
        addresses: dict[str, list[int]] = {"before": [], "after": []}

        def probe(_pad: Any, info: Any, where: str, seen: Any = addresses) -> Any:
            picture = pyds.frame(info.get_buffer(), 0)
            seen[where].append(picture.planes[0].ctypes.data)
            return Gst.PadProbeReturn.OK

        kind = Gst.PadProbeType.BUFFER
        mux = pipeline.get_by_name("m")
        mux.get_static_pad("sink_0").add_probe(kind, probe, "before")
        mux.get_static_pad("src").add_probe(kind, probe, "after")
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
        assert caps_at(pipeline, "m", "src").get_structure(0)["format"] == name
        pipeline.set_state(Gst.State.NULL)
        assert len(addresses["before"]) == 3
        assert addresses["before"] == addresses["after"]


def test_caps_keep_the_first_sources_rate_and_colorimetry() -> None:
    description = (
        "videotestsrc ! video/x-raw,format=I420,width=64,height=48,framerate=30000/1001,"
        "colorimetry=bt709 ! m.sink_0 nvstreammux name=m ! fakesink"
    )
    with playing(description) as pipeline:
        pipeline.get_state(TIMEOUT_S * Gst.SECOND)
        caps = caps_at(pipeline, "m", "src")
        assert caps.get_features(0).contains("memory:NVMM")
        structure = caps.get_structure(0)
        assert structure.get_fraction("framerate")[1:] == (30000, 1001)
        assert structure["colorimetry"] == "bt709"


def test_size_that_the_next_element_does_not_take_is_an_error_that_says_so() -> None:
    with pytest.raises(PipelineError, match="width=320, but the next element takes 640"):
        run(
            "videotestsrc ! m.sink_0 nvstreammux name=m width=320 height=240 ! "
            "video/x-raw(memory:NVMM),width=640 ! fakesink"
        )


def test_a_batch_as_input_is_an_error_that_says_so() -> None:
    with pytest.raises(PipelineError, match=r"batch of 2 pictures.*nvstreamdemux"):
        run(
            "videotestsrc ! a.sink_0 videotestsrc ! a.sink_1 "
            "nvstreammux name=a batch-size=2 width=64 height=48 ! m.sink_0 "
            "nvstreammux name=m width=64 height=48 ! fakesink"
        )


# Time


def test_times_of_one_source_are_kept() -> None:
    output = collect(
        "videotestsrc num-buffers=10 timestamp-offset=5000000000 ! video/x-raw,framerate=25/1 ! "
        "m.sink_0 nvstreammux name=m width=64 height=48 ! fakesink sync=false"
    )
    first = output.batches[0].pts
    for index, batch in enumerate(output.batches):
        assert batch.pts - first == index * FRAME_NS
        assert batch.frames[0].pts == 5 * Gst.SECOND + index * FRAME_NS


def test_system_time_is_attached_unless_switched_off() -> None:
    source = "videotestsrc num-buffers=1 ! m.sink_0 nvstreammux name=m width=64 height=48 "
    attached = collect(source + "! fakesink").batches[0].frames[0]
    assert abs(attached.ntp - time.time_ns()) < 60e9
    assert collect(source + "attach-sys-ts=false ! fakesink").batches[0].frames[0].ntp == 0


def test_live_sources_run_and_report_their_latency() -> None:
    description = (
        "videotestsrc is-live=true num-buffers=12 ! video/x-raw,framerate=50/1 ! m.sink_0 "
        "videotestsrc is-live=true num-buffers=8 ! video/x-raw,framerate=50/1 ! m.sink_1 "
        "nvstreammux name=m width=64 height=48 batch-size=2 batched-push-timeout=30000 "
        "live-source=true ! fakesink sync=true"
    )
    with playing(description) as pipeline:
        output = Output(pipeline.get_by_name("m").get_static_pad("src"))
        query = Gst.Query.new_latency()
        output.next()
        assert pipeline.get_by_name("m").get_static_pad("src").query(query)
        live, latency, _ = query.parse_latency()
        assert live
        assert latency == 20 * Gst.MSECOND + 30 * Gst.MSECOND
        wait(pipeline)
    numbers: dict[int, list[int]] = {0: [], 1: []}
    for batch in output.batches:
        for frame in batch.frames:
            numbers[frame.source].append(frame.number)
    assert numbers[0][-1] == 11
    assert numbers[1][-1] == 7


def test_the_muxed_stream_makes_a_playable_mp4(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    run(
        "videotestsrc num-buffers=30 ! video/x-raw,width=320,height=240 ! m.sink_0 "
        "nvstreammux name=m width=320 height=240 batch-size=1 ! nvdsosd ! nvvideoconvert ! "
        f"queue ! x264enc speed-preset=ultrafast ! mp4mux ! filesink location={path}"
    )
    frames = samples(f"filesrc location={path} ! decodebin ! video/x-raw")
    assert len(frames) == 30


def test_decoders_straight_into_the_mux(tmp_path: Path) -> None:
    frames = [30, 12, 45, 20]
    for index, count in enumerate(frames):
        run(
            f"videotestsrc num-buffers={count} ! "
            f"video/x-raw,width={160 + 32 * index},height=120,framerate=25/1 ! "
            f"x264enc speed-preset=ultrafast ! mp4mux ! filesink location={tmp_path}/{index}.mp4"
        )
    output = collect(
        "nvstreammux name=m width=320 height=180 batch-size=4 ! fakesink sync=false "
        + " ".join(
            f"uridecodebin3 uri=file://{tmp_path}/{index}.mp4 ! m.sink_{index}"
            for index in range(4)
        )
    )
    assert output.counts() == dict(enumerate(frames))
    for batch in output.batches:
        for frame in batch.frames:
            assert frame.pts == frame.number * FRAME_NS
            assert frame.source_size == (160 + 32 * frame.source, 120)


# What elements downstream are told of the sources


def listen(pipeline: Any) -> list[Any]:
    """What leaves the mux: the structures of custom events, and the names in each batch."""
    heard: list[Any] = []

    def probe(_pad: Any, info: Any) -> Any:
        if info.type & Gst.PadProbeType.BUFFER:
            batch: Any = pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer()))
            heard.append(sorted((meta.source_id, meta.frame_num) for meta in batch.frames))
        else:
            structure = info.get_event().get_structure()
            if structure is not None and structure.get_name().startswith("nv-"):
                (field,) = (structure.nth_field_name(i) for i in range(structure.n_fields()))
                heard.append((structure.get_name(), structure.get_value(field)))
        return Gst.PadProbeReturn.OK

    pad = pipeline.get_by_name("m").get_static_pad("src")
    pad.add_probe(Gst.PadProbeType.BUFFER | Gst.PadProbeType.EVENT_DOWNSTREAM, probe)
    return heard


def test_what_happens_to_sources_is_told_in_its_place_between_the_batches() -> None:
    with muxing("batch-size=2") as (pipeline, output):
        heard = listen(pipeline)
        first, second = Source(pipeline, "sink_0"), Source(pipeline, "sink_1")
        for source in (first, second):
            source.push(1)
        output.next()
        reset = Gst.Structure.new_from_string("stream-reset, source-id=(uint)99")
        second.element.send_event(Gst.Event.new_custom(Gst.EventType.CUSTOM_DOWNSTREAM, reset))
        for source in (first, second):
            source.push(1)
        output.next()
        first.remove()
        second.push(1)
        output.next()
        third = Source(pipeline, "sink_0")
        for source in (second, third):
            source.push(1)
        output.next()
        third.end()
        wait_for_end_of(pipeline, 0)
        second.end()
        wait(pipeline)
    assert sorted(heard[:2]) == [("nv-pad-added", 0), ("nv-pad-added", 1)]
    assert heard[2:] == [
        [(0, 0), (1, 0)],
        ("nv-stream-reset", 1),
        [(0, 1), (1, 1)],
        ("nv-pad-deleted", 0),
        [(1, 2)],
        ("nv-pad-added", 0),
        [(0, 0), (1, 3)],
        ("nv-stream-eos", 0),
        ("nv-stream-eos", 1),
    ]


def test_a_source_that_comes_again_gets_new_ids_from_the_tracker() -> None:
    """The pad that was released is named anew: its objects are others."""
    with muxing(
        "batch-size=1", tail="identity name=objects ! nvtracker name=t ! fakesink sync=false"
    ) as (pipeline, output):
        ids: list[int] = []

        def add_object(batch: Any) -> None:
            table = np.zeros(1, pyds.OBJECT_DTYPE)
            table["left"], table["top"], table["width"], table["height"] = 10, 10, 20, 20
            table["confidence"] = 0.9
            table["label_id"] = pyds.label_id("car")
            pyds.add_objects(batch, table)

        def look(batch: Any) -> None:
            ids.extend(obj.object_id for frame in batch.frames for obj in frame.objects)

        pyds.add_probe(pipeline.get_by_name("objects").get_static_pad("src"), add_object)
        pyds.add_probe(pipeline.get_by_name("t").get_static_pad("src"), look)
        for _ in range(2):
            source = Source(pipeline, "sink_0")
            for _ in range(3):
                source.push(1)
                output.next()
            source.remove()
        last = Source(pipeline, "sink_0")
        last.push(1)
        last.end()
        wait(pipeline)
    assert len(ids) == 7
    assert len(set(ids[:3])) == len(set(ids[3:6])) == 1
    assert len({ids[0], ids[3], ids[6]}) == 3
