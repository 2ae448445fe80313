"""nvstreamdemux: every frame of every source comes out once, on its pad, with its metadata."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import pyds
from packages.pyds.tests.pipelines import Gst, PipelineError, run, wait

TIMEOUT_S = 200


class Output:
    """What leaves a pad: (source, frame number, PTS, class ids) of each frame, and the events."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, int, int, list[int]]] = []
        self.pictures: list[Any] = []
        self.events: list[Any] = []
        self.problems: list[BaseException] = []
        self.ended = threading.Event()

    def watch(self, pad: Any) -> None:
        kinds = Gst.PadProbeType.BUFFER | Gst.PadProbeType.EVENT_DOWNSTREAM
        pad.add_probe(kinds, self._probe)

    def _probe(self, _pad: Any, info: Any) -> Any:
        try:
            if info.type & Gst.PadProbeType.BUFFER:
                self._read(info.get_buffer())
            else:
                self.events.append(info.get_event().type)
                if self.events[-1] == Gst.EventType.EOS:
                    self.ended.set()
        except BaseException as problem:  # a probe that raises would drop the buffer
            self.problems.append(problem)
        return Gst.PadProbeReturn.OK

    def _read(self, buffer: Any) -> None:
        (frame,) = pyds.gst_buffer_get_nvds_batch_meta(hash(buffer)).frames
        assert frame.batch_id == 0
        classes = [o.class_id for o in frame.objects]
        self.frames.append((frame.source_id, frame.frame_num, buffer.pts, classes))
        picture = pyds.frame(buffer, 0)
        self.pictures.append((int(picture.to_rgb().mean()), picture.planes[0].ctypes.data))


def pattern(source: int, frames: int, rate: int = 25) -> str:
    color = 0xFF000000 + 0x404040 * (source + 1)
    return (
        f"videotestsrc num-buffers={frames} pattern=solid-color foreground-color={color} ! "
        f"video/x-raw,format=NV12,width=64,height=48,framerate={rate}/1 ! mux.sink_{source}"
    )


def mark_frames(pad: Any, problems: list[BaseException]) -> list[int]:
    """Gives each frame an object whose class is its source; returns the addresses of pictures."""
    addresses: list[int] = []

    def mark(_pad: Any, info: Any) -> Any:
        try:
            buffer = info.get_buffer()
            batch = pyds.gst_buffer_get_nvds_batch_meta(hash(buffer))
            for frame in batch.frames:
                obj = pyds.nvds_acquire_obj_meta_from_pool(batch)
                obj.class_id = frame.source_id
                pyds.nvds_add_obj_meta_to_frame(frame, obj, None)
                addresses.append(pyds.frame(buffer, frame.batch_id).planes[0].ctypes.data)
        except BaseException as problem:
            problems.append(problem)
        return Gst.PadProbeReturn.OK

    pad.add_probe(Gst.PadProbeType.BUFFER, mark)
    return addresses


@contextmanager
def demuxing(
    sources: list[str], pads: tuple[int, ...], properties: str = ""
) -> Iterator[tuple[Any, dict[int, Output], list[int]]]:
    """A pipeline not yet started whose pads end in fakesinks that are watched."""
    branches = " ".join(
        f"demux.src_{n} ! queue ! fakesink name=sink_{n} sync=false async=false" for n in pads
    )
    pipeline: Any = Gst.parse_launch(
        f"nvstreammux name=mux width=64 height=48 batch-size={len(sources)} ! "
        f"nvstreamdemux name=demux {properties} {branches} {' '.join(sources)}"
    )
    outputs = {n: Output() for n in pads}
    for n, output in outputs.items():
        output.watch(pipeline.get_by_name(f"sink_{n}").get_static_pad("sink"))
    problems: list[BaseException] = []
    demux = pipeline.get_by_name("demux")
    addresses = mark_frames(demux.get_static_pad("sink"), problems)
    try:
        yield pipeline, outputs, addresses
    finally:
        pipeline.set_state(Gst.State.NULL)
    problems += [problem for output in outputs.values() for problem in output.problems]
    if problems:
        raise problems[0]


def test_frames_come_out_on_the_pad_of_their_source_with_their_metadata() -> None:
    sources = [pattern(n, 5) for n in range(3)]
    with demuxing(sources, (0, 1, 2)) as (pipeline, outputs, _):
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    for source, output in outputs.items():
        assert [frame[:2] for frame in output.frames] == [(source, n) for n in range(5)]
        assert [frame[3] for frame in output.frames] == [[source]] * 5
        assert all(abs(mean - 0x40 * (source + 1)) <= 2 for mean, _ in output.pictures)
        assert output.events[0] == Gst.EventType.STREAM_START
        assert output.events[1:3] == [Gst.EventType.CAPS, Gst.EventType.SEGMENT]
        assert output.events[-1] == Gst.EventType.EOS


