"""nvv4l2h264enc, nvv4l2h265enc: NVMM pictures in, a stream out that shows the same."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import pyds
from packages.pyds.tests.pipelines import (
    Gst,
    PipelineError,
    first_frame,
    playing,
    run,
    samples,
    wait,
)

SOURCE = (
    "videotestsrc num-buffers={frames} pattern={pattern} ! "
    "video/x-raw,format={format},width=320,height=240,framerate=25/1"
)
CODECS = ["h264", "h265"]


def encode(codec: str, properties: str = "", frames: int = 30, pattern: str = "ball") -> str:
    source = SOURCE.format(frames=frames, pattern=pattern, format="NV12")
    return (
        f"{source} ! nvvideoconvert ! nvv4l2{codec}enc {properties} ! {codec}parse ! "
        f"video/x-{codec},stream-format=byte-stream"
    )


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("memory", ["NV12", "I420", "RGBA"])
def test_decoded_picture_is_the_encoded_one(codec: str, memory: str) -> None:
    source = SOURCE.format(frames=1, pattern="smpte", format=memory)
    original = first_frame(f"{source} ! videoconvert ! video/x-raw,format=I420")
    decoded = first_frame(
        f"{source} ! nvvideoconvert ! video/x-raw(memory:NVMM),format={memory} ! "
        f"nvv4l2{codec}enc ! {codec}parse ! avdec_{codec} ! videoconvert ! "
        "video/x-raw,format=I420"
    )
    for plane, pixels in original.items():
        # The lower part of the pattern is noise.
        half = len(pixels) // 2
        error = np.abs(pixels[:half].astype(int) - decoded[plane][:half])
        assert error.mean() < 2.5, plane


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_comes_out_with_its_time(codec: str) -> None:
    times = [
        sample.get_segment().to_running_time(Gst.Format.TIME, sample.get_buffer().pts)
        for sample in samples(encode(codec))
    ]
    assert times == [n * 40 * Gst.MSECOND for n in range(30)]


@pytest.mark.parametrize("codec", CODECS)
def test_bitrate_is_in_bits(codec: str) -> None:
    def size(bitrate: int) -> int:
        found = samples(encode(codec, f"bitrate={bitrate}", 50, "snow"))
        return sum(s.get_buffer().get_size() for s in found)

    low, high = size(400_000), size(3_000_000)
    assert low < 2 * 400_000 / 8 * 2  # two seconds, and as much again for the start
    assert high > 2 * low


def test_bitrate_changes_while_playing() -> None:
    pipeline: Any = Gst.parse_launch(
        encode("h264", "name=enc bitrate=200000 iframeinterval=1000", 60, "snow")
        + " ! appsink name=out sync=false max-buffers=1"
    )
    enc = pipeline.get_by_name("enc")
    sizes: list[int] = []
    pipeline.set_state(Gst.State.PLAYING)
    try:
        sink = pipeline.get_by_name("out")
        while (sample := sink.emit("try-pull-sample", 30 * Gst.SECOND)) is not None:
            sizes.append(sample.get_buffer().get_size())
            if len(sizes) == 30:
                enc.set_property("bitrate", 4_000_000)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert sum(sizes[45:]) > 2 * sum(sizes[15:30])


@pytest.mark.parametrize("codec", CODECS)
def test_key_frames_come_at_the_interval_with_their_headers(codec: str) -> None:
    found = samples(encode(codec, "iframeinterval=10"))
    keys = [
        n
        for n, s in enumerate(found)
        if not s.get_buffer().get_flags() & Gst.BufferFlags.DELTA_UNIT
    ]
    assert keys == [0, 10, 20]
    parameter_sets = rb"\0\0\x01[\x67\x27]" if codec == "h264" else rb"\0\0\x01\x42"
    for n in keys:
        buffer = found[n].get_buffer()
        assert re.search(parameter_sets, buffer.extract_dup(0, buffer.get_size()))


def test_frames_are_not_held_back() -> None:
    """A live source would otherwise lag behind by the lookahead."""
    with playing(
        encode("h264", frames=-1).replace("videotestsrc", "videotestsrc is-live=1")
        + " ! fakesink name=out"
    ) as pipeline:
        wait(pipeline, Gst.MessageType.ASYNC_DONE | Gst.MessageType.LATENCY)
        query = Gst.Query.new_latency()
        assert pipeline.query(query)
        _, minimum, _ = query.parse_latency()
    assert minimum < 200 * Gst.MSECOND


def test_pictures_reach_the_encoder_by_reference() -> None:
    pipeline: Any = Gst.parse_launch(
        SOURCE.format(frames=3, pattern="ball", format="NV12")
        + " ! nvvideoconvert ! nvv4l2h264enc name=enc ! fakesink"
    )
    enc = pipeline.get_by_name("enc")
    before: list[int] = []
    after: list[int] = []

    def look_before(_pad: Any, info: Any) -> Any:
        before.append(pyds.frame(info.get_buffer(), 0).planes[0].ctypes.data)
        return Gst.PadProbeReturn.OK

    def look_after(_pad: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        _, mapped = buffer.map(Gst.MapFlags.READ)
        after.append(np.frombuffer(mapped.data, np.uint8).ctypes.data)
        buffer.unmap(mapped)
        return Gst.PadProbeReturn.OK

    enc.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, look_before)
    iterator = enc.iterate_elements()
    while (step := iterator.next())[0] == Gst.IteratorResult.OK:
        if step[1].get_factory() and step[1].get_factory().get_name() == "x264enc":
            step[1].get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, look_after)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert len(before) == 3
    assert before == after


@pytest.mark.parametrize("profile", ["Main", "High"])
def test_profile_is_the_one_asked_for(profile: str) -> None:
    (sample,) = samples(encode("h264", f"profile={profile} preset-level=FastPreset", 1))
    assert sample.get_caps().get_structure(0).get_string("profile") == profile.lower()


def test_properties_of_the_hardware_encoder_are_accepted() -> None:
    run(
        encode(
            "h264",
            "insert-sps-pps=1 insert-vui=1 idrinterval=10 maxperf-enable=1 "
            "control-rate=0 preset-level=1 gpu-id=0 preset-id=2 tuning-info-id=2",
            2,
        )
        + " ! fakesink"
    )


def test_forced_key_frame() -> None:
    pipeline: Any = Gst.parse_launch(
        encode("h264", "name=enc iframeinterval=1000", 20) + " ! appsink name=out sync=false"
    )
    enc = pipeline.get_by_name("enc")
    seen = [0]

    def force(_pad: Any, _info: Any) -> Any:
        seen[0] += 1
        if seen[0] == 8:
            enc.emit("force-IDR")
        return Gst.PadProbeReturn.OK

    enc.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, force)
    keys = []
    pipeline.set_state(Gst.State.PLAYING)
    try:
        sink = pipeline.get_by_name("out")
        number = 0
        while (sample := sink.emit("try-pull-sample", 30 * Gst.SECOND)) is not None:
            if not sample.get_buffer().get_flags() & Gst.BufferFlags.DELTA_UNIT:
                keys.append(number)
            number += 1
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert keys == [0, 7]


def test_system_memory_is_taken_too() -> None:
    source = SOURCE.format(frames=3, pattern="ball", format="I420")
    assert len(samples(f"{source} ! nvv4l2h264enc ! h264parse")) == 3


def test_batch_of_several_pictures_is_refused_with_advice() -> None:
    source = SOURCE.format(frames=2, pattern="ball", format="NV12")
    with pytest.raises(PipelineError, match="nvmultistreamtiler"):
        run(
            f"{source} ! m.sink_0 {source} ! m.sink_1 nvstreammux name=m width=320 height=240 "
            "batch-size=2 ! nvv4l2h264enc ! fakesink"
        )
