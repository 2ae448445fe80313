"""CPU time that a probe adds to each buffer, on a streaming thread of ours and on another's.

Run with the name of a probe, or without for none. Each runs in a process of its own: GStreamer uses
its threads again, and one that was ours stays cheap.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst

import pyds

BUFFERS = 5_000
PROBES_AT_ONCE = 20  # what one adds drowns in what the pipeline costs
SIZE = "width=16,height=16"
PIPELINE = (
    f"videotestsrc num-buffers={BUFFERS} pattern=black ! video/x-raw,format=NV12,{SIZE} "
    "! identity name=foreign ! nvvideoconvert ! video/x-raw(memory:NVMM),format=NV12 ! mux.sink_0 "
    "nvstreammux name=mux batch-size=1 width=16 height=16 ! identity name=own ! fakesink"
)

Install = Callable[[Any], object]


def _gobject_empty(pad: Any) -> None:
    pad.add_probe(Gst.PadProbeType.BUFFER, lambda pad, info: Gst.PadProbeReturn.OK)


def _gobject_batch(pad: Any) -> None:
    def probe(pad: Any, info: Any) -> Any:
        pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer()))
        return Gst.PadProbeReturn.OK

    pad.add_probe(Gst.PadProbeType.BUFFER, probe)


def _native_batch(pad: Any) -> None:
    pyds.add_probe(pad, lambda batch: None)


PROBES: dict[str, tuple[str, Install]] = {
    "Gst.Pad.add_probe, empty, foreign thread": ("foreign", _gobject_empty),
    "Gst.Pad.add_probe, empty, thread of ours": ("own", _gobject_empty),
    "Gst.Pad.add_probe, batch, thread of ours": ("own", _gobject_batch),
    "pyds.add_probe, batch, thread of ours": ("own", _native_batch),
}


def cpu_us_per_buffer(name: str | None) -> float:
    """Microseconds of CPU per buffer of the whole process, with many probes if any."""
    Gst.init(None)
    pipeline: Any = Gst.parse_launch(PIPELINE)
    if name is not None:
        element, install = PROBES[name]
        for _ in range(PROBES_AT_ONCE):
            install(pipeline.get_by_name(element).get_static_pad("sink"))
    start = time.process_time()
    pipeline.set_state(Gst.State.PLAYING)
    kinds = Gst.MessageType.EOS | Gst.MessageType.ERROR
    message = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, kinds)
    used = time.process_time() - start
    pipeline.set_state(Gst.State.NULL)
    if message.type == Gst.MessageType.ERROR:
        raise RuntimeError(message.parse_error()[0].message)
    return used / BUFFERS * 1e6


if __name__ == "__main__":
    measured = cpu_us_per_buffer(sys.argv[1] if len(sys.argv) > 1 else None)
    print(json.dumps({"cpu_us_per_buffer": measured}))