def test_pictures_are_passed_by_reference() -> None:
    with demuxing([pattern(0, 3), pattern(1, 3)], (0, 1)) as (pipeline, outputs, addresses):
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    seen = {address for output in outputs.values() for _, address in output.pictures}
    assert len(addresses) == 6
    assert seen == set(addresses)


def test_streams_keep_the_time_stamps_of_their_sources() -> None:
    with demuxing([pattern(0, 6, 25), pattern(1, 6, 50)], (0, 1)) as (pipeline, outputs, _):
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    assert [frame[2] for frame in outputs[0].frames] == [n * 40 * Gst.MSECOND for n in range(6)]
    assert [frame[2] for frame in outputs[1].frames] == [n * 20 * Gst.MSECOND for n in range(6)]


def test_sources_nobody_asked_for_are_dropped() -> None:
    with demuxing([pattern(0, 4), pattern(1, 4)], (1,)) as (pipeline, outputs, _):
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    assert [frame[:2] for frame in outputs[1].frames] == [(1, n) for n in range(4)]


def test_streams_end_together_unless_asked() -> None:
    for properties, expected in (("", False), ("per-stream-eos=true", True)):
        sources = [pattern(0, 2), pattern(1, -1).replace("videotestsrc", "videotestsrc is-live=1")]
        with demuxing(sources, (0, 1), properties) as (pipeline, outputs, _):
            mux = pipeline.get_by_name("mux")
            mux.set_property("batched-push-timeout", 20000)
            enough = after_frames(pipeline.get_by_name("sink_1"), 12)
            pipeline.set_state(Gst.State.PLAYING)
            assert enough.wait(TIMEOUT_S)
            assert outputs[0].ended.wait(TIMEOUT_S if expected else 0) == expected
            assert not outputs[1].ended.is_set()


def after_frames(sink: Any, count: int) -> threading.Event:
    """Set when the sink has seen so many frames."""
    enough = threading.Event()
    seen = [0]

    def probe(_pad: Any, _info: Any) -> Any:
        seen[0] += 1
        if seen[0] >= count:
            enough.set()
        return Gst.PadProbeReturn.OK

    sink.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, probe)
    return enough


def test_pad_can_be_requested_and_released_while_playing() -> None:
    live = [pattern(n, -1).replace("videotestsrc", "videotestsrc is-live=1") for n in range(2)]
    with demuxing(live, (0,)) as (pipeline, _, _):
        started = after_frames(pipeline.get_by_name("sink_0"), 3)
        pipeline.set_state(Gst.State.PLAYING)
        assert started.wait(TIMEOUT_S)

        late = Output()
        sink = Gst.parse_bin_from_description("queue ! fakesink name=late async=false", True)
        late.watch(sink.get_by_name("late").get_static_pad("sink"))
        enough = after_frames(sink.get_by_name("late"), 3)
        pipeline.add(sink)
        sink.sync_state_with_parent()
        demux = pipeline.get_by_name("demux")
        pad = demux.request_pad_simple("src_1")
        assert pad.link(sink.get_static_pad("sink")) == Gst.PadLinkReturn.OK
        assert enough.wait(TIMEOUT_S)

        pad.unlink(sink.get_static_pad("sink"))
        demux.release_request_pad(pad)
        going_on = after_frames(pipeline.get_by_name("sink_0"), 5)
        assert going_on.wait(TIMEOUT_S)
    assert not late.problems
    assert {frame[0] for frame in late.frames} == {1}
    assert late.events[:3] == [
        Gst.EventType.STREAM_START,
        Gst.EventType.CAPS,
        Gst.EventType.SEGMENT,
    ]


def test_pad_names_are_checked() -> None:
    demux: Any = Gst.ElementFactory.make("nvstreamdemux")
    assert demux.request_pad_simple("src_3").get_name() == "src_3"
    assert demux.request_pad_simple("src_%u").get_name() == "src_0"


def test_buffer_without_a_batch_is_refused_with_advice() -> None:
    with pytest.raises(PipelineError, match="nvstreammux"):
        run(
            "videotestsrc num-buffers=1 ! nvvideoconvert ! nvstreamdemux name=d "
            "d.src_0 ! fakesink async=false"
        )
