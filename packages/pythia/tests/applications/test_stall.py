from __future__ import annotations

from pythia.applications.stall import StallDetector
from pythia.utils.gst import Gst


def test_demuxer_that_gave_up_in_silence_is_named(tmp_path) -> None:
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0\0\1\0mdat" + b"\0" * 100)
    pipeline = Gst.parse_launch(f'filesrc location="{damaged}" ! qtdemux name=q ! fakesink')
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    # Its error is taken off the bus here, as decodebin sometimes does.
    message = bus.timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.ERROR)
    assert message.src.get_name() == "q"
    detector = StallDetector(pipeline)
    pad = pipeline.get_by_name("q").get_static_pad("sink")
    while pad.get_task_state() != Gst.TaskState.PAUSED:
        pass
    assert detector.check() is None
    error = detector.check()
    assert f"element q (qtdemux): stopped reading before it found a stream, reading {damaged}" in (
        str(error)
    )
    pipeline.set_state(Gst.State.NULL)


def test_working_pipelines_are_never_suspected() -> None:
    pipeline = Gst.parse_launch("videotestsrc num-buffers=2 ! tee ! queue ! fakesink")
    detector = StallDetector(pipeline)
    pipeline.set_state(Gst.State.PLAYING)
    for _ in range(20):
        assert detector.check() is None
    pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.EOS)
    assert detector.check() is detector.check() is None
    pipeline.set_state(Gst.State.NULL)
