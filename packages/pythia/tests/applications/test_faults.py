"""Whatever goes wrong in user code: the right exception, a playable file, no hang."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import gi
import pytest

gi.require_version("GstPbutils", "1.0")
from gi.repository import GstPbutils

from pythia.utils.gst import Gst

PROGRAM = """
import sys
from pythia import Application, Gst
from pythia.event_stream import Backend, register

class Broken(Backend):
    default_stream = "x"
    def post(self, data):
        raise ValueError("mine")

register("broken", Broken)

class App(Application):
    def on_message_element(self, bus, message):
        raise ValueError("mine")

app = App.from_pipeline_string(
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=50/1 "
    "! x264enc tune=zerolatency speed-preset=ultrafast name=e ! mp4mux ! filesink location=out.mp4")
count = 0

def due():
    global count
    count += 1
    if count == 20:
        print("running", flush=True)
    return count == 20

FAULTS
app()
"""

FAULTS = {
    "probe": """
@app.probe("e", "src")
def probe(pad, info):
    if due():
        raise ValueError("mine")
""",
    "generator": """
@app.probe("e", "src", backend_uri="log://?stream=stderr")
def probe(pad, info):
    yield 1
    if due():
        raise ValueError("mine")
""",
    "backend": """
@app.probe("e", "src", backend_uri="broken://")
def probe(pad, info):
    if due():
        yield 1
""",
    "handler": """
@app.probe("e", "src")
def probe(pad, info):
    if due():
        structure = Gst.Structure.new_empty("mine")
        app.bus.post(Gst.Message.new_element(app.pipeline.get_by_name("e"), structure))
""",
    "wrong answer": """
@app.probe("e", "src")
def probe(pad, info):
    if due():
        return "mine"
""",
}
NO_FAULT = """
@app.probe("e", "src")
def probe(pad, info):
    due()
"""


def start(faults: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.replace("FAULTS", faults)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def plays(path: Path) -> bool:
    info = GstPbutils.Discoverer.new(60 * Gst.SECOND).discover_uri(path.as_uri())
    return bool(info.get_video_streams()) and info.get_duration() > 0.2 * Gst.SECOND


@pytest.mark.parametrize("place", FAULTS)
def test_an_exception_ends_the_run_with_itself_and_a_complete_file(tmp_path, place: str) -> None:
    process = start(FAULTS[place], tmp_path)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    last = err.strip().splitlines()[-1]
    assert "mine" in last
    assert last.startswith(("ValueError: mine", "TypeError: probe"))
    assert plays(tmp_path / "out.mp4")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_leaves_a_complete_file_and_success(tmp_path: Path, signum) -> None:
    process = start(NO_FAULT, tmp_path)
    assert process.stdout.readline() == "running\n"
    process.send_signal(signum)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert plays(tmp_path / "out.mp4")


def test_two_signals_end_the_program_soon(tmp_path: Path) -> None:
    # A probe that blocks keeps end-of-stream away.
    process = start(
        'import time\n@app.probe("e", "sink")\n'
        'def probe(pad, info):\n    print("running", flush=True)\n    time.sleep(0.8)\n'
        'app.eos_timeout_s = 60',
        tmp_path,
    )  # fmt: skip
    assert process.stdout.readline() == "running\n"  # so its handlers are installed
    process.send_signal(signal.SIGINT)
    assert "once more" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert time.monotonic() - started < 30
