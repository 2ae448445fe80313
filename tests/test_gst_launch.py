"""The engine works in plain gst-launch-1.0, without Python in the process."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import pyds
from tests.support import CLIP, PGIE_CONFIG, video_frames


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    plugins = Path(pyds.__file__).parent / "gst"
    return {
        **os.environ,
        "GST_PLUGIN_PATH": str(plugins),
        "GST_REGISTRY": str(tmp_path / "registry.bin"),
    }


def gst_launch(pipeline: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        f"gst-launch-1.0 -q {pipeline}",
        shell=True,
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


def test_detection_writes_an_annotated_video(tmp_path: Path, environment: dict[str, str]) -> None:
    clip = pyds.samples.resolve(str(CLIP))
    output = tmp_path / "out.mp4"
    finished = gst_launch(
        f"filesrc location={clip} ! qtdemux ! h264parse ! identity eos-after=20 "
        "! nvv4l2decoder ! mux.sink_0 nvstreammux name=mux width=1280 height=720 batch-size=1 "
        f"! nvinfer config-file-path={PGIE_CONFIG} ! nvdsosd ! nvvideoconvert "
        f"! x264enc speed-preset=ultrafast tune=zerolatency ! mp4mux ! filesink location={output}",
        environment,
    )
    assert finished.returncode == 0, finished.stderr
    assert video_frames(output) >= 15


def test_the_plugin_links_neither_python_nor_an_engine() -> None:
    needed = subprocess.run(
        ["ldd", str(Path(pyds.__file__).parent / "gst/libgstpyds.so")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "libgstreamer-1.0" in needed
    assert "not found" not in needed
    assert "libpython" not in needed
    assert "onnxruntime" not in needed
