"""What every peer reports: frames, wall time, CPU time and peak memory of its process."""

from __future__ import annotations

import json
import resource
import time


class Measurement:
    """Counts frames and objects and what they cost from `start()` to `report()`.

    Start it when models are loaded and the first frame is about to be worked on: what a program
    does once is not a cost per frame.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.objects = 0
        self._start: tuple[float, float] | None = None

    def start(self) -> None:
        """Begins to measure."""
        self._start = time.perf_counter(), _cpu_seconds()

    def report(self) -> None:
        """Prints one JSON line: CPU time is user + system of the whole process."""
        if self._start is None:
            raise RuntimeError("nothing was measured: start() was never called")
        start, cpu = self._start
        result = {
            "frames": self.frames,
            "objects": self.objects,
            "fps": self.frames / (time.perf_counter() - start),
            "cpu_ms_per_frame": 1e3 * (_cpu_seconds() - cpu) / self.frames,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(result))


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def clip_source(clip: str, passes: int, decoder: str) -> str:
    """A GStreamer source that decodes an mp4 with H.264 `passes` times in a row."""
    branches = " ".join(
        f"filesrc location={clip} ! qtdemux ! h264parse ! queue ! joined." for _ in range(passes)
    )
    return f"{branches} concat name=joined ! {decoder}"
