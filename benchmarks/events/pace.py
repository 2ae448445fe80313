"""Frames per second of a live video whose probe sends events, in good times and in bad.

    python -m benchmarks.events.pace [URI EVENTS_PER_FRAME [FRAMES]]

The source is live at 30 fps. Prints a line of JSON: the fps, the longest a frame waited for the
next, and what became of the events.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from benchmarks.events.probes import event
from pythia import Application
from pythia.event_stream import Backend

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAMES = 240
PIPELINE = (
    "videotestsrc is-live=true num-buffers={frames} pattern=ball "
    "! video/x-raw,format=I420,width=640,height=360,framerate=30/1 "
    "! identity name=here ! videoconvert ! video/x-raw,format=RGBA ! fakesink name=sink sync=false"
)


class Slow(Backend):
    """Takes 100 ms for each event."""

    def post(self, data: Any) -> None:
        """Sleep."""
        time.sleep(0.1)


def measure(uri: str | None, per_frame: int, frames: int) -> dict[str, Any]:
    """Run the video once."""
    app = Application.from_pipeline_string(PIPELINE.format(frames=frames))
    times: list[float] = []

    @app.probe("sink", "sink")
    def clock(pad: Any, info: Any) -> None:
        times.append(time.perf_counter())

    if uri is not None:

        @app.probe("here", "src", backend_uri=uri)
        def events(pad: Any, info: Any) -> Iterator[dict[str, object]]:
            for number in range(per_frame):
                yield event(len(times), number)

    app()
    closed_after_s = time.perf_counter() - times[-1]
    gaps = [after - before for before, after in pairwise(times)]
    result: dict[str, Any] = {
        "fps": (len(times) - 1) / (times[-1] - times[0]),
        "longest_gap_ms": 1e3 * max(gaps),
        "frames": len(times),
        "closed_after_s": closed_after_s,
    }
    if uri is not None:
        result.update(asdict(app.streams[uri].counters))
    return result


if __name__ == "__main__":
    given = sys.argv[1:]
    uri, per_frame = (given[0], int(given[1])) if given else (None, 0)
    print(json.dumps(measure(uri, per_frame, int(given[2]) if len(given) > 2 else FRAMES)))
