"""Pipelines of parts, annotators and demos on the engine."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

import pyds
from pythia import AnnotateFramesBase, AnnotateFramesBbox, Application, Demo, Pipeline
from pythia.cli import tools
from pythia.iterators import frames_per_batch, objects_per_frame
from pythia.models import InferenceEngine
from pythia.utils.gst import Gst
from tests.support import CLIP, PGIE_CONFIG, video_frames, video_size

SOURCE = f"file://{CLIP}?muxer_width=640&muxer_height=360&num_buffers=12"
TEST = "test://?muxer_width=320&muxer_height=240&num_buffers=20"


@pytest.fixture
def network() -> InferenceEngine:
    return InferenceEngine(None, PGIE_CONFIG)


def media_type(path: Path) -> str:
    pipeline = Gst.parse_launch(f'filesrc location="{path}" ! typefind name=t ! fakesink')
    pipeline.set_state(Gst.State.PLAYING)
    pipeline.get_bus().timed_pop_filtered(60 * Gst.SECOND, Gst.MessageType.EOS)
    name = pipeline.get_by_name("t").get_property("caps").get_structure(0).get_name()
    pipeline.set_state(Gst.State.NULL)
    return name


def test_a_test_picture_runs_to_its_end() -> None:
    app, batches = Application(Pipeline(TEST)), []
    app.probe("m", "src")(lambda batch_meta: batches.append(batch_meta.num_frames_in_batch))
    app()
    assert batches == [1] * 20


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        (".mp4", "video/quicktime"),
        (".mov", "video/quicktime"),
        (".mkv", "video/x-matroska"),
        (".webm", "video/webm"),
        (".avi", "video/x-msvideo"),
        (".flv", "video/x-flv"),
        (".wmv", "video/x-ms-asf"),
        (".mpg", "video/mpeg"),
    ],
)
def test_the_suffix_of_a_video_chooses_its_format(
    tmp_path: Path, suffix: str, expected: str
) -> None:
    path = tmp_path / f"my video{suffix}"
    Application(Pipeline(TEST, sink=str(path)))()
    assert media_type(path) == expected


def test_a_network_s_objects_and_the_video_of_two_sources(tmp_path: Path, network) -> None:
    path = tmp_path / "out.mp4"
    app, sources = Application(Pipeline([SOURCE, SOURCE], network, str(path))), Counter()

    @app.probe("model_0", "src")
    def count(batch_meta):
        for frame in frames_per_batch(batch_meta):
            sources[frame.source_id] += sum(1 for _ in objects_per_frame(frame))

    app()
    assert set(sources) == {0, 1}
    assert min(sources.values()) > 5
    assert video_size(path) == (640, 360)
    assert video_frames(path) == 12


def test_a_file_with_sound_gives_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    Application.from_pipeline_string(
        "audiotestsrc num-buffers=20 ! vorbisenc ! mux. videotestsrc num-buffers=20 "
        f"! video/x-raw,width=160,height=120 ! vp8enc deadline=1 ! mux. "
        f"matroskamux name=mux ! filesink location={path}"
    )()
    app, batches = Application(Pipeline(f"file://{path}", muxer_width=160, muxer_height=120)), []
    app.probe("m", "src")(lambda batch_meta: batches.append(1))
    app()
    assert len(batches) == 20


def test_the_box_annotator_leaves_pictures_and_lines(tmp_path: Path, network) -> None:
    AnnotateFramesBbox.run(SOURCE, network, tmp_path / "out")
    pictures = sorted(path.name for path in (tmp_path / "out/frames").iterdir())
    assert pictures[0] == "000000000000.jpg"
    assert len(pictures) == 12
    lines = [
        json.loads(line) for line in (tmp_path / "out/detections.jsonl").read_text().splitlines()
    ]
    assert {line["engine"] for line in lines} == {"model_0"}
    assert {line["label"] for line in lines} <= {"Vehicle", "TwoWheeler", "Person", "RoadSign"}
    assert len(lines) > 10


def test_an_annotator_with_a_probe_of_ones_own(tmp_path: Path, network) -> None:
    frames = []

    def probe(batch_meta):
        frames.extend(frame.frame_num for frame in frames_per_batch(batch_meta))

    AnnotateFramesBase.run_with_probe(SOURCE, network, tmp_path / "a", probe=probe)
    assert frames[:3] == [0, 1, 2]

    def bound(self, batch_meta):
        self.logger.json({"frames": batch_meta.num_frames_in_batch})

    AnnotateFramesBase.run_with_probe(SOURCE, network, tmp_path / "b", probe=bound)
    assert (tmp_path / "b/detections.jsonl").read_text().startswith('{"frames": 1}\n')


def test_a_network_is_found_in_a_text(network) -> None:
    app = Application(Pipeline(TEST, network))
    found = Application.from_pipeline_string(app.pipeline.gst()).pipeline.models
    (engine,) = found
    resolved = Path(pyds.samples.resolve(str(PGIE_CONFIG))).resolve()
    assert engine.config_file == resolved
    assert (
        engine.labels_file == (resolved.parent / "../../models/street_4class/labels.txt").resolve()
    )
    assert engine.source_model.name == "street_4class.onnx"


def test_the_demo_plays_a_file_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a b.png"
    Application.from_pipeline_string(
        f'videotestsrc num-buffers=1 ! pngenc ! filesink location="{path}"'
    )()
    Demo.play(str(path))
    Demo.play(path.as_uri(), background=True).result(timeout_s=60)


def test_pythia_demo_writes_an_annotated_video_and_counts(tmp_path: Path) -> None:
    short = tmp_path / "short.mp4"
    Application(Pipeline(SOURCE, sink=str(short)))()
    result = CliRunner().invoke(tools.app, ["demo", str(short), "-o", str(tmp_path / "out.mp4")])
    assert result.exit_code == 0, result.output
    assert "Vehicle" in result.output
    assert "frames, written to" in result.output
    assert video_size(tmp_path / "out.mp4") == (1280, 720)
