"""One end of one transport as a process: worker peer role name fps frames.

A reader prints one JSON line: latencies in us, frames, CPU seconds. A publisher prints its CPU
seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import sys
import time

from benchmarks.cuframes.peers import CONNECTED, PEERS

SKIPPED = 20  # frames at the start: connections and first touches


def publish(peer: str, name: str, fps: float, frames: int) -> None:
    """Sends frames at a steady rate."""
    cls, copy = PEERS[peer]
    send = cls(name, copy).publisher()
    sys.stdin.readline()  # the reader is there
    cpu = time.process_time()
    due = time.monotonic()
    for _ in range(frames + SKIPPED):
        send()
        due = max(due + 1 / fps, time.monotonic() - 1 / fps)
        time.sleep(max(due - time.monotonic(), 0))
    print(json.dumps({"cpu_s": time.process_time() - cpu}), flush=True)
    sys.stdin.readline()  # until the reader has all of it


def give_up(*_: object) -> None:
    """Ends the reading loop."""
    raise TimeoutError


def read(peer: str, name: str, fps: float, frames: int) -> None:
    """Measures the latency of each frame."""
    cls, copy = PEERS[peer]
    latencies: list[float] = []
    source = cls(name, copy).reader()
    assert next(source) == CONNECTED
    print("up", flush=True)
    # Frames may be passed over or lost: then time ends the round.
    signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, frames / fps * 3 + 10)
    start, cpu = time.monotonic(), time.process_time()
    with contextlib.suppress(TimeoutError):
        for latency in source:
            latencies.append(latency / 1000)
            if len(latencies) == 1:
                start, cpu = time.monotonic(), time.process_time()
            if len(latencies) >= frames + SKIPPED - 3:
                break
    signal.setitimer(signal.ITIMER_REAL, 0)
    kept = sorted(latencies[SKIPPED:])
    print(
        json.dumps(
            {
                "frames": len(kept),
                "fps": len(latencies) / max(time.monotonic() - start, 1e-9),
                "p50_us": statistics.median(kept),
                "p99_us": kept[int(len(kept) * 0.99)],
                "cpu_s": time.process_time() - cpu,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    peer, role, name, fps, frames = sys.argv[1:6]
    if role == "publish":
        publish(peer, name, float(fps), int(frames))
    else:
        read(peer, name, float(fps), int(frames))
    sys.stdout.flush()
    os._exit(0)
