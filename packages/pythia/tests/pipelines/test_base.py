from __future__ import annotations

import threading
import time

import pytest

from pythia.exceptions import InvalidPipelineError, PipelineStuckError
from pythia.pipelines.base import StringPipeline
from pythia.utils.gst import Gst


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("videotestsrc ! fakesnk", r'no element "fakesnk".*Did you mean .*fakesink'),
        ("videotestsrc patern=ball ! fakesink", r'"patern" in element.*Did you mean pattern'),
        (
            "videotestsrc ! queue name=q max-size-bufers=3 ! fakesink",
            "Did you mean max-size-buffers",
        ),
        ("videotestsrc pattern=bal ! fakesink", "Did you mean ball"),
        ("videotestsrc num-buffers=many ! fakesink", "gint from -1 to 2147483647"),
        (
            "audiotestsrc ! x264enc ! fakesink",
            r"could not link audiotestsrc\d+ to x264enc.*converter",
        ),
        ("videotestsrc ! ! fakesink", "two ! with nothing between"),
        ("videotestsrc !", "one side of it is empty"),
        ("videotestsrc ! video/x-raw,=3 ! fakesink", "Caps look like"),
        ("filesrc location={input} ! fakesnk", r"still contains \{input\}"),
        ("", "empty pipeline"),
        ("mythicalelement ! fakesink", "gst-inspect-1.0 mythicalelement"),
    ],
)
def test_invalid_pipeline_says_what_to_do(text: str, expected: str) -> None:
    with pytest.raises(InvalidPipelineError, match=f"(?s){expected}"):
        StringPipeline(text)


@pytest.mark.usefixtures("no_pyds")
def test_deepstream_element_without_pyds_says_how_to_get_it() -> None:
    with pytest.raises(
        InvalidPipelineError, match=r"Did you mean nvinfer.*pip install pythia-pyds"
    ):
        StringPipeline("fakesrc ! nvinfr ! fakesink")


def test_single_element_becomes_a_pipeline() -> None:
    pipeline = StringPipeline("fakesink name=only").pipeline
    assert isinstance(pipeline, Gst.Pipeline)
    assert pipeline.get_by_name("only") is not None


def test_stop_gives_up_on_a_blocked_probe_and_shows_where_it_is() -> None:
    pipeline = StringPipeline("fakesrc ! fakesink name=sink")
    entered, leave = threading.Event(), threading.Event()

    def blocked_here(pad: object, info: object) -> Gst.PadProbeReturn:
        entered.set()
        leave.wait(60)
        return Gst.PadProbeReturn.REMOVE

    pad = pipeline.pipeline.get_by_name("sink").get_static_pad("sink")
    pad.add_probe(Gst.PadProbeType.BUFFER, blocked_here)
    pipeline.start()
    assert entered.wait(60)
    started = time.monotonic()
    with pytest.raises(PipelineStuckError, match=r"did not stop within 0.1 s.*"):
        pipeline.stop(timeout_s=0.1)
    assert time.monotonic() - started < 30
    leave.set()
    pipeline.stop()
    assert pipeline.pipeline.get_state(0).state == Gst.State.NULL
