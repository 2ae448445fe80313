"""How long buffers stay in each element."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from pythia.utils.gst import Gst, gst_iter
from pythia.utils.weak import weak_method

__all__ = ["ElementLatency", "LatencyProbes"]

# Buffers that went in and never came out under the same timestamp are forgotten beyond this many.
_MAX_PENDING = 1000


@dataclass(frozen=True)
class ElementLatency:
    """How long buffers stayed in an element, from their arrival to their departure.

    Attributes:
        buffers: How many were measured: those that leave with the timestamp they came with.
        mean_s: Seconds on average.
        max_s: Seconds at most.
    """

    buffers: int
    mean_s: float
    max_s: float


class LatencyProbes:
    """Two probes on each element of a pipeline, also on those that appear later."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._lock = threading.Lock()
        self._stays: dict[str, _Stay] = {}
        self._closed = False
        self._signal = pipeline.connect("deep-element-added", weak_method(self._added))
        for element in gst_iter(pipeline.iterate_recurse()):
            self._watch(element)

    def results(self) -> dict[str, ElementLatency]:
        """Return what was measured, by name of the element."""
        with self._lock:
            stays = dict(self._stays)
        return {name: stay.result() for name, stay in stays.items() if stay.count}

    def close(self) -> None:
        """Take all probes off. Idempotent."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            stays = list(self._stays.values())
        self._pipeline.disconnect(self._signal)
        for stay in stays:
            stay.close()

    def _added(self, pipeline: Any, container: Any, element: Any) -> None:
        self._watch(element)

    def _watch(self, element: Any) -> None:
        templates = element.get_pad_template_list()
        directions = {each.direction for each in templates}
        if isinstance(element, Gst.Bin) or len(directions) < 2:
            return
        with self._lock:
            if not self._closed and element.get_name() not in self._stays:
                self._stays[element.get_name()] = _Stay(element)


class _Stay:
    """The buffers in one element."""

    def __init__(self, element: Any) -> None:
        self.count = 0
        self._total_s = self._max_s = 0.0
        self._arrivals: dict[int, float] = {}
        self._probes: list[tuple[Any, int]] = []
        self._element = element
        self._signal = element.connect("pad-added", weak_method(self._pad_added))
        for pad in gst_iter(element.iterate_pads()):
            self._attach(pad)

    def result(self) -> ElementLatency:
        return ElementLatency(self.count, self._total_s / self.count, self._max_s)

    def close(self) -> None:
        self._element.disconnect(self._signal)
        for pad, number in self._probes:
            pad.remove_probe(number)

    def _attach(self, pad: Any) -> None:
        enters = pad.get_direction() == Gst.PadDirection.SINK
        callback = self._arrived if enters else self._left
        probe = weak_method(callback, Gst.PadProbeReturn.REMOVE)
        self._probes.append((pad, pad.add_probe(Gst.PadProbeType.BUFFER, probe)))

    def _pad_added(self, element: Any, pad: Any) -> None:
        self._attach(pad)

    def _arrived(self, pad: Any, info: Any) -> Any:
        arrivals = self._arrivals
        arrivals.setdefault(info.get_buffer().pts, time.perf_counter())
        if len(arrivals) > _MAX_PENDING:
            arrivals.pop(next(iter(arrivals)), None)
        return Gst.PadProbeReturn.OK

    def _left(self, pad: Any, info: Any) -> Any:
        arrived = self._arrivals.pop(info.get_buffer().pts, None)
        if arrived is not None:
            stay_s = time.perf_counter() - arrived
            self.count += 1
            self._total_s += stay_s
            self._max_s = max(self._max_s, stay_s)
        return Gst.PadProbeReturn.OK
