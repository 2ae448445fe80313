"""nvv4l2decoder: exact frames in NVMM, autoplugging, stock consumers, skipping, bad input."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from packages.pyds.tests.pipelines import (
    DATA,
    TIMEOUT_NS,
    Gst,
    PipelineError,
    caps_at,
    needs_data,
    planes_of,
    playing,
    run,
    samples,
    wait,
)

NVMM = "video/x-raw(memory:NVMM)"
H264 = DATA / "videos/car-detection.mp4"
HEVC = DATA / "videos/Retail02_short.mp4"
H264_FRAMES = 377


def expected_md5(video: Path) -> str:
    """MD5 of all decoded frames as I420, from another decoder."""

    def entries(node: Any) -> Any:
        if isinstance(node, dict):
            if "decoded_md5_rawvideo" in node:
                yield node
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                yield from entries(child)

    manifest = json.loads((DATA / "MANIFEST.json").read_text())
    return next(
        entry["decoded_md5_rawvideo"]
        for entry in entries(manifest)
        if entry["file"] == f"videos/{video.name}"
    )


@needs_data
@pytest.mark.parametrize(
    ("video", "parser"),
    [(H264, "h264parse"), pytest.param(HEVC, "h265parse", marks=pytest.mark.slow)],
)
def test_frames_are_bit_exact(video: Path, parser: str) -> None:
    digest = hashlib.md5()
    with playing(
        f'filesrc location="{video}" ! qtdemux ! {parser} ! nvv4l2decoder ! {NVMM},format=NV12 '
        "! nvvideoconvert ! video/x-raw,format=I420 ! appsink name=out sync=false max-buffers=8"
    ) as pipeline:
        sink = pipeline.get_by_name("out")
        while (sample := sink.emit("try-pull-sample", TIMEOUT_NS)) is not None:
            for plane in planes_of(sample).values():
                digest.update(plane.tobytes())
        wait(pipeline)
    assert digest.hexdigest() == expected_md5(video)


def decoders_in(pipeline: Any) -> list[str]:
    return [
        element.get_name()
        for element in pipeline.iterate_recurse()
        if element.get_factory() and element.get_factory().get_name() == "nvv4l2decoder"
    ]


@needs_data
@pytest.mark.parametrize("source", ["uridecodebin", "uridecodebin3"])
def test_it_is_autoplugged_under_its_name_and_gives_nvmm(source: str) -> None:
    with playing(
        f"{source} uri={H264.as_uri()} ! identity ! nvvideoconvert name=c ! {NVMM} ! fakesink"
    ) as pipeline:
        wait(pipeline, Gst.MessageType.ASYNC_DONE)
        names = decoders_in(pipeline)
        caps = caps_at(pipeline, "c", "sink")
    assert names
    assert all(name.startswith("nvv4l2decoder") for name in names)
    assert caps.get_features(0).contains("memory:NVMM")
    assert caps.get_structure(0).get_string("format") == "NV12"


@needs_data
@pytest.mark.parametrize("source", ["uridecodebin", "uridecodebin3"])
def test_the_pad_of_an_autoplugger_has_the_nvmm_feature_when_it_is_added(source: str) -> None:
    """Applications look at the caps of the new pad and refuse to link anything else."""
    pipeline = Gst.Pipeline()
    element = Gst.ElementFactory.make(source)
    element.set_property("uri", H264.as_uri())
    sink = Gst.ElementFactory.make("fakesink")
    pipeline.add(element)
    pipeline.add(sink)
    seen: list[bool] = []

    def added(_element: Any, pad: Any) -> None:
        caps = pad.get_current_caps() or pad.query_caps()
        if caps.get_structure(0).get_name().startswith("video"):
            seen.append(caps.get_features(0).contains("memory:NVMM"))
            pad.link(sink.get_static_pad("sink"))

    element.connect("pad-added", added)
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline, Gst.MessageType.ASYNC_DONE)
    pipeline.set_state(Gst.State.NULL)
    assert seen == [True]


def frames_into(description: str) -> int:
    """Frames that reach the `fakesink name=sink` of a pipeline."""
    pipeline = Gst.parse_launch(description)
    count = 0

    def probe(_pad: Any, _info: Any) -> Any:
        nonlocal count
        count += 1
        return Gst.PadProbeReturn.OK

    pad = pipeline.get_by_name("sink").get_static_pad("sink")
    pad.add_probe(Gst.PadProbeType.BUFFER, probe)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    return count


@needs_data
@pytest.mark.parametrize("source", ["uridecodebin", "uridecodebin3"])
@pytest.mark.parametrize(
    "consumer",
    [
        "videoconvert ! video/x-raw,format=RGB",
        "videoscale ! video/x-raw,width=160,height=120",
        "x264enc speed-preset=ultrafast",
        "queue ! videoconvert ! video/x-raw,format=YUY2",
    ],
)
def test_stock_consumers_of_system_memory_get_every_frame(source: str, consumer: str) -> None:
    frames = frames_into(
        f"{source} uri={H264.as_uri()} ! {consumer} ! fakesink name=sink sync=false"
    )
    assert frames == H264_FRAMES


@needs_data
@pytest.mark.parametrize("player", ["playbin", "playbin3"])
def test_players_reach_the_end(player: str) -> None:
    run(
        f"{player} uri={H264.as_uri()} flags=video audio-sink=fakesink "
        'video-sink="videoconvert ! video/x-raw,format=RGB ! fakesink sync=false"'
    )


@needs_data
@pytest.mark.parametrize("interval", [0, 1, 5])
def test_drop_frame_interval_gives_the_first_of_every_n(interval: int) -> None:
    found = samples(
        f'filesrc location="{H264}" ! qtdemux ! h264parse ! nvv4l2decoder '
        f"drop-frame-interval={interval} ! nvvideoconvert ! video/x-raw"
    )
    step = max(interval, 1)
    assert len(found) == -(-H264_FRAMES // step)
    period_ns = Gst.SECOND * 2 // 25
    for index, sample in enumerate(found):
        assert abs(sample.get_buffer().pts - index * step * period_ns) < period_ns // 2


@needs_data
def test_skip_frames_decodes_key_frames_only() -> None:
    encoded = (
        f'filesrc location="{H264}" ! qtdemux ! h264parse ! {{}} nvv4l2decoder {{}} '
        "! fakesink name=sink"
    )
    all_frames = frames_into(encoded.format("", ""))
    keys = frames_into(encoded.format("", "skip-frames=decode_key"))
    assert all_frames == H264_FRAMES
    assert 0 < keys < all_frames / 5


CODECS = {
    "jpeg": "jpegenc ! jpegparse",
    "mpeg4": "avenc_mpeg4 bitrate=4000000 ! mpeg4videoparse",
    "vp8": "vp8enc target-bitrate=4000000 deadline=1",
    "vp9": "vp9enc target-bitrate=4000000 deadline=1 cpu-used=8",
    "h264-avc": "x264enc ! h264parse ! video/x-h264,stream-format=avc",
    "h264-bytes": "x264enc ! h264parse ! video/x-h264,stream-format=byte-stream",
}


@pytest.mark.parametrize("codec", CODECS)
def test_every_codec_decodes_to_what_was_encoded(codec: str) -> None:
    source = (
        "videotestsrc num-buffers=12 pattern=smpte75 ! video/x-raw,format=I420,width=176,height=144"
    )
    encoded = [planes_of(sample)["y"] for sample in samples(source)]
    decoded = samples(
        f"{source} ! {CODECS[codec]} ! nvv4l2decoder mjpeg={int(codec == 'jpeg')} ! {NVMM} "
        "! nvvideoconvert ! video/x-raw,format=I420"
    )
    assert len(decoded) == len(encoded)
    for sample, expected in zip(decoded, encoded, strict=True):
        bars = slice(0, 90)  # the noise below does not survive encoding
        difference = np.abs(planes_of(sample)["y"][bars].astype(int) - expected[bars])
        assert difference.mean() < 4


def test_ten_bit_video_comes_out_in_eight() -> None:
    found = samples(
        "videotestsrc num-buffers=3 ! video/x-raw,format=I420_10LE,width=64,height=64 "
        f"! x264enc ! h264parse ! nvv4l2decoder ! {NVMM},format=NV12 ! nvvideoconvert ! video/x-raw"
    )
    assert len(found) == 3


def test_hardware_only_properties_are_accepted() -> None:
    decoder = Gst.ElementFactory.make("nvv4l2decoder")
    assert decoder.get_name().startswith("nvv4l2decoder")
    for name, value in {
        "cudadec-memtype": 2,
        "gpu_id": 1,
        "num-extra-surfaces": 5,
        "enable-max-performance": True,
        "mjpeg": True,
        "disable-dpb": True,
        "low-latency-mode": True,
    }.items():
        decoder.set_property(name, value)
        assert int(decoder.get_property(name)) == int(value)


def test_it_can_play_again_after_stopping() -> None:
    pipeline = Gst.parse_launch(
        "videotestsrc num-buffers=5 ! jpegenc ! nvv4l2decoder ! fakesink name=sink"
    )
    for _ in range(3):
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
        pipeline.set_state(Gst.State.READY)
    pipeline.set_state(Gst.State.NULL)


def test_garbage_is_an_error_and_never_a_hang(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.h264"
    garbage.write_bytes(np.random.default_rng(0).integers(0, 256, 200_000, np.uint8).tobytes())
    with pytest.raises(PipelineError, match="No valid frames"):
        run(f'filesrc location="{garbage}" ! h264parse ! nvv4l2decoder ! fakesink')
    with pytest.raises(PipelineError):
        run(f"uridecodebin uri={garbage.as_uri()} ! fakesink")


@needs_data
def test_a_truncated_file_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    truncated = tmp_path / "truncated.mp4"
    data = H264.read_bytes()
    truncated.write_bytes(data[: len(data) // 2])
    frames = frames_into(f"uridecodebin uri={truncated.as_uri()} ! {NVMM} ! fakesink name=sink")
    assert 100 < frames < H264_FRAMES


@needs_data
def test_damaged_video_reaches_the_end(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.h264"
    run(
        f'filesrc location="{H264}" ! qtdemux ! h264parse ! video/x-h264,stream-format=byte-stream '
        f'! filesink location="{damaged}"'
    )
    data = np.frombuffer(damaged.read_bytes(), np.uint8).copy()
    data[2000::701] ^= 0x5A
    damaged.write_bytes(data.tobytes())
    frames = frames_into(
        f'filesrc location="{damaged}" ! h264parse ! nvv4l2decoder ! fakesink name=sink'
    )
    assert frames > H264_FRAMES / 2


def test_a_missing_decoder_is_an_error_that_names_the_package() -> None:
    """In a process of its own: ranks are read once, at start."""
    script = """
from packages.pyds.tests.pipelines import PipelineError, run
try:
    run("videotestsrc num-buffers=2 ! x264enc ! h264parse ! nvv4l2decoder ! fakesink")
except PipelineError as error:
    print(error)
"""
    ranks = "avdec_h264:NONE,openh264dec:NONE"
    finished = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "GST_PLUGIN_FEATURE_RANK": ranks},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert "video/x-h264" in finished.stdout
    assert "sudo apt install gstreamer1.0-libav" in finished.stdout
