"""Sources, sinks and the text of a `Pipeline`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pythia.exceptions import IncompatiblePipelineError
from pythia.models import Analytics, InferenceEngine, Tracker
from pythia.pipelines.base import Pipeline, StringPipeline
from pythia.pipelines.sinks import PythiaSink
from pythia.pipelines.sources import PythiaSourceBase, clean_single_uri
from pythia.utils.gst import Gst

TEST = "test://?muxer_width=320&muxer_height=240"


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def model() -> InferenceEngine:
    return InferenceEngine(None, Path("/m/pgie.conf"))


def test_the_text_of_a_test_picture_with_a_network(model) -> None:
    assert words(Pipeline(TEST, models=model).gst()) == (
        "videotestsrc num-buffers=-1 ! queue ! nvvideoconvert ! video/x-raw(memory:NVMM) "
        "! m.sink_0 nvstreammux name=m batch-size=1 nvbuf-memory-type=0 width=320 height=240 "
        "! nvinfer config-file-path=/m/pgie.conf name=model_0 unique-id=1 ! fakesink"
    )


def test_tracker_and_analytics_come_after_the_networks(model) -> None:
    pipeline = Pipeline(
        "file:///a.jpg?muxer_width=1280&muxer_height=720",
        [model, model],
        "out/%012d.jpg",
        analytics=Analytics(Path("/a.conf")),
        tracker=Tracker(Path("/t.yml"), Path("/t.so")),
    )
    assert words(pipeline.gst()) == (
        "uridecodebin uri=file:///a.jpg ! queue ! nvvideoconvert ! video/x-raw(memory:NVMM) "
        "! m.sink_0 nvstreammux name=m batch-size=1 width=1280 height=720 "
        "! nvinfer config-file-path=/m/pgie.conf name=model_0 unique-id=1 "
        "! nvinfer config-file-path=/m/pgie.conf name=model_1 unique-id=2 "
        "! nvtracker ll-config-file=/t.yml ll-lib-file=/t.so ! nvdsanalytics config-file=/a.conf "
        "! nvvideoconvert ! jpegenc quality=100 idct-method=float "
        '! multifilesink location="out/%012d.jpg"'
    )
    assert pipeline.model_map == {"model_0": model, "model_1": model}


def test_several_sources_have_one_muxer_and_are_tiled_for_a_video() -> None:
    uris = [
        "file:///a.mp4?muxer_width=320&muxer_height=240",
        "rtsp://cam/x?token=1&muxer_width=640&muxer_height=100&num_buffers=5",
        "test://",
    ]
    pipeline = Pipeline(uris, sink="/o.mp4")
    assert words(pipeline.gst()) == (
        "uridecodebin uri=file:///a.mp4 ! queue ! nvvideoconvert ! video/x-raw(memory:NVMM) "
        "! m.sink_0 uridecodebin uri=rtsp://cam/x?token=1 ! queue ! identity eos-after=6 "
        "! identity eos-after=6 "
        "! nvvideoconvert ! video/x-raw(memory:NVMM) ! m.sink_1 videotestsrc num-buffers=-1 "
        "! queue ! nvvideoconvert ! video/x-raw(memory:NVMM) ! m.sink_2 "
        "nvstreammux name=m batch-size=3 width=640 height=240 "
        "! nvmultistreamtiler rows=2 columns=2 width=640 height=240 ! nvvideoconvert "
        '! encodebin profile="video/quicktime,variant=iso:video/x-h264'
        '|element-properties,bitrate=8000" '
        '! filesink location="/o.mp4"'
    )
    assert "tiler" not in Pipeline(uris).gst()


@pytest.mark.parametrize(
    ("uri", "params", "cleaned"),
    [
        ("test://?muxer_width=1", {"muxer_width": 1}, "test://"),
        ("a://b?x=muxer_width=1&muxer_width=1&y=%20", {"muxer_width": 1}, "a://b?x=muxer_width=1&y=%20"),
        ("a://b?c#d", {}, "a://b?c#d"),
        ("file:///plain.mp4", {}, "file:///plain.mp4"),
    ],
)  # fmt: skip
def test_only_our_parameters_leave_a_uri(uri, params, cleaned) -> None:
    assert clean_single_uri(uri) == (params, cleaned)


def test_the_muxer_needs_a_size_from_somewhere() -> None:
    with pytest.raises(ValueError, match=r"append \?muxer_width="):
        Pipeline("file:///a.mp4")
    with pytest.raises(ValueError, match="muxer_width=x is no number"):
        Pipeline("test://?muxer_width=x&muxer_height=1")
    source = PythiaSourceBase.from_uris("file:///a.mp4", muxer_width=640, muxer_height=480)
    assert "width=640" in source.gst()
    assert list(source) == ["file:///a.mp4"]
    with pytest.raises(ValueError, match="no source"):
        Pipeline([], muxer_width=1, muxer_height=1)


@pytest.mark.parametrize("uri", ["a.mp5", "%d.gif", "nothing"])
def test_unknown_sinks_say_what_is_known(uri: str) -> None:
    with pytest.raises(ValueError, match=r"Known: .*live, fakesink"):
        PythiaSink.from_uri(uri)


def test_the_screen() -> None:
    text = words(PythiaSink.from_uri("live").gst())
    assert re.fullmatch(r"nvvideoconvert (! nvegltransform )?! nveglglessink", text)


def test_parts_that_do_not_go_together_are_named(model, tmp_path: Path) -> None:
    config = tmp_path / "a.conf"
    config.write_text("[line-crossing-stream-0]\n")
    with pytest.raises(IncompatiblePipelineError, match="a tracker needs objects"):
        Pipeline(TEST, tracker=Tracker(Path("/t.yml"))).validate()
    with pytest.raises(IncompatiblePipelineError, match="analytics needs objects"):
        Pipeline(TEST, analytics=str(config)).validate()
    with pytest.raises(IncompatiblePipelineError, match="followed from frame to frame"):
        Pipeline(TEST, model, analytics=config).validate()


def test_callbacks_are_connected_to_the_elements_they_name() -> None:
    seen = []

    class WithCallback(StringPipeline):
        @property
        def CONNECTIONS(self):
            return {"f": {"handoff": lambda element, buffer, pad: seen.append(element.name)}}

    pipeline = WithCallback("videotestsrc num-buffers=1 ! fakesink name=f signal-handoffs=true")
    pipeline.start()
    pipeline.get_bus().timed_pop_filtered(5 * Gst.SECOND, Gst.MessageType.EOS)
    pipeline.stop()
    assert seen == ["f"]


def test_a_text_is_not_searched_for_networks_until_asked() -> None:
    pipeline = StringPipeline("fakesrc ! fakesink")
    assert (pipeline.models, pipeline.tracker, pipeline.analytics) == ([], None, None)
