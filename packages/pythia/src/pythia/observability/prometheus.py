"""The numbers of an application for Prometheus.

Needs the extra ``prometheus`` (``pip install pythia-video[prometheus]``).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from prometheus_client import start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector, CollectorRegistry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pythia.observability.meter import Meter, Snapshot

__all__ = ["MeterCollector", "MetricsServer"]


class MeterCollector(Collector):
    """Turns the snapshots of a meter into metrics, each time Prometheus asks."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def collect(self) -> Iterable[Any]:
        """Yield all metrics."""
        snapshot = self._meter.snapshot()
        yield from _sinks(snapshot)
        yield from _queues(snapshot)
        yield from _streams(snapshot)
        failures = CounterMetricFamily(
            "pythia_probe_failures", "Calls that raised", labels=["probe"]
        )
        for name, count in snapshot.probe_failures.items():
            failures.add_metric([name], count)
        yield failures
        latency = SummaryMetricFamily(
            "pythia_element_latency_seconds", "Stay of buffers in an element", labels=["element"]
        )
        for name, stay in snapshot.latencies.items():
            latency.add_metric([name], stay.buffers, stay.mean_s * stay.buffers)
        yield latency


class MetricsServer:
    """Serves the metrics of a meter over HTTP, at any path, until it is closed.

    Args:
        meter: Where the numbers come from.
        port: TCP port; 0 takes a free one.
        host: Address to listen at; by default all.

    Attributes:
        port: The TCP port.
    """

    def __init__(self, meter: Meter, port: int, host: str = "0.0.0.0") -> None:
        registry = CollectorRegistry()
        registry.register(MeterCollector(meter))
        self._server, self._thread = start_http_server(port, host, registry)
        self.port: int = self._server.server_port

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> MetricsServer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _sinks(snapshot: Snapshot) -> Iterator[Any]:
    buffers = CounterMetricFamily("pythia_sink_buffers", "Buffers at a sink", labels=["sink"])
    dropped = CounterMetricFamily("pythia_sink_dropped", "Buffers that came late", labels=["sink"])
    fps = GaugeMetricFamily("pythia_sink_fps", "Buffers per second at a sink", labels=["sink"])
    for name, sink in snapshot.sinks.items():
        buffers.add_metric([name], sink.buffers)
        dropped.add_metric([name], sink.dropped)
        fps.add_metric([name], sink.fps)
    yield from (buffers, dropped, fps)


def _queues(snapshot: Snapshot) -> Iterator[Any]:
    for field, unit in (("buffers", "buffers"), ("bytes", "bytes"), ("time_s", "seconds")):
        gauge = GaugeMetricFamily(f"pythia_queue_{unit}", "Level of a queue", labels=["queue"])
        for name, level in snapshot.queues.items():
            gauge.add_metric([name], getattr(level, field))
        yield gauge


def _streams(snapshot: Snapshot) -> Iterator[Any]:
    totals = ("posted", "dropped", "failed", "outages")
    rows = {uri: dataclasses.asdict(counters) for uri, counters in snapshot.streams.items()}
    for name in next(iter(rows.values()), {}):
        kind = CounterMetricFamily if name in totals else GaugeMetricFamily
        unit = name.removesuffix("_s") + ("_seconds" if name.endswith("_s") else "")
        family = kind(f"pythia_event_stream_{unit}", "Items of an event stream", labels=["stream"])
        for uri, row in rows.items():
            family.add_metric([uri], row[name])
        yield family
