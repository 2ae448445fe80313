"""Frames between processes: latency, CPU and rate of the peers, fan-out, and the cost of a lease.

    python benchmarks/cuframes/suite.py --rounds 3

Peers take turns within a round; the table gives medians over rounds and ratios to cuframes in
place, taken within each round. iceoryx2 and GStreamer (through PyGObject) are measured where they
are installed.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
RATES = {30: 60, 240: 480, 1000: 1500}  # frames per second: frames measured
CAMERAS, READERS = 4, 3


def available() -> list[str]:
    """The peers whose libraries are here."""
    from benchmarks.cuframes.peers import PEERS

    missing = set()
    if importlib.util.find_spec("iceoryx2") is None:
        missing.add("iceoryx2")
    if importlib.util.find_spec("gi") is None:
        missing.add("gst")
    return [peer for peer in PEERS if peer.split("_")[0] not in missing]


@contextlib.contextmanager
def worker(peer: str, role: str, name: str, fps: float, frames: int) -> Iterator[Any]:
    """One end of one transport as a process."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "benchmarks.cuframes.worker",
            peer,
            role,
            name,
            str(fps),
            str(frames),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()


def measure(peer: str, name: str, fps: float, frames: int, readers: int = 1) -> dict[str, float]:
    """One publisher, some readers, once."""
    with contextlib.ExitStack() as stack:
        publisher = stack.enter_context(worker(peer, "publish", name, fps, frames))
        all_readers = [
            stack.enter_context(worker(peer, "read", name, fps, frames)) for _ in range(readers)
        ]
        for reader in all_readers:
            assert reader.stdout.readline() == "up\n"
        publisher.stdin.write("go\n")
        publisher.stdin.flush()
        results = [json.loads(reader.stdout.readline()) for reader in all_readers]
        sent = json.loads(publisher.stdout.readline())
    cpu = sent["cpu_s"] + sum(r["cpu_s"] for r in results)
    return {
        "p50_us": statistics.median(r["p50_us"] for r in results),
        "p99_us": max(r["p99_us"] for r in results),
        "fps": min(r["fps"] for r in results),
        "cpu_us_per_frame": cpu / frames * 1e6,
    }


def fan_out(peer: str, seconds: float) -> dict[str, float]:
    """Several cameras at 30 fps, several readers each, all at once."""
    frames = int(30 * seconds)
    with concurrent.futures.ThreadPoolExecutor(CAMERAS) as pool:
        runs = list(
            pool.map(
                lambda i: measure(peer, f"fan-{os.getpid()}-{i}", 30, frames, READERS),
                range(CAMERAS),
            )
        )
    return {
        "p50_us": statistics.median(r["p50_us"] for r in runs),
        "p99_us": max(r["p99_us"] for r in runs),
        "cpu_us_per_frame": statistics.mean(r["cpu_us_per_frame"] for r in runs),
    }


def lease_cost() -> dict[str, float] | None:
    """Nanoseconds per frame without its pixels, from the native benchmark if it is built."""
    for build in ("release", "dev"):
        binary = REPOSITORY / f"packages/cuframes/build/{build}/native/lease_bench"
        chosen = os.environ.get("CUFRAMES_LEASE_BENCH", str(binary))
        if shutil.which(chosen):
            return dict(json.loads(subprocess.check_output([chosen])))
    return None


def medians(rounds: list[dict[str, dict[str, float]]], peer: str) -> dict[str, float]:
    """Medians over rounds, and the ratio to cuframes in place within each round."""
    mine = {k: statistics.median(r[peer][k] for r in rounds) for k in rounds[0][peer]}
    base = "cuframes_in_place"
    if base in rounds[0]:
        mine["p50_ratio"] = statistics.median(r[peer]["p50_us"] / r[base]["p50_us"] for r in rounds)
    return mine


def run(rounds: int) -> dict[str, Any]:
    """The whole suite; also what benchmarks/run.py calls."""
    peers = available()
    outcome: dict[str, Any] = {"load_average": list(os.getloadavg())}
    with tempfile.TemporaryDirectory() as directory:
        os.environ["CUFRAMES_DIR"] = directory
        for fps, frames in RATES.items():
            taken = []
            for number in range(rounds):
                name = f"cfb-{os.getpid()}-{fps}-{number}"
                taken.append({p: measure(p, f"{name}-{p}", fps, frames) for p in peers})
            outcome[f"{fps} fps"] = {p: medians(taken, p) for p in peers}
        few = [p for p in peers if p in ("cuframes_copy", "iceoryx2_copy")]
        fans = [{p: fan_out(p, 3) for p in few} for _ in range(min(rounds, 2))]
        outcome["fan-out 4 x 30 fps x 3 readers"] = {
            p: {k: statistics.median(f[p][k] for f in fans) for k in fans[0][p]} for p in few
        }
    lease = lease_cost()
    if lease is not None:
        outcome["lease"] = lease
    return outcome


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    sys.path.insert(0, str(REPOSITORY))
    print(json.dumps(run(options.parse_args().rounds), indent=2))
