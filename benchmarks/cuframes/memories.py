"""What it costs that frames are not where a reader wants them, at 1080p NV12, in microseconds.

    python benchmarks/cuframes/memories.py

Taking a frame as it is and staged to each GPU, uploading luma from a pinned and an unpinned ring,
and a commit with and without host mirror until the reader has the frame. Needs a GPU, torch and
cuframes.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch  # type: ignore[import-not-found,unused-ignore]

import cuframes

if TYPE_CHECKING:
    from collections.abc import Callable

HEIGHT = 1080
WARM_UP, ROUNDS = 20, 200


def median_us(work: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> float:
    """Median duration of ``work``; ``prepare`` runs before each and does not count."""
    took = []
    for _ in range(WARM_UP + ROUNDS):
        prepare()
        start = time.perf_counter_ns()
        work()
        took.append((time.perf_counter_ns() - start) / 1000)
    return round(statistics.median(took[WARM_UP:]), 1)


def take(source: int | None, gpu: int | None) -> float:
    """Taking a frame published on ``source`` (None: the host), staged to ``gpu`` or as it is."""
    pixels = np.zeros((HEIGHT * 3 // 2, 1920), np.uint8)
    memory = "auto" if gpu is None else "staged"
    with (
        cuframes.publish("take", width=1920, height=HEIGHT, device=source) as pub,
        cuframes.subscribe("take", memory=memory, device=gpu) as sub,
    ):

        def publish() -> None:
            pub.write(pixels)
            cuframes.wait_any([sub], 5)

        return median_us(lambda: sub.next_frame(5).release(), publish)


def upload(pinned: bool) -> float:
    """Luma without padding from a host ring to a torch tensor on the GPU."""
    with (
        cuframes.publish("upload", width=2048, height=HEIGHT) as pub,
        cuframes.subscribe("upload") as sub,
    ):
        if pinned:
            sub.pin()
        pub.write(np.zeros((HEIGHT * 3 // 2, 2048), np.uint8))
        with sub.next_frame(5) as frame:
            luma = torch.from_dlpack(frame.y)

            def copy() -> None:
                luma.to("cuda", non_blocking=True)
                torch.cuda.synchronize()

            return median_us(copy)


def commit(mirror: bool) -> float:
    """From the commit of a drawn frame until a reader of the GPU memory has it."""
    with (
        cuframes.publish("commit", width=1920, height=HEIGHT, device=0, host_mirror=mirror) as pub,
        cuframes.subscribe("commit", policy="in_order") as sub,
    ):
        frames: list[Any] = []

        def hand_over() -> None:
            frames.pop().commit(0)
            sub.next_frame(5).release()

        return median_us(hand_over, lambda: frames.append(pub.frame(timeout=5)))


def main() -> None:
    """All of it as JSON."""
    outcome: dict[str, Any] = {"device": torch.cuda.get_device_name(0)}
    gpus = range(torch.cuda.device_count())
    with tempfile.TemporaryDirectory() as directory:
        os.environ["CUFRAMES_DIR"] = directory
        outcome["take"] = {
            f"{'host' if source is None else 'cuda:0'} to {'same' if gpu is None else gpu}": take(
                source, gpu
            )
            for source in (None, 0)
            for gpu in (None, *gpus)
        }
        outcome["upload"] = {"unpinned": upload(False), "pinned": upload(True)}
        outcome["commit"] = {"without mirror": commit(False), "with mirror": commit(True)}
    print(json.dumps(outcome, indent=2))


if __name__ == "__main__":
    main()
