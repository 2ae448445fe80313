"""`Meter`: what a running application does, as numbers."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pythia.observability.latency import ElementLatency, LatencyProbes
from pythia.utils.gst import gst_iter

if TYPE_CHECKING:
    from pythia.applications.base import BaseApplication
    from pythia.event_stream.worker import StreamCounters

__all__ = ["ElementLatency", "Meter", "QueueLevel", "SinkCounters", "Snapshot"]

_FPS_WINDOW_S = 2.0


@dataclass(frozen=True)
class SinkCounters:
    """What has arrived at a sink. A batch is one buffer.

    Attributes:
        buffers: Buffers shown or written, in this run.
        dropped: Buffers thrown away for being late, in this run.
        fps: Buffers per second, over the last two seconds.
    """

    buffers: int
    dropped: int
    fps: float


@dataclass(frozen=True)
class QueueLevel:
    """How full a queue is.

    Attributes:
        buffers: Buffers in it.
        bytes: Bytes in it.
        time_s: Seconds of video in it.
        max_buffers: Buffers it may hold; 0 is no limit.
    """

    buffers: int
    bytes: int
    time_s: float
    max_buffers: int


@dataclass(frozen=True)
class Snapshot:
    """What an application has done until now.

    Attributes:
        sinks: By name of the element.
        queues: By name of the element.
        streams: Counters of the event streams, by URI without credentials.
        probe_failures: Calls that raised, by ``function@element.pad``.
        latencies: By name of the element; empty unless they are measured.
    """

    sinks: dict[str, SinkCounters] = field(default_factory=dict)
    queues: dict[str, QueueLevel] = field(default_factory=dict)
    streams: dict[str, StreamCounters] = field(default_factory=dict)
    probe_failures: dict[str, int] = field(default_factory=dict)
    latencies: dict[str, ElementLatency] = field(default_factory=dict)


class Meter:
    """Reads the numbers of an application. Any thread may, also while it runs.

    Reading costs nothing while nobody reads: the elements count anyway. Latencies are the
    exception: they take two probes per element.

    Args:
        app: The application.
        latency: Measure how long buffers stay in each element, from now on.
    """

    def __init__(self, app: BaseApplication, *, latency: bool = False) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._seen: dict[str, deque[tuple[float, int]]] = {}
        self._latency = LatencyProbes(app.pipeline.pipeline) if latency else None

    def snapshot(self) -> Snapshot:
        """Return the numbers of now."""
        app = self._app
        sinks: dict[str, SinkCounters] = {}
        queues: dict[str, QueueLevel] = {}
        with self._lock:
            for element in gst_iter(app.pipeline.pipeline.iterate_recurse()):
                name = element.get_name()
                if _is_base_sink(element):
                    sinks[name] = self._sink(name, element)
                elif element.find_property("current-level-buffers") is not None:
                    queues[name] = _queue_level(element)
        return Snapshot(
            sinks=sinks,
            queues=queues,
            streams={str(each.backend): each.counters for each in app.streams.values()},
            probe_failures={str(each): each.failures for each in app.probes},
            latencies=self._latency.results() if self._latency is not None else {},
        )

    def close(self) -> None:
        """Stop measuring latencies. Idempotent."""
        if self._latency is not None:
            self._latency.close()

    def _sink(self, name: str, element: Any) -> SinkCounters:
        stats = element.get_property("stats")
        buffers, dropped = int(stats.get_value("rendered")), int(stats.get_value("dropped"))
        now = time.monotonic()
        seen = self._seen.setdefault(name, deque())
        if seen and buffers < seen[-1][1]:  # another run
            seen.clear()
        seen.append((now, buffers))
        while len(seen) > 2 and seen[1][0] <= now - _FPS_WINDOW_S:
            seen.popleft()
        since, before = seen[0]
        fps = (buffers - before) / (now - since) if now > since else 0.0
        return SinkCounters(buffers, dropped, fps)


def _is_base_sink(element: Any) -> bool:
    spec = element.find_property("stats")
    return spec is not None and element.find_property("max-lateness") is not None


def _queue_level(element: Any) -> QueueLevel:
    get = element.get_property
    return QueueLevel(
        buffers=get("current-level-buffers"),
        bytes=get("current-level-bytes"),
        time_s=get("current-level-time") / 1e9,
        max_buffers=get("max-size-buffers"),
    )
