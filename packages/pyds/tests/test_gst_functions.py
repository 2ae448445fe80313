"""Functions on elements and buffers: events, the sender's time, latency."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import pyds
from packages.pyds.tests.pipelines import Gst


@pytest.fixture
def element():
    """An element between two pads, with the custom events that reach it."""
    pipeline = Gst.parse_launch("appsrc ! identity name=first ! identity name=second ! fakesink")
    events = []

    def note(pad, info):
        if info.get_event().get_structure() is not None:
            events.append(info.get_event().get_structure().to_string())
        return Gst.PadProbeReturn.OK

    pad = pipeline.get_by_name("second").get_static_pad("sink")
    pad.add_probe(Gst.PadProbeType.EVENT_DOWNSTREAM, note)
    pipeline.set_state(Gst.State.PAUSED)
    yield pipeline.get_by_name("first"), events
    pipeline.set_state(Gst.State.NULL)


def test_stream_resets_travel_downstream(element):
    first, events = element
    assert pyds.gst_element_send_nvevent_new_stream_reset(hash(first), 3) == 1
    [event] = [text for text in events if "reset" in text]
    assert "source-id=(uint)3" in event


def test_interval_updates_travel_downstream(element):
    first, events = element
    assert pyds.gst_element_send_nvevent_interval_update(first, "camera 1", 4) is True
    [event] = [text for text in events if "interval" in text]
    assert 'stream_id=(string)"camera\\ 1"' in event
    assert "interval=(uint)4" in event


def test_other_objects_are_no_elements():
    with pytest.raises(ValueError, match=r"not a Gst\.Element"):
        pyds.gst_element_send_nvevent_new_stream_reset(Gst.Buffer.new(), 0)
    with pytest.raises(ValueError, match=r"not a Gst\.Element"):
        pyds.configure_source_for_ntp_sync(1234)


@pytest.fixture
def sender_time_of():
    """Whether an rtspsrc tells the sender's time."""
    source = Gst.ElementFactory.make("rtspsrc")
    if source is None or source.find_property("add-reference-timestamp-meta") is None:
        pytest.skip("rtspsrc of GStreamer 1.22 is not here")
    return lambda source: source.get_property("add-reference-timestamp-meta")


def test_an_rtsp_source_tells_the_senders_time(sender_time_of):
    source = Gst.ElementFactory.make("rtspsrc")
    assert not sender_time_of(source)
    pyds.configure_source_for_ntp_sync(hash(source))
    assert sender_time_of(source)


def test_rtsp_sources_in_a_bin_do_so_too_now_and_later(sender_time_of):
    outer, inner = Gst.Bin(), Gst.Bin()
    outer.add(inner)
    before, after = (Gst.ElementFactory.make("rtspsrc") for _ in range(2))
    inner.add(before)
    pyds.configure_source_for_ntp_sync(outer)
    inner.add(after)
    assert sender_time_of(before)
    assert sender_time_of(after)


LATENCY = """
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
import pyds

Gst.init(None)
pipeline = Gst.parse_launch(
    "videotestsrc num-buffers=3 ! nvvideoconvert ! video/x-raw(memory:NVMM),format=NV12 "
    "! mux.sink_0 videotestsrc num-buffers=3 ! nvvideoconvert "
    "! video/x-raw(memory:NVMM),format=NV12 ! mux.sink_1 nvstreammux name=mux batch-size=2 "
    "width=64 height=48 batched-push-timeout=-1 ! queue ! fakesink name=sink")
counts = []
def probe(pad, info):
    counts.append(pyds.nvds_measure_buffer_latency(hash(info.get_buffer())))
    return Gst.PadProbeReturn.OK
pad = pipeline.get_by_name("sink").get_static_pad("sink")
pad.add_probe(Gst.PadProbeType.BUFFER, probe)
pipeline.set_state(Gst.State.PLAYING)
message = pipeline.get_bus().timed_pop_filtered(
    90 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
assert message.type == Gst.MessageType.EOS
pipeline.set_state(Gst.State.NULL)
print("counts", sum(counts))
"""


def measured(setting):
    environment = {**os.environ, "NVDS_ENABLE_LATENCY_MEASUREMENT": setting}
    return subprocess.run(
        [sys.executable, "-c", LATENCY], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_latency_is_printed_for_each_source_and_frame():
    output = measured("1")
    lines = re.findall(r"Source id = (\d) Frame_num = (\d) Frame latency = ([\d.]+)", output)
    assert sorted((source, number) for source, number, _ in lines) == [
        (source, number) for source in "01" for number in "012"
    ]
    assert all(0 < float(latency) < 10_000 for *_, latency in lines)
    assert "counts 6" in output


def test_latency_is_not_measured_unless_asked_for():
    assert measured("0") == "counts 0\n"


def test_a_buffer_without_a_batch_has_no_latency():
    assert pyds.nvds_measure_buffer_latency(Gst.Buffer.new()) == 0
