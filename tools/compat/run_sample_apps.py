"""Run NVIDIA's sample applications, unmodified and without a display, and say which work.

``python -m tools.compat.run_sample_apps CHECKOUT`` takes a checkout of their repository,
``NVIDIA-AI-IOT/deepstream_python_apps``, and ends with a table. ``--only NAME`` runs some of them,
``--keep DIR`` leaves the tree and the logs there.
"""

from __future__ import annotations

import argparse
import importlib.util
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst

from tools.compat.sample_apps import APPS, App, CheckError
from tools.compat.samples_tree import SamplesTree

if TYPE_CHECKING:
    from collections.abc import Iterator

_RTSP_FRAMES = 25
_BAD_SIGNS = ("Traceback (most recent call last):", "Unable to create", "\nError:", "CRITICAL **")


@dataclass(frozen=True)
class Result:
    """A row of the table."""

    app: App
    state: str  # "yes", "NO" or "not run"
    how: str


def missing(app: App, tree: SamplesTree) -> str | None:
    """What an application needs that is not here."""
    if app.needs and not (app.needs.startswith("/") and Path(app.needs).exists()):
        return f"needs {app.needs}"
    elements = [name for name in app.elements if Gst.ElementFactory.find(name) is None]
    if elements:
        return f"no element {', '.join(elements)}"
    modules = [name for name in app.modules if not _has_module(name)]
    if modules:
        return f"no module {', '.join(modules)}"
    if app.needs_classifiers and not tree.has_classifiers:
        return "needs the classifiers of the test data (PYTHIA_TEST_DATA)"
    return None


def run(app: App, tree: SamplesTree, logs: Path) -> Result:
    """Run one application and check what it did."""
    reason = missing(app, tree)
    if reason:
        return Result(app, "not run", reason)
    folder = tree.apps / app.folder
    log = logs / f"{app.name}.log"
    with log.open("w") as file, _watcher(app, logs) as watcher:
        process = subprocess.Popen(
            [sys.executable, "-m", "pyds", "run", "--headless", app.script, *app.arguments(tree)],
            cwd=folder,
            env=tree.environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        ended = _wait(process, app)
        if watcher is not None:
            with suppress(subprocess.TimeoutExpired):
                watcher.wait(5)
    output = log.read_text(errors="replace")
    try:
        if not ended:
            raise CheckError(f"did not end within {app.timeout_s:.0f} s")
        if process.returncode not in (0, -signal.SIGINT):
            raise CheckError(f"exit code {process.returncode}")
        for sign in _BAD_SIGNS:
            _, found, rest = output.partition(sign)
            if found:
                lines = rest.strip().splitlines()
                is_traceback = sign.startswith("Traceback")
                error = next((x for x in lines if is_traceback and x[:1].isalpha()), lines[0])
                raise CheckError(f"{sign.strip()}: {error}")
        how = app.check(output, folder)
        if watcher is not None:
            if watcher.returncode != 0:
                raise CheckError(f"no {_RTSP_FRAMES} frames from {app.rtsp}")
            how += f"; {_RTSP_FRAMES} frames received and decoded from {app.rtsp}"
    except CheckError as error:
        return Result(app, "NO", str(error))
    return Result(app, "yes", how)


def _wait(process: subprocess.Popen[bytes], app: App) -> bool:
    try:
        process.wait(app.interrupt_after_s or app.timeout_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
        return app.interrupt_after_s is not None
    return True


@contextmanager
def _watcher(app: App, logs: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    """Receives what an application serves, as soon as it does."""
    if not app.rtsp:
        yield None
        return
    client = (
        "import subprocess, sys, time\n"
        "for _ in range(60):\n"
        "    if subprocess.run(sys.argv[1:], timeout=60).returncode == 0: sys.exit(0)\n"
        "    time.sleep(1)\n"
        "sys.exit(1)\n"
    )
    pipeline = (
        f"rtspsrc location={app.rtsp} latency=0 ! rtph264depay ! h264parse ! avdec_h264 "
        f"! identity eos-after={_RTSP_FRAMES} ! fakesink sync=false"
    )
    with (logs / f"{app.name}.rtsp.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", client, "gst-launch-1.0", "-q", *pipeline.split()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def _has_module(name: str) -> bool:
    package, _, typelib = name.rpartition(".")
    if package == "gi.repository":
        try:
            gi.require_version(typelib, "1.0")
        except ValueError:
            return False
        return True
    return importlib.util.find_spec(name) is not None


def table(results: list[Result]) -> str:
    """The results as a Markdown table."""
    lines = ["| app | runs | how checked, or why not |", "|---|---|---|"]
    lines += [f"| {result.app.name} | {result.state} | {result.how} |" for result in results]
    return "\n".join(lines)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names, or parts of them")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new directory")
    arguments = parser.parse_args()
    Gst.init(None)
    with tempfile.TemporaryDirectory() as temporary:
        base = arguments.keep or Path(temporary)
        tree = SamplesTree(base / "deepstream", arguments.checkout)
        results = []
        for app in APPS:
            if arguments.only and not any(name in app.name for name in arguments.only):
                continue
            start = time.monotonic()
            results.append(run(app, tree, base))
            seconds = time.monotonic() - start
            print(f"{results[-1].state:8} {app.name} ({seconds:.0f} s): {results[-1].how}")
    print("\n" + table(results))
    return 1 if any(result.state == "NO" for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
