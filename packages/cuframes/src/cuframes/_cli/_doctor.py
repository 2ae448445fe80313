"""``doctor`` and ``gst-plugin-path``."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

import cuframes
from cuframes import _cuframes
from cuframes._api import list_streams, publish, subscribe
from cuframes._errors import CuframesError
from cuframes._types import PublisherState


def doctor() -> int:
    """Says what works here and what to do about what does not; 1 when frames cannot be shared."""
    print(
        f"cuframes {cuframes.__version__}, Python {platform.python_version()}, {platform.release()}"
    )
    working = _say("runtime directory", _check_directory())
    working &= _say("frames in host memory", _check_round_trip())
    _say("CUDA", _cuframes.cuda_problem(0), otherwise="usable")
    _say("GStreamer plugin", "" if _plugin().exists() else "not built into this installation",
         otherwise=str(_plugin()))  # fmt: skip
    dead = [s.key for s in list_streams() if s.state is PublisherState.DEAD]
    left = f"sockets without a publisher: {', '.join(dead)} (the next publisher replaces them)"
    _say("leftovers", left if dead else "")
    return 0 if working else 1


def _say(subject: str, problem: str, otherwise: str = "ok") -> bool:
    print(f"  {'+' if not problem else '-'} {subject}: {problem or otherwise}")
    return not problem


def _check_directory() -> str:
    directory = Path(_cuframes.runtime_dir())
    existing = directory if directory.exists() else directory.parent
    if not os.access(existing, os.W_OK):
        return f"{existing} cannot be written; set CUFRAMES_DIR or XDG_RUNTIME_DIR"
    if len(str(directory)) > 80:
        return f"{directory} is long; socket paths end at 107 bytes, set CUFRAMES_DIR"
    return ""


def _check_round_trip() -> str:
    key = f"doctor-{os.getpid()}"
    try:
        with (
            publish(key, width=64, height=64, format="GRAY8") as pub,
            subscribe(key, timeout=2) as sub,
        ):
            with pub.frame() as frame:
                memoryview(frame.y)[0, 0] = 42
            with sub.next_frame(2) as got:
                return "" if memoryview(got.y)[0, 0] == 42 else "a frame arrived changed"
    except CuframesError as error:
        return str(error)


def _plugin() -> Path:
    return Path(cuframes.__file__).parent / "gst" / "libgstcuframes.so"


def gst_plugin_path() -> int:
    """Prints the folder of the GStreamer plugin."""
    if not _plugin().exists():
        hint = "apt install libgstreamer-plugins-base1.0-dev, then build cuframes again"
        if shutil.which("gst-inspect-1.0") is None:
            hint = f"apt install gstreamer1.0-tools; {hint}"
        print(f"the GStreamer plugin was not built: {hint}", file=sys.stderr)
        return 1
    print(_plugin().parent)
    return 0
