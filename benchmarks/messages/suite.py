"""Interleaves a pipeline without messages, with them, and with a broker; medians."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.peer import run_module
from tests.broker_servers import KafkaMock, Mosquitto, RedisServer


def run(rounds: int) -> dict[str, object]:
    """Microseconds of CPU that messages add per frame, and messages confirmed per second."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        servers: dict[str, Any] = {
            "redis": RedisServer(folder),
            "mqtt": Mosquitto(folder),
            "kafka": KafkaMock(),
        }
        try:
            return _measure(rounds, servers, folder)
        finally:
            for server in servers.values():
                server.close()


def _measure(rounds: int, servers: dict[str, Any], folder: Path) -> dict[str, object]:
    config = folder / "redis.txt"
    config.write_text(f"[message-broker]\npassword={RedisServer.password}\n")
    servers["kafka"].create_topic("t")
    added: list[float] = []
    speeds: dict[str, list[float]] = {name: [] for name in servers}
    costs: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        floor = _cpu("fakesink")
        converted = _cpu("nvmsgconv")
        added.append(converted - floor)
        for name, server in servers.items():
            properties = [f"proto-lib={name}", f'conn-str="127.0.0.1;{server.port};t"']
            if name == "redis":
                properties.append(f"config={config}")
            measured = run_module("benchmarks.messages.throughput", "nvmsgbroker", *properties)
            speeds[name].append(measured["frames_per_s"])
            costs[name].append(measured["cpu_us_per_frame"] - converted)
    return {
        "CPU us nvmsgconv adds per frame of 20 objects": statistics.median(added),
        "CPU us nvmsgbroker adds per message": _medians(costs),
        "messages confirmed per second": _medians(speeds),
    }


def _cpu(elements: str) -> float:
    measured: float = run_module("benchmarks.messages.throughput", elements)["cpu_us_per_frame"]
    return measured


def _medians(values: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(each) for name, each in values.items()}
