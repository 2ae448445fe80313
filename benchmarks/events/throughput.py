"""Events per second that a stream takes when its queue is never empty.

    python -m benchmarks.events.throughput URI

The policy is ``block``, so every event is delivered. Prints a line of JSON.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.events.probes import event
from pythia.event_stream import EventStream

EVENTS = 100_000
PER_FRAME = 20


def events_per_second(uri: str) -> float:
    """Delivered events per second, from the first put to the end of close."""
    stream = EventStream.from_uri(f"{uri}&overflow=block&drain_timeout_s=60")
    start = time.perf_counter()
    for frame in range(EVENTS // PER_FRAME):
        stream.put([event(frame, number) for number in range(PER_FRAME)])
    stream.close()
    elapsed_s = time.perf_counter() - start
    if stream.counters.posted != EVENTS:
        raise RuntimeError(f"{stream.backend} delivered {stream.counters} of {EVENTS}")
    return EVENTS / elapsed_s


if __name__ == "__main__":
    print(json.dumps({"events_per_second": events_per_second(sys.argv[1])}))
