"""``pythia``: a demonstration, and a look at what this machine has and lacks."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from pythia.cli.errors import exit_code, explain
from pythia.exceptions import PythiaError
from pythia.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Finding", "app", "findings"]

_SAMPLES = "/opt/nvidia/deepstream/deepstream/samples"
_NETWORK = f"{_SAMPLES}/configs/deepstream-app/config_infer_primary.txt"
_CLIP = f"{_SAMPLES}/streams/sample_720p.mp4"

# Modules, and what they are needed for; all optional.
_MODULES = (
    ("confluent_kafka", "kafka", "event streams kafka://"),
    ("redis", "redis", "event streams redis://"),
    ("paho.mqtt.client", "mqtt", "event streams mqtt://"),
    ("pika", "amqp", "event streams amqp://"),
    ("prometheus_client", "prometheus", "gst-pylaunch --metrics"),
    ("cv2", "opencv", "outlines of masks"),
    ("torch", "", "images as tensors"),
)

app: typer.Typer = typer.Typer(
    pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=True, name="pythia"
)


class Finding(NamedTuple):
    """One thing that this machine has or lacks."""

    name: str
    is_there: bool
    detail: str
    is_required: bool = False


@app.callback(help=f"Video analytics pipelines in Python, version {__version__}.")
def main() -> None:
    """Take no options of its own."""


@app.command()
def demo(
    source: Annotated[str, typer.Argument(help="File or URI of a video.")] = _CLIP,
    output: Annotated[
        str, typer.Option("--output", "-o", help="Video to write; 'live' is the screen.")
    ] = "pythia-demo.mp4",
) -> None:
    """Detect vehicles, two-wheelers, persons and road signs; write or show the video."""
    try:
        _demo(source, output)
    except (PythiaError, ValueError, OSError) as error:
        typer.secho(f"pythia: error: {explain(error)}", fg="red", err=True)
        raise typer.Exit(exit_code(error)) from None


@app.command()
def doctor() -> None:
    """Say what this machine has and lacks; exits with 1 if pipelines cannot run."""
    is_fatal = False
    for finding in findings():
        state = "ok" if finding.is_there else "MISSING" if finding.is_required else "absent"
        typer.echo(f"{state:8} {finding.name}: {finding.detail}")
        is_fatal |= finding.is_required and not finding.is_there
    sys.stdout.flush()
    if importlib.util.find_spec("pyds") is not None:
        # Ours goes on with the plugin, codecs and engines.
        is_fatal |= (
            subprocess.run([sys.executable, "-m", "pyds", "doctor"], check=False).returncode > 1
        )
    raise typer.Exit(1 if is_fatal else 0)


def findings() -> Iterator[Finding]:
    """Look at what pythia itself needs or can use."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 10), f"{version}, needed: 3.10", True)
    try:
        from pythia.utils.gst import Gst, gst_init

        gst_init()
    except ImportError as error:
        yield Finding("GStreamer for Python", False, str(error), True)
        return
    yield Finding("GStreamer for Python", True, Gst.version_string(), True)
    from pythia.utils.ds import import_pyds

    pyds = import_pyds()
    if pyds is None:
        detail = "needed for DeepStream elements and metadata: pip install pythia-pyds"
        yield Finding("pyds", False, detail)
    else:
        yield Finding("pyds", True, f"{pyds.__file__}")
    for module, extra, purpose in _MODULES:
        if _can_import(module):
            yield Finding(module, True, f"for {purpose}")
        else:
            remedy = f"pip install pythia-video[{extra}]" if extra else f"pip install {module}"
            yield Finding(module, False, f"needed for {purpose}: {remedy}")


def _can_import(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def _demo(source: str, output: str) -> None:
    from pythia.applications.base import Application
    from pythia.exceptions import PydsNotFoundError
    from pythia.iterators import objects_per_batch
    from pythia.paths import resolve_deepstream_paths
    from pythia.pipelines.sinks import PythiaSink
    from pythia.utils.ds import import_pyds
    from pythia.utils.gst import property_text

    if import_pyds() is None:
        raise PydsNotFoundError("the demo needs DeepStream's elements: pip install pythia-pyds")
    if "://" not in source:
        source = Path(resolve_deepstream_paths(source)).resolve().as_uri()
    application = Application.from_pipeline_string(
        f"uridecodebin {property_text('uri', source)} expose-all-streams=false "
        'caps="video/x-raw(ANY)" ! nvvideoconvert ! mux.sink_0 '
        "nvstreammux name=mux width=1280 height=720 batch-size=1 "
        f"! nvinfer name=pgie config-file-path={_NETWORK} ! nvdsosd "
        f"! {PythiaSink.from_uri(output).gst()}"
    )
    objects: Counter[str] = Counter()
    frames = 0

    @application.probe("pgie", "src")
    def count(batch_meta):  # type: ignore[no-untyped-def]
        nonlocal frames
        frames += batch_meta.num_frames_in_batch
        objects.update(detection.obj_label for _, detection in objects_per_batch(batch_meta))

    application()
    for label, number in objects.most_common():
        typer.echo(f"{label:12} {number / frames:6.1f} per frame")
    typer.echo(f"{frames} frames" + ("" if output == "live" else f", written to {output}"))
