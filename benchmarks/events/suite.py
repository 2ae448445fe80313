"""Interleaves the streams for some rounds; medians. Brokers are real, on this machine."""

from __future__ import annotations

import functools
import importlib
import itertools
import statistics
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

from benchmarks.peer import run_module

# The tests start the same servers; they are not typed.
servers: Any = importlib.import_module("tests.broker_servers")

OBJECTS = 20
LOUD_EVENTS_PER_FRAME = 1100  # 33 000 a second
LOUD_QUEUE = "&queue_size=50000"  # what arrives while Kafka's client connects, half a second
OUTAGE_S = 10.0


def cost(uris: dict[str, str], rounds: int) -> dict[str, object]:
    """CPU that events add, by way and stream: per buffer, and per object of it."""
    added: dict[str, list[float]] = {}
    for _ in range(rounds):
        none = run_module("benchmarks.events.probes", "none", 0)["cpu_us_per_buffer"]
        for name, uri in uris.items():
            for way in ("bare", "pythia"):
                few, many = (
                    run_module("benchmarks.events.probes", way, objects, uri)["cpu_us_per_buffer"]
                    - none
                    for objects in (0, OBJECTS)
                )
                added.setdefault(f"{way}, {name}, per buffer", []).append(few)
                added.setdefault(f"{way}, {name}, per object", []).append((many - few) / OBJECTS)
    return {name: statistics.median(values) for name, values in sorted(added.items())}


def throughput(uris: dict[str, str], rounds: int) -> dict[str, object]:
    """Events per second, by stream."""
    rates: dict[str, list[float]] = {name: [] for name in uris}
    for _ in range(rounds):
        for name, uri in uris.items():
            rates[name].append(run_module("benchmarks.events.throughput", uri)["events_per_second"])
    return {name: statistics.median(values) for name, values in rates.items()}


def pace(redis: Any, uris: dict[str, str], folder: Path, rounds: int) -> dict[str, object]:
    """The fps of a live video beside those without a stream, and what became of the events."""
    proxy = servers.TcpProxy(redis.port)
    numbers = itertools.count()

    def spill() -> str:
        return f"&timeout_s=1&spill={folder}/spill{next(numbers)}"

    def away() -> dict[str, Any]:
        return run_module(
            "benchmarks.events.pace",
            f"redis://127.0.0.1:1?stream=x&drain_timeout_s=2{spill()}",
            OBJECTS,
        )

    def slow() -> dict[str, Any]:
        uri = f"benchmarks.events.pace:Slow://?stream=x&drain_timeout_s=2{spill()}"
        return run_module("benchmarks.events.pace", uri.replace("&timeout_s=1", ""), OBJECTS)

    def dies() -> dict[str, Any]:
        timers = [threading.Timer(2.0, proxy.down), threading.Timer(2.0 + OUTAGE_S, proxy.up)]
        for timer in timers:
            timer.start()
        try:
            frames = int(30 * (OUTAGE_S + 6))
            uri = redis.uri("pace", proxy.port) + spill()
            return run_module("benchmarks.events.pace", uri, OBJECTS, frames)
        finally:
            for timer in timers:
                timer.join()

    times: dict[str, Callable[[], dict[str, Any]]] = {
        "broker is there": lambda: run_module("benchmarks.events.pace", redis.uri("pace"), OBJECTS),
        "broker is down": away,
        f"broker dies for {OUTAGE_S:g} s": dies,
        "100 ms for each event": slow,
        **{
            f"{LOUD_EVENTS_PER_FRAME} events a frame, {name}": functools.partial(
                run_module, "benchmarks.events.pace", uris[name] + LOUD_QUEUE, LOUD_EVENTS_PER_FRAME
            )
            for name in ("memory", "redis", "kafka")
        },
    }
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in times}
    for _ in range(rounds):
        bare = run_module("benchmarks.events.pace")
        for name, run_one in times.items():
            result = run_one()
            result["fps / fps without a stream"] = result["fps"] / bare["fps"]
            measured[name].append(result)
    proxy.close()
    return {
        name: {key: statistics.median(each[key] for each in results) for key in results[0]}
        for name, results in measured.items()
    }


def run(rounds: int) -> dict[str, object]:
    """Measures what brokers there are."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("redis", "mqtt"):
            (folder / name).mkdir()
        redis = servers.RedisServer(folder / "redis")
        kafka = servers.KafkaMock()
        uris = {
            "memory": "memory://?stream=a",
            "log": f"log://?stream={folder}/events.log",
            "redis": redis.uri("events"),
            "kafka": kafka.uri("events"),
        }
        more = {"file": f"file://{folder}/events.jsonl?stream=a"}
        mosquitto = None
        try:
            mosquitto = servers.Mosquitto(folder / "mqtt")
            more["mqtt"] = f"mqtt://127.0.0.1:{mosquitto.port}?stream=events"
        except servers.ServerMissing:
            pass  # it has no target
        try:
            return {
                "events per second": throughput({**uris, **more}, rounds),
                "CPU us added": cost(uris, rounds),
                "pace of a live video": pace(redis, uris, folder, rounds),
            }
        finally:
            redis.close()
            kafka.close()
            if mosquitto is not None:
                mosquitto.close()
