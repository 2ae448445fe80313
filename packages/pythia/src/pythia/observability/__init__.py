"""What a running pipeline does: counters, rates, queue levels, latencies, logs, graphs."""

from __future__ import annotations

from pythia.observability.graph import write_graph
from pythia.observability.gst_log import bridge_gst_log
from pythia.observability.json_log import JsonFormatter
from pythia.observability.meter import ElementLatency, Meter, QueueLevel, SinkCounters, Snapshot

__all__ = [
    "ElementLatency",
    "JsonFormatter",
    "Meter",
    "QueueLevel",
    "SinkCounters",
    "Snapshot",
    "bridge_gst_log",
    "write_graph",
]
