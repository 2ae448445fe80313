"""nvdslogger: tells the rate of each source and changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from packages.pyds.tests.pipelines import Gst, playing, samples, wait


def source(number: int, frames: int, *, live: bool = False) -> str:
    return (
        f"videotestsrc num-buffers={frames} is-live={str(live).lower()} ! "
        f"video/x-raw,width=64,height=48,framerate=50/1 ! nvvideoconvert ! mux.sink_{number}"
    )


MUX = "nvstreammux name=mux width=64 height=48 batch-size={n}"


def rates(pipeline: Any) -> Iterator[Any]:
    """The rate messages of a pipeline as they come, until its end."""
    while True:
        message = wait(pipeline, Gst.MessageType.ELEMENT | Gst.MessageType.EOS)
        if message.type == Gst.MessageType.EOS:
            return
        structure = message.get_structure()
        if structure.get_name() == "fps":
            yield structure


def test_every_source_is_reported_at_the_end() -> None:
    with playing(
        f"{MUX.format(n=2)} ! nvdslogger ! fakesink sync=false {source(0, 10)} {source(1, 20)}"
    ) as pipeline:
        found = {each.get_value("source-id"): each for each in rates(pipeline)}
    assert {number: s.get_value("frames") for number, s in found.items()} == {0: 10, 1: 20}
    assert all(s.get_value("average-fps") > 0 for s in found.values())


def test_rate_of_a_live_source_is_reported_while_it_plays() -> None:
    with playing(
        f"{MUX.format(n=1)} ! nvdslogger fps-measurement-interval-sec=1 ! fakesink "
        f"{source(0, -1, live=True)}"
    ) as pipeline:
        first, second = itertools.islice(rates(pipeline), 2)
    assert second.get_value("source-id") == 0
    # How many frames a busy machine makes in an interval of a second or more is its own affair.
    passed = second.get_value("frames") - first.get_value("frames")
    assert 0 < second.get_value("fps") <= passed
    assert second.get_value("average-fps") > 0


def test_buffers_pass_unchanged() -> None:
    assert len(samples(f"{source(0, 7)} {MUX.format(n=1)} ! nvdslogger ! nvvideoconvert")) == 7
