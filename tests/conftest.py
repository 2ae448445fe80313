"""What the tests across packages share: the command line, test data, looking into media files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import gi
import pytest

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import Gst, GstPbutils

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLES = Path("/opt/nvidia/deepstream/deepstream/samples")
PGIE_CONFIG = SAMPLES / "configs/deepstream-app/config_infer_primary.txt"
CLIP = SAMPLES / "streams/sample_720p.mp4"


@pytest.fixture(scope="session", autouse=True)
def _gst() -> None:
    Gst.init(None)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with real videos and models, which are not ours to redistribute."""
    folder = Path(os.environ.get("PYTHIA_TEST_DATA", REPOSITORY.parent / "shared/data"))
    if not (folder / "videos").is_dir():
        pytest.skip(f"no test data in {folder}; set PYTHIA_TEST_DATA to the folder that has it")
    return folder


@pytest.fixture
def pylaunch(tmp_path: Path):
    """Runs gst-pylaunch in an empty folder and returns the finished process."""

    def run(*arguments: str, timeout_s: float = 60, **options) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pythia", *arguments],
            cwd=options.pop("cwd", tmp_path),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            **options,
        )

    return run


def video_frames(path: Path) -> int:
    """Decodes a video to its end and counts its frames; an unplayable file raises."""
    pipeline = Gst.parse_launch(
        f'filesrc location="{path}" ! qtdemux ! h264parse ! avdec_h264 ! fakesink name=sink'
    )
    frames = 0

    def count(_pad, _info):
        nonlocal frames
        frames += 1
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name("sink").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, count)
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
    )
    pipeline.set_state(Gst.State.NULL)
    if message is None or message.type != Gst.MessageType.EOS:
        raise AssertionError(
            f"{path} does not play to its end: {message and message.parse_error()}"
        )
    return frames


def video_size(path: Path) -> tuple[int, int]:
    """Width and height of the first video stream, in pixels."""
    info = GstPbutils.Discoverer.new(10 * Gst.SECOND).discover_uri(path.as_uri())
    stream = info.get_video_streams()[0]
    return stream.get_width(), stream.get_height()
