"""Leaving Python while a pipeline plays: no crash, no hang."""

from __future__ import annotations

import subprocess
import sys

import pytest

RUNS = 4
SCRIPT = """
import sys
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
import pyds

Gst.init(None)
pipeline = Gst.parse_launch(
    "videotestsrc ! video/x-raw,width=64,height=48 ! nvvideoconvert "
    "! video/x-raw(memory:NVMM),format=NV12 ! mux.sink_0 "
    "nvstreammux name=mux batch-size=1 width=64 height=48 ! identity name=probed "
    "! fakesink name=sink"
)
import threading
busy = threading.Event()
kept = []

def probe(batch_meta):
    for frame in batch_meta.frames:
        user = pyds.nvds_acquire_user_meta_from_pool(batch_meta)
        user.user_meta_data = pyds.NvOSD_RectParams()
        pyds.set_user_releasefunc(user, lambda capsule, nothing: None)
        pyds.nvds_add_user_meta_to_frame(frame, user)
        kept.append(frame)
    del kept[:-10]
    if len(kept) == 10:
        busy.set()

pad = pipeline.get_by_name("probed").get_static_pad("sink")
if sys.argv[1] == "native":
    pyds.add_probe(pad, probe)
else:
    def gobject_probe(pad, info):
        probe(pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer())))
        return Gst.PadProbeReturn.OK
    pad.add_probe(Gst.PadProbeType.BUFFER, gobject_probe)
pipeline.set_state(Gst.State.PLAYING)
assert busy.wait(90)
if sys.argv[2] == "exception":
    raise SystemExit(3)
"""


@pytest.mark.parametrize("probe", ["native", "gobject"])
@pytest.mark.parametrize(("way", "code"), [("end", 0), ("exception", 3)])
def test_exit_while_playing(probe, way, code):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, probe, way],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(RUNS)
    ]
    for process in running:
        output, errors = process.communicate(timeout=100)
        assert (process.returncode, output, errors) == (code, "", "")
