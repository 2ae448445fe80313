"""What every peer reports: frames, wall time, CPU time and peak memory of its process."""

from __future__ import annotations

import json
import resource
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Measurement:
    """Times the block it is entered with and prints one JSON line when it ends.

    CPU time is user + system of the whole process, in seconds; peak memory is the resident set of
    the process in MiB. Set `frames` and `objects` inside the block.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.objects = 0

    def __enter__(self) -> Measurement:
        self._cpu = _cpu_seconds()
        self._start = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            return
        seconds = time.perf_counter() - self._start
        result = {
            "frames": self.frames,
            "objects": self.objects,
            "fps": self.frames / seconds,
            "cpu_ms_per_frame": 1e3 * (_cpu_seconds() - self._cpu) / self.frames,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(result))


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
