"""nvdslogger: tells the rate of each source and changes nothing."""

from __future__ import annotations

from typing import Any

from packages.pyds.tests.pipelines import Gst, playing, samples, wait


def source(number: int, frames: int, *, live: bool = False) -> str:
    return (
        f"videotestsrc num-buffers={frames} is-live={str(live).lower()} ! "
        f"video/x-raw,width=64,height=48,framerate=50/1 ! nvvideoconvert ! mux.sink_{number}"
    )


MUX = "nvstreammux name=mux width=64 height=48 batch-size={n}"


def rates(pipeline: Any, count: int) -> dict[int, Any]:
    """The next rate messages, by source."""
    found = {}
    for _ in range(count):
        structure = wait(pipeline, Gst.MessageType.ELEMENT).get_structure()
        if structure.get_name() == "fps":
            found[structure.get_value("source-id")] = structure
    return found


def test_every_source_is_reported_at_the_end() -> None:
    with playing(
        f"{MUX.format(n=2)} ! nvdslogger ! fakesink sync=false {source(0, 10)} {source(1, 20)}"
    ) as pipeline:
        found = rates(pipeline, 4)  # two of them are the mux's stream-eos
    assert {number: s.get_value("frames") for number, s in found.items()} == {0: 10, 1: 20}
    assert all(s.get_value("average-fps") > 0 for s in found.values())


def test_rate_of_a_live_source_is_reported_while_it_plays() -> None:
    with playing(
        f"{MUX.format(n=1)} ! nvdslogger fps-measurement-interval-sec=1 ! fakesink "
        f"{source(0, -1, live=True)}"
    ) as pipeline:
        rates(pipeline, 1)
        second = rates(pipeline, 1)[0]
    assert 35 < second.get_value("fps") < 65  # of 50; the machine may be busy
    assert second.get_value("frames") > 60


def test_buffers_pass_unchanged() -> None:
    assert len(samples(f"{source(0, 7)} {MUX.format(n=1)} ! nvdslogger ! nvvideoconvert")) == 7
