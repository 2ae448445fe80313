"""Run NVIDIA's sample applications, unmodified and without a display, and say which work.

``python -m tools.compat.run_sample_apps CHECKOUT`` takes a checkout of their repository,
``NVIDIA-AI-IOT/deepstream_python_apps``, and ends with a table. ``--only NAME`` runs some of them,
``--keep DIR`` leaves the tree and the logs there.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst

from tests.broker_servers import ServerMissing
from tools.compat import integration_tests, message_broker
from tools.compat.sample_apps import APPS, FRAMES, App, CheckError
from tools.compat.samples_tree import SamplesTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Gst.init(None)

_RTSP_FRAMES = 25
_BAD_SIGNS = ("Traceback (most recent call last):", "Unable to create", "\nError:", "CRITICAL **")

# As the applications print errors of the bus.
_GST_ERROR = re.compile(r"[\w-]+-quark: (.*) \(\d+\): ")

_PAGE = """\
# NVIDIA's sample applications

The Python applications of [deepstream_python_apps](https://github.com/NVIDIA-AI-IOT/deepstream_python_apps)
run as they are: `python -m pyds run APP.py ...`. This table was written by

```sh
python -m tools.compat.run_sample_apps CHECKOUT --page docs/reference/sample-apps.md
```

which lays out a samples tree around a checkout, runs each application without a display and checks
what it prints, writes and serves. Configurations are used as they are, with models of ours at the
paths they name: the four-class street detector as `resnet18_trafficcamnet_pruned.onnx` and, behind
nodes that give its outputs their names and shapes, as TensorFlow's SSD in a model repository;
from the test data a classifier of vehicle colours and types as the secondary models, and OSNet as
the tracker's `resnet50_market1501_aicity156.onnx`. PeopleNet is not ours to give: the redaction
application runs with a configuration of the street detector under the same name, in which class 2,
a person, takes the place of the face. NVIDIA withdrew UNet and peopleSegNet, the models of the
segmentation applications; configurations of ours stand in under the
same names: DeepLab v3 of the test data on pictures of a road, and for `deepstream-segmask` the
street detector with a head that tells figure from ground by colour (`tools/compat/mask_model.py`):
its boxes are those of a trained network, its masks are not.

The application for CuPy needs a GPU. It was run by hand on an NVIDIA H100, with two sources of 122
frames: 244 frames counted, the end of the streams reached. The application for USB cameras needs a
V4L2 device: this machine has none, and its kernel takes no module that makes one (v4l2loopback).

{table}
"""


@dataclass(frozen=True)
class Result:
    """A row of the table."""

    name: str
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
    if app.needs_segmentation_model and not tree.has_segmentation_model:
        return "needs the segmentation model of the test data (PYTHIA_TEST_DATA)"
    return None


def run(app: App, tree: SamplesTree, logs: Path) -> Result:
    """Run one application and check what it did."""
    reason = missing(app, tree)
    if reason:
        return Result(app.name, "not run", reason)
    try:
        broker = message_broker.running(app.broker, logs) if app.broker else nullcontext()
        with broker as running:
            return _run(app, tree, logs, running)
    except ServerMissing as error:
        return Result(app.name, "not run", str(error))


def _run(app: App, tree: SamplesTree, logs: Path, broker: message_broker.Broker | None) -> Result:
    folder = tree.apps / app.folder
    log = logs / f"{app.name}.log"
    arguments = [*app.arguments(tree), *(broker.arguments if broker else [])]
    with log.open("w") as file, _watcher(app, logs) as watcher:
        process = subprocess.Popen(
            [sys.executable, "-m", "pyds", "run", "--headless", app.script, *arguments],
            cwd=folder,
            env={**tree.environment(), **(broker.environment if broker else {})},
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
        error = first_error(output)
        if error:
            raise CheckError(error)
        how = app.check(output, folder)
        if broker is not None:
            how += f"; {broker.check(FRAMES)}"
        if watcher is not None:
            if watcher.returncode != 0:
                raise CheckError(f"no {_RTSP_FRAMES} frames from {app.rtsp}")
            how += f"; {_RTSP_FRAMES} frames received and decoded from {app.rtsp}"
    except CheckError as error:
        return Result(app.name, "NO", str(error))
    return Result(app.name, "yes", how)


def first_error(output: str) -> str | None:
    """The first line of an output that says that something went wrong."""
    for sign in _BAD_SIGNS:
        _, found, rest = output.partition(sign)
        if found:
            lines = rest.splitlines() or [""]
            if sign.startswith("Traceback"):  # the line that is not indented names the exception
                lines = [line for line in lines if line[:1].isalpha()] or lines
                return lines[0]
            message = _GST_ERROR.search(lines[0])  # without its domain and where it was raised
            return f"{sign.strip()} {message[1] if message else lines[0]}"
    return None


def _wait(process: subprocess.Popen[bytes], app: App) -> bool:
    try:
        process.wait(app.interrupt_after_s or app.timeout_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(app.patience_s)
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


def run_integration_test(test: str, tree: SamplesTree, logs: Path) -> Result:
    """Run one of NVIDIA's integration tests."""
    name = f"tests/integration {test}"
    reason = integration_tests.missing(test, tree)
    if reason:
        return Result(name, "not run", reason)
    passed, how = integration_tests.run(test, tree, logs / f"{test}.log")
    return Result(name, "yes" if passed else "NO", how)


def table(results: list[Result]) -> str:
    """The results as a Markdown table."""
    lines = ["| app | runs | how checked, or why not |", "|---|---|---|"]
    lines += [f"| {result.name} | {result.state} | {result.how} |" for result in results]
    return "\n".join(lines)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names, or parts of them")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new directory")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the table as a page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = arguments.keep or Path(temporary)
        tree = SamplesTree(base / "deepstream", arguments.checkout)
        runs: dict[str, Callable[[], Result]] = {
            **{app.name: partial(run, app, tree, base) for app in APPS},
            **{
                test: partial(run_integration_test, test, tree, base)
                for test in integration_tests.TESTS
            },
        }
        results = []
        for name, start in runs.items():
            if arguments.only and not any(part in name for part in arguments.only):
                continue
            begin = time.monotonic()
            results.append(start())
            seconds = time.monotonic() - begin
            print(f"{results[-1].state:8} {name} ({seconds:.0f} s): {results[-1].how}", flush=True)
    print("\n" + table(results))
    if arguments.page:
        arguments.page.write_text(_PAGE.format(table=table(results)))
    return 1 if any(result.state == "NO" for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
