"""What the tutorials show runs as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pythia import Application, Pipeline
from tests.broker_servers import KafkaMock
from tests.support import CLIP, REPOSITORY, video_frames

TUTORIALS = REPOSITORY / "docs/tutorials"


def blocks(page: str, language: str) -> list[str]:
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", (TUTORIALS / page).read_text(), re.M | re.S)
    return [text for name, text in fences if name == language]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the first tutorial's files, and a short video at its two places."""
    (tmp_path / "pipeline.txt").write_text(blocks("first-pipeline.md", "")[0])
    (tmp_path / "probe.py").write_text(blocks("first-pipeline.md", "python")[0])
    source = f"file://{CLIP}?num_buffers=8"
    video = tmp_path / "street.mp4"
    Application(Pipeline(source, sink=str(video), muxer_width=640, muxer_height=360))()
    return tmp_path


def run(script: str, folder: Path) -> str:
    local = re.sub(r"/tmp/(?=\w+\.mp4)", f"{folder}/", script)
    local = local.replace(f"{CLIP}", str(folder / "street.mp4"))
    done = subprocess.run(
        [sys.executable, "-c", local],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_first_pipeline_with_a_probe(folder: Path, pylaunch) -> None:
    done = pylaunch(
        *("-p", "pipeline.txt", f"--input={folder}/street.mp4", f"--output={folder}/first.mp4"),
        "--probe=probe.py:detections@pgie.src",
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout.splitlines()[0])) == {"frame", "label", "confidence"}
    assert video_frames(folder / "first.mp4") >= 8


def test_first_application(folder: Path) -> None:
    shown = run(blocks("first-pipeline.md", "python")[1], folder)
    assert shown.startswith("Counter({'Vehicle': ")


def test_events_to_kafka(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("confluent_kafka")
    broker = KafkaMock()
    broker.create_topic("detections")
    try:
        script = "\n".join(blocks("events-to-kafka.md", "python"))
        script = script.replace("localhost:9092", broker.bootstrap)
        shown = run(script.replace("/tmp/spool", str(tmp_path / "spool")), folder)
    finally:
        broker.close()
    assert shown.startswith("Counter({'Vehicle': ")


def test_custom_metadata(folder: Path) -> None:
    script = "\n".join(blocks("custom-metadata.md", "python"))
    lines = [json.loads(line) for line in run(f"{script}\napp()\n", folder).splitlines()]
    assert {line["label"] for line in lines} <= {"bright", "dark"}
    assert {line["object"] for line in lines} & {"Vehicle", "Person"}
    assert video_frames(folder / "out.mp4") >= 8


def test_several_cameras(folder: Path) -> None:
    network = folder / "models/cars"
    network.mkdir(parents=True)
    import pyds

    config = Path(
        pyds.samples.resolve(
            str(CLIP.parents[1] / "configs/deepstream-app/config_infer_primary.txt")
        )
    )
    model = config.parents[2] / "models/street_4class"
    text = config.read_text().replace("../../models/street_4class", str(model.resolve()))
    (network / "config.ini").write_text(text)
    (network / "labels.txt").write_bytes((model / "labels.txt").read_bytes())
    (network / "m.onnx").symlink_to((model / "street_4class.onnx").resolve())
    script = "\n".join(blocks("several-cameras.md", "python"))
    for address in (
        "rtsp://camera-1/stream",
        "rtsp://camera-2/stream",
        "file:///videos/street.mp4",
    ):
        script = script.replace(address, (folder / "street.mp4").as_uri())
    run(script.replace('"live"', '"tiles.mp4"'), folder)
    counts = [
        json.loads(line)["objects"] for line in (folder / "counts.jsonl").read_text().splitlines()
    ]
    assert len(counts) >= 8
    assert all(sum(column) > 0 for column in zip(*counts, strict=True))
    assert video_frames(folder / "tiles.mp4") >= 8
