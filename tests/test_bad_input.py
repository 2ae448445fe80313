"""Bad input ends with one clear message and a non-zero exit code, never with a hang."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import pyds
from tests.support import CLIP, PGIE_CONFIG, video_frames

CLIP_FILE = Path(pyds.samples.resolve(str(CLIP)))
CONFIG_FILE = Path(pyds.samples.resolve(str(PGIE_CONFIG)))
MODEL_FOLDER = (CONFIG_FILE.parent / "../../models/street_4class").resolve()

DETECT = (
    "filesrc location={clip} ! qtdemux ! h264parse ! identity eos-after=5 ! nvv4l2decoder "
    "! mux.sink_0 nvstreammux name=mux width=1280 height=720 batch-size=1 "
    "! nvinfer name=pgie config-file-path={config} ! fakesink"
)


@pytest.fixture
def config(tmp_path: Path):
    """Writes an nvinfer configuration: the sample's, with some keys changed or added."""

    def write(**changes: str | None) -> Path:
        properties = {
            "onnx-file": str(MODEL_FOLDER / "street_4class.onnx"),
            "labelfile-path": str(MODEL_FOLDER / "labels.txt"),
            "net-scale-factor": "0.00392156862745098",
            "num-detected-classes": "4",
            "cluster-mode": "2",
        }
        for key, value in changes.items():
            properties[key.replace("_", "-")] = value
        lines = [f"{key}={value}" for key, value in properties.items() if value is not None]
        path = tmp_path / "config.txt"
        path.write_text("[property]\n" + "\n".join(lines) + "\n")
        return path

    return write


@pytest.fixture
def detect(pylaunch):
    """Runs detection on the first frames of a clip."""

    def run(config_file: Path = CONFIG_FILE, clip: Path = CLIP_FILE, *arguments: str):
        pipeline = DETECT.format(clip=clip, config=config_file)
        return pylaunch(*arguments, "--", *pipeline.split())

    return run


def test_missing_video_names_the_file(detect) -> None:
    finished = detect(clip=Path("/nowhere/clip.mp4"))
    assert finished.returncode != 0
    assert "/nowhere/clip.mp4" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_mp4_without_its_index_fails_clearly(detect, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    whole = CLIP_FILE.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2].replace(b"moov", b"free"))
    finished = detect(clip=broken)
    assert finished.returncode != 0
    assert "qtdemux" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_truncated_stream_keeps_what_could_be_decoded(pylaunch, tmp_path: Path) -> None:
    elementary = tmp_path / "clip.h264"
    pylaunch(
        *f"filesrc location={CLIP_FILE} ! qtdemux ! h264parse "
        f"! video/x-h264,stream-format=byte-stream ! filesink location={elementary}".split()
    )
    data = elementary.read_bytes()
    elementary.write_bytes(data[: len(data) // 2])
    output = tmp_path / "out.mp4"
    finished = pylaunch(
        *f"filesrc location={elementary} ! h264parse ! nvv4l2decoder ! nvvideoconvert "
        f"! x264enc speed-preset=ultrafast ! mp4mux ! filesink location={output}".split()
    )
    assert finished.returncode == 0, finished.stderr
    assert video_frames(output) > 20


def test_garbage_h264_fails_clearly(pylaunch, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.h264"
    garbage.write_bytes(os.urandom(200_000))
    finished = pylaunch(
        *f"filesrc location={garbage} ! h264parse ! nvv4l2decoder ! fakesink".split()
    )
    assert finished.returncode != 0
    assert "h264parse" in finished.stderr or "nvv4l2decoder" in finished.stderr


def test_unreachable_rtsp_ends_with_its_address(pylaunch) -> None:
    finished = pylaunch(
        *[
            "rtspsrc",
            "location=rtsp://127.0.0.1:1/live",
            "!",
            "rtph264depay",
            "!",
            "h264parse",
            "!",
            "nvv4l2decoder",
            "!",
            "fakesink",
        ]
    )
    assert finished.returncode != 0
    assert "127.0.0.1:1" in finished.stderr or "rtspsrc" in finished.stderr


def test_missing_model_names_the_file_and_the_key(detect, config) -> None:
    finished = detect(config(onnx_file="/nowhere/model.onnx"))
    assert finished.returncode != 0
    assert "/nowhere/model.onnx" in finished.stderr
    assert "onnx-file" in finished.stderr


def test_corrupt_model_names_the_file(detect, config, tmp_path: Path) -> None:
    corrupt = tmp_path / "corrupt.onnx"
    corrupt.write_bytes(b"not a model" * 100)
    finished = detect(config(onnx_file=str(corrupt)))
    assert finished.returncode != 0
    assert str(corrupt) in finished.stderr


def test_withdrawn_model_format_says_what_to_do(detect, config) -> None:
    finished = detect(config(onnx_file=None, uff_file="model.uff"))
    assert finished.returncode != 0
    assert "uff" in finished.stderr.lower()
    assert "onnx-file" in finished.stderr


def test_label_file_shorter_than_the_classes_is_reported(detect, config, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("Vehicle\nTwoWheeler\n")
    finished = detect(config(labelfile_path=str(labels)))
    assert "labels.txt" in finished.stderr
    assert "2" in finished.stderr
    assert "4" in finished.stderr


def test_unknown_config_key_names_the_nearest(detect, config) -> None:
    finished = detect(config(cluster_mod="2"))
    assert finished.returncode == 0, finished.stderr
    assert "cluster-mod" in finished.stderr
    assert "cluster-mode" in finished.stderr


def test_wrong_probe_spec_shows_the_form(detect) -> None:
    finished = detect(CONFIG_FILE, CLIP_FILE, "--probe", "probe.py-gen@pgie")
    assert finished.returncode == 3
    assert "function@element" in finished.stderr


def test_probe_that_raises_fails_the_run_and_shows_its_place(detect, tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text("def count(batch_meta):\n    raise KeyError('seventeen')\n")
    finished = detect(CONFIG_FILE, CLIP_FILE, "--probe", f"{probe}:count@pgie.src")
    assert finished.returncode != 0
    assert "KeyError" in finished.stderr
    assert "probe.py" in finished.stderr
    assert "line 2" in finished.stderr or ":2" in finished.stderr


def test_class_beyond_the_labels_has_an_empty_or_numeric_label(
    detect, config, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("Vehicle\n")
    probe = tmp_path / "probe.py"
    probe.write_text(
        "from pythia import objects_per_batch\n"
        "def gen(batch_meta):\n"
        "    for frame, obj in objects_per_batch(batch_meta):\n"
        "        yield {'class': obj.class_id, 'label': obj.obj_label}\n"
    )
    finished = detect(
        config(labelfile_path=str(labels)), CLIP_FILE, "--probe", f"{probe}:gen@pgie.src"
    )
    seen = {item["class"]: item["label"] for item in map(json.loads, finished.stdout.splitlines())}
    assert seen[0] == "Vehicle"
    assert max(seen) > 0
    assert all(label in ("", str(class_id)) for class_id, label in seen.items() if class_id)
