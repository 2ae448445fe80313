"""Interleaves the ways of access for some rounds; medians, and the ratio within each round."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.metadata import access, peer, probes
from benchmarks.peer import run_module

LOOP = "cast/next loop, 7 fields"
LOOP_OF_PEER = f"{LOOP}, pybind11"
ACCESS = {
    LOOP: access.classic_loop,
    "iterators, 7 fields": access.iterators,
    "table, 14 fields": access.table,
    "table back into objects, and removed": access.add_from_table,
}


def cpu_us_per_buffer(*probe: str) -> float:
    """What one buffer costs in a pipeline with this probe, or without."""
    measured: float = run_module("benchmarks.metadata.probes", *probe)["cpu_us_per_buffer"]
    return measured


def run(rounds: int) -> dict[str, object]:
    """Million objects per second, and what a probe adds per buffer in microseconds of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        loop_of_peer = access.classic_loop_of(peer.build(Path(folder)))
    ways = ACCESS | {LOOP_OF_PEER: loop_of_peer}
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    costs: dict[str, list[float]] = {name: [] for name in probes.PROBES}
    for _ in range(rounds):
        for name, read in ways.items():
            speeds[name].append(access.million_objects_per_second(read))
        without = cpu_us_per_buffer()
        for name, measured in costs.items():
            measured.append((cpu_us_per_buffer(name) - without) / probes.PROBES_AT_ONCE)
    ratios = [a / b for a, b in zip(speeds[LOOP], speeds[LOOP_OF_PEER], strict=True)]
    return {
        "million objects per second": {
            name: statistics.median(values) for name, values in speeds.items()
        },
        "times faster than pybind11": statistics.median(ratios),
        "CPU us a probe adds per buffer": {
            name: statistics.median(values) for name, values in costs.items()
        },
    }
