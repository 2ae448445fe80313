"""CPU time and speed of a pipeline that makes a minimal message of each frame of 20 objects.

    python -m benchmarks.messages.throughput [ELEMENTS PROPERTIES_OF_NVMSGBROKER]

``ELEMENTS`` are what follows the objects: ``fakesink``, ``nvmsgconv`` or ``nvmsgbroker``, which is
both. The end of the stream waits until the broker has confirmed everything. Prints a line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import gi
import numpy as np

gi.require_version("Gst", "1.0")
from gi.repository import Gst

import pyds

FRAMES = 10_000
OBJECTS = 20
CONVERTER = "nvmsgconv payload-type=1 msg2p-newapi=true frame-interval=1"
TAILS = {
    "fakesink": "fakesink sync=false",
    "nvmsgconv": f"{CONVERTER} ! fakesink sync=false",
    "nvmsgbroker": f"{CONVERTER} ! nvmsgbroker sync=false queue-size={FRAMES} drain-timeout=60000",
}


def measure(tail: str) -> dict[str, float]:
    """Run the pipeline once, with elements behind the one that has the objects."""
    Gst.init(None)
    pipeline: Any = Gst.parse_launch(
        f"videotestsrc num-buffers={FRAMES} pattern=black "
        "! video/x-raw,format=NV12,width=64,height=48 ! mux.sink_0 "
        f"nvstreammux name=mux batch-size=1 width=64 height=48 ! identity name=here ! {tail}"
    )
    table = np.zeros(OBJECTS, pyds.OBJECT_DTYPE)
    table["left"] = np.arange(OBJECTS) * 3.25
    table["width"] = table["height"] = 5
    table["label_id"] = pyds.label_id("car")
    pad = pipeline.get_by_name("here").get_static_pad("src")
    pyds.add_probe(pad, lambda batch: pyds.add_objects(batch, table))
    begun, cpu = time.perf_counter(), time.process_time()
    pipeline.set_state(Gst.State.PLAYING)
    kinds = Gst.MessageType.EOS | Gst.MessageType.ERROR
    message = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, kinds)
    took_s, used_s = time.perf_counter() - begun, time.process_time() - cpu
    pipeline.set_state(Gst.State.NULL)
    if message.type == Gst.MessageType.ERROR:
        raise RuntimeError(message.parse_error()[0].message)
    return {"cpu_us_per_frame": used_s / FRAMES * 1e6, "frames_per_s": FRAMES / took_s}


if __name__ == "__main__":
    print(json.dumps(measure(" ".join([TAILS[sys.argv[1]], *sys.argv[2:]]))))
