"""``python -m pyds run``: an application written for DeepStream, as it is."""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pyds import _cuda_stand_in, _mpeg4_times, _plugin, samples

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(application: str, arguments: Sequence[str], *, headless: bool) -> None:
    """Run a Python file in this process, as ``python application arguments...`` would.

    Before it starts, our elements are known to GStreamer here and in programs it starts, files of a
    samples tree that its configurations name are found in ours (unless ``DS_PATH`` names another),
    a missing ``cuda`` module has a stand-in, and encoded MPEG-4 frames have times.

    Args:
        application: the file.
        arguments: for it.
        headless: let sinks not open windows even if there is a display. Without one they never do.

    Raises:
        FileNotFoundError: there is no such file.
        SystemExit: as the application does.
    """
    path = Path(application)
    if not path.is_file():
        raise FileNotFoundError(f"no file {application}")
    paths = [str(_plugin.directory()), os.environ.get("GST_PLUGIN_PATH", "")]
    os.environ["GST_PLUGIN_PATH"] = os.pathsep.join(filter(None, paths))
    if headless:
        for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
            os.environ.pop(variable, None)
    _cuda_stand_in.install()
    _mpeg4_times.install()
    sys.argv = [application, *arguments]
    sys.path[0:1] = [str(path.parent.resolve())]
    with tempfile.TemporaryDirectory(prefix="pyds-") as tree:
        if "DS_PATH" not in os.environ:
            samples.lay_out(tree, links=True)
            os.environ["DS_PATH"] = tree
        runpy.run_path(application, run_name="__main__")
