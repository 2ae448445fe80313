"""What the README shows runs as it stands there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import REPOSITORY, video_frames, video_size

ELEMENTS = (
    "nvinfer",
    "nvstreammux",
    "nvdsosd",
    "nvvideoconvert",
    "nvv4l2decoder",
    "nveglglessink",
    "nv3dsink",
)
README = (REPOSITORY / "README.md").read_text()


def block_after(marker: str) -> str:
    """The first fenced block after a marker, without its fence."""
    return re.search(re.escape(marker) + r".*?```\w*\n(.*?)```", README, re.S).group(1)


def run_console(console: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = re.sub(r"\\\n\s*", "", console).strip().removeprefix("$ ")
    scripts = Path(sys.executable).parent
    return subprocess.run(
        shlex.split(command),
        cwd=folder,
        env={**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


@pytest.fixture
def example(tmp_path: Path) -> Path:
    (tmp_path / "probe.py").write_text(block_after("<!-- gst-pylaunch probe -->"))
    (tmp_path / "pipeline.txt").write_text(block_after("<!-- gst-pylaunch pipeline -->"))
    return tmp_path


def test_gst_pylaunch_example_prints_detections_and_writes_a_playable_video(example: Path) -> None:
    output = Path("/tmp/overlayed.mp4")
    output.unlink(missing_ok=True)
    finished = run_console(block_after("<!-- gst-pylaunch console -->"), example)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith('{"frame_num": 0, "label": "')
    detections = [json.loads(line) for line in finished.stdout.splitlines()]
    first = detections[0]
    assert list(first) == ["frame_num", "label", "left", "top", "width", "height", "confidence"]
    assert first["confidence"] > 0.4
    # How many more buffers pass before the EOS of eos-after=30 takes effect is up to the decoder.
    frames = len({each["frame_num"] for each in detections})
    assert 30 <= video_frames(output) <= frames < 150
    assert video_size(output) == (1280, 720)


def test_application_example_counts_objects(example: Path) -> None:
    script = re.search(r"```python\n(from pythia import Application.*?)```", README, re.S).group(1)
    (example / "script.py").write_text(script)
    finished = subprocess.run(
        [sys.executable, "script.py"],
        cwd=example,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    seen = eval(finished.stdout.splitlines()[-1], {"__builtins__": {}})
    assert set(seen) <= {"Vehicle", "TwoWheeler", "Person", "RoadSign"}
    assert sum(seen.values()) > 30


def test_plain_gstreamer_finds_the_elements_with_one_environment_variable(tmp_path: Path) -> None:
    path = subprocess.run(
        [sys.executable, "-m", "pyds", "plugin-path"], capture_output=True, text=True, check=True
    ).stdout.strip()
    environment = {
        **os.environ,
        "GST_PLUGIN_PATH": path,
        "GST_REGISTRY": str(tmp_path / "registry.bin"),
    }
    for element in ELEMENTS:
        shown = subprocess.run(
            ["gst-inspect-1.0", element],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown.returncode == 0, shown.stderr
        assert "Factory Details" in shown.stdout
