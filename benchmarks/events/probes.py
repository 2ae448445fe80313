"""CPU time of a pipeline whose probe sends events, through pythia or by hand.

    python -m benchmarks.events.probes WAY OBJECTS [URI]

WAY is ``none``, ``pythia`` (a generator and an event stream) or ``bare`` (a PyGObject probe with
``json.dumps`` and the client library). Prints a line of JSON. CPU time is that of the whole
process: also of the worker thread and of the client library.
"""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pythia import Application, Gst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUFFERS = 2_000
PIPELINE = (
    f"videotestsrc num-buffers={BUFFERS} pattern=black ! video/x-raw,width=16,height=16 "
    "! identity name=here ! fakesink"
)


def event(frame: int, number: int) -> dict[str, object]:
    """One detection, as most probes send it."""
    return {
        "frame_num": frame,
        "label": "Person",
        "left": 319.5152893066406 + number,
        "top": 12.25,
        "width": 39.25225830078125,
        "height": 32.774200439453125,
        "confidence": 0.9975310564041138,
    }


def bare_post(uri: str) -> tuple[Callable[[str], object], Callable[[], object]]:
    """How one posts a text without pythia, and how one waits for the rest."""
    parts = urlsplit(uri)
    stream = parse_qs(parts.query)["stream"][0]
    if parts.scheme == "memory":
        return deque[str](maxlen=100_000).append, lambda: None
    if parts.scheme == "log":
        file = open(stream, "w")  # noqa: SIM115 - closed by the second function
        return lambda text: file.write(text + "\n"), file.close
    if parts.scheme == "redis":
        import redis

        client = redis.Redis.from_url(uri.partition("?")[0])
        return lambda text: client.xadd(stream, {"data": text}), client.close
    if parts.scheme == "kafka":
        from confluent_kafka import Producer

        producer: Any = Producer({"bootstrap.servers": parts.netloc, "linger.ms": 5})

        def produce(text: str) -> None:
            producer.produce(stream, text)
            producer.poll(0)

        return produce, producer.flush
    raise ValueError(f"no bare client for {uri}")


def cpu_us_per_buffer(way: str, objects: int, uri: str) -> float:
    """Microseconds of CPU per buffer, everything delivered."""
    app = Application.from_pipeline_string(PIPELINE)
    finish: Callable[[], object] = lambda: None  # noqa: E731
    frame = 0
    if way == "pythia":

        @app.probe("here", "src", backend_uri=f"{uri}&overflow=block")
        def events(pad: Any, info: Any) -> Iterator[dict[str, object]]:
            nonlocal frame
            frame += 1
            for number in range(objects):
                yield event(frame, number)

    elif way == "bare":
        post, finish = bare_post(uri)

        def probe(pad: Any, info: Any) -> Any:
            nonlocal frame
            frame += 1
            for number in range(objects):
                post(json.dumps(event(frame, number)))
            return Gst.PadProbeReturn.OK

        pad = app.pipeline.get_by_name("here").get_static_pad("src")
        pad.add_probe(Gst.PadProbeType.BUFFER, probe)
    start = time.process_time()
    app()
    finish()
    return (time.process_time() - start) / BUFFERS * 1e6


if __name__ == "__main__":
    way, objects, *uri = sys.argv[1:]
    measured = cpu_us_per_buffer(way, int(objects), uri[0] if uri else "")
    print(json.dumps({"cpu_us_per_buffer": measured}))
