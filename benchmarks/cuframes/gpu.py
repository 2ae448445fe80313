"""Frames in CUDA memory between processes: cuframes, torch.multiprocessing, legacy IPC per frame.

    python benchmarks/cuframes/gpu.py [--frames 300]

Latency is from just before the publisher hands a drawn frame over (its stream is idle) until the
reader has a tensor of it. Legacy IPC per frame (open the handle, map, close, as GStreamer's
cudaipcsrc does) is the time of torch's own open and close of a new handle. Needs a GPU, torch and
cuframes.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import statistics
import tempfile
import time
from typing import Any

import torch  # type: ignore[import-not-found,unused-ignore]
import torch.multiprocessing as mp  # type: ignore[import-not-found,unused-ignore]

SHAPE = (1620, 1920)


def summary(latencies_us: list[float]) -> dict[str, float]:
    """Median and 99th percentile without the first 20."""
    kept = sorted(latencies_us[20:])
    return {"p50_us": statistics.median(kept), "p99_us": kept[int(len(kept) * 0.99)]}


def publish_cuframes(frames: int, ready: Any) -> None:
    """Draws in place, waits for the GPU, stamps and commits."""
    import cuframes

    with cuframes.publish(
        "gpu-bench", width=1920, height=1080, device=0, slots=8, max_readers=2
    ) as pub:
        while not pub.readers():
            time.sleep(0.01)
        for number in range(frames):
            with pub.frame(timeout=5) as frame:
                torch.from_dlpack(frame.y)[:8].fill_(number % 251)
                torch.cuda.synchronize()
                frame.commit(time.monotonic_ns())
            time.sleep(0.004)
        ready.wait()


def read_cuframes(frames: int, results: Any) -> None:
    """Takes frames as torch tensors."""
    import cuframes

    latencies = []
    free = torch.cuda.mem_get_info()[0]
    with cuframes.subscribe("gpu-bench", policy="in_order", timeout=60) as sub:
        for _ in range(frames - 2):
            with sub.next_frame(20) as frame:
                tensor = torch.from_dlpack(frame.y)
                latencies.append((time.monotonic_ns() - (frame.pts_ns or 0)) / 1000)
                del tensor
        used = free - torch.cuda.mem_get_info()[0]
    results.put({**summary(latencies), "reader_vram_mib": used / 2**20})


def publish_torch(frames: int, tensors: Any, done: Any) -> None:
    """Sends a new tensor per frame through a queue."""
    for number in range(frames):
        tensor = torch.empty(SHAPE, dtype=torch.uint8, device="cuda")
        tensor[:8].fill_(number % 251)
        torch.cuda.synchronize()
        tensors.put((time.monotonic_ns(), tensor))
        del tensor
        time.sleep(0.004)
    done.wait()


def read_torch(frames: int, tensors: Any, results: Any, done: Any) -> None:
    """Takes tensors from the queue."""
    latencies = []
    for _ in range(frames):
        stamp, tensor = tensors.get()
        latencies.append((time.monotonic_ns() - stamp) / 1000)
        del tensor
    results.put(summary(latencies))
    done.set()


def publish_handles(frames: int, handles: Any, done: Any) -> None:
    """Exports an allocation of its own per frame."""
    # One allocation of its own per frame, so that no cache of open handles can help.
    for _ in range(frames):
        tensor = torch.empty(8 << 20, dtype=torch.uint8, device="cuda")
        handles.put(tensor.untyped_storage()._share_cuda_())
        if not done.wait(10):
            return
        done.clear()
        del tensor
        torch.cuda.empty_cache()


def open_handles(frames: int, handles: Any, results: Any, done: Any) -> None:
    """Opens and closes each handle."""
    torch.zeros(1, device="cuda")
    costs = []
    for _ in range(frames):
        handle = handles.get()
        start = time.monotonic_ns()
        storage = torch.UntypedStorage._new_shared_cuda(*handle)
        del storage
        torch.cuda.ipc_collect()
        costs.append((time.monotonic_ns() - start) / 1000)
        done.set()
    results.put(summary(costs))


def pair(publisher: Any, reader: Any, *arguments: Any) -> dict[str, float]:
    """Runs both ends in processes of their own."""
    context = mp.get_context("spawn")
    results = context.Queue()
    done = context.Event()
    if publisher is publish_cuframes:
        ends = [(publisher, (*arguments, done)), (reader, (*arguments, results))]
    else:
        channel = context.Queue(maxsize=4)
        ends = [
            (publisher, (*arguments, channel, done)),
            (reader, (*arguments, channel, results, done)),
        ]
    processes = [context.Process(target=f, args=a) for f, a in ends]
    for process in processes:
        process.start()
    try:
        return dict(results.get(timeout=120))
    except queue.Empty:
        raise RuntimeError(f"{reader.__name__} did not finish") from None
    finally:
        done.set()
        for process in processes:
            process.join(5)
            process.kill()


def main() -> None:
    """Three rounds of each, as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=int, default=300)
    frames = options.parse_args().frames
    outcome: dict[str, Any] = {"device": torch.cuda.get_device_name(0)}
    with tempfile.TemporaryDirectory() as directory:
        os.environ["CUFRAMES_DIR"] = directory
        for number in range(3):
            outcome[f"round {number + 1}"] = {
                "cuframes": pair(publish_cuframes, read_cuframes, frames),
                "torch.multiprocessing": pair(publish_torch, read_torch, frames),
                "legacy IPC open and close": pair(publish_handles, open_handles, min(frames, 100)),
            }
    print(json.dumps(outcome, indent=2))


if __name__ == "__main__":
    main()
