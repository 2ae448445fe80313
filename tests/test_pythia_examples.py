"""The examples run as they stand there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pythia import Application, Pipeline
from tests.support import CLIP, REPOSITORY, video_frames


@pytest.fixture(scope="module")
def street(tmp_path_factory) -> Path:
    """Two seconds of the clip."""
    path = tmp_path_factory.mktemp("street") / "street.mp4"
    source = f"file://{CLIP}?num_buffers=50"
    Application(Pipeline(source, sink=str(path), muxer_width=640, muxer_height=360))()
    return path


def run(name: str, *arguments: object, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "examples" / name), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_clips_of_people(street: Path, tmp_path: Path) -> None:
    shown = run("clips/clips.py", street, folder=tmp_path)
    assert shown.startswith("person-00001.mp4: ")
    assert video_frames(tmp_path / "clips/person-00001.mp4") >= 25


def test_counts_in_an_asyncio_program(street: Path, tmp_path: Path) -> None:
    last = run("asyncio/counts.py", street, folder=tmp_path).splitlines()[-1]
    assert last.startswith("in all: {")
    assert "'Vehicle': " in last


def test_annotations(street: Path, tmp_path: Path) -> None:
    shown = run("annotate/annotate.py", street, "out", folder=tmp_path)
    pictures, objects = (int(line.split()[0]) for line in shown.splitlines())
    assert pictures == video_frames(street)
    assert objects > pictures
