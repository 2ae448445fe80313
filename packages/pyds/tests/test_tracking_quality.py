"""nvtracker on MOTChallenge sequences: MOTA and IDF1 against plain SORT, one default for all."""

from __future__ import annotations

import configparser
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from packages.pyds.tests.pipelines import DATA
from packages.pyds.tests.tracking import no_detections, track

MOT = DATA / "mot"
SEQUENCES = ["TUD-Campus", "KITTI-0006-Car", "KITTI-0017-Pedestrian"]

pytestmark = [
    pytest.mark.skipif(not MOT.is_dir(), reason=f"no tracking data in {MOT}; set PYTHIA_TEST_DATA"),
    # Of motmetrics and what it imports.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    """The score script that comes with the data."""
    pytest.importorskip("motmetrics", reason="pip install motmetrics to score tracking")
    spec = importlib.util.spec_from_file_location("score_mot", MOT / "score_mot.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def frame_size(sequence: Path) -> tuple[int, int]:
    """As in seqinfo.ini, made even for NV12."""
    info = configparser.ConfigParser()
    info.read(sequence / "seqinfo.ini")
    width, height = (int(info["Sequence"][key]) for key in ("imWidth", "imHeight"))
    return width + width % 2, height + height % 2


def track_sequence(scorer: ModuleType, sequence: Path, **properties: Any) -> Any:
    """What nvtracker makes of det.txt, as rows of the scorer."""
    rows = scorer.load((sequence / "det.txt").read_text())
    length = int(scorer.load((sequence / "gt.txt").read_text())[:, 0].max())
    frames = {int(frame): rows[rows[:, 0] == frame] for frame in np.unique(rows[:, 0])}

    def detector(source: int, frame: int) -> Any:
        found = frames.get(frame + 1)
        if found is None:
            return no_detections()
        return np.column_stack([found[:, 2:7], np.zeros(len(found))]).astype(np.float32)

    table = track(detector, frames=length, size=frame_size(sequence), **properties)
    unused = -np.ones(len(table))
    return np.column_stack(
        [
            table["frame_num"] + 1,
            table["object_id"],
            *(table[name] for name in ("left", "top", "width", "height")),
            np.ones(len(table)),
            *[unused] * 3,
        ]
    )


@pytest.mark.parametrize("name", SEQUENCES)
def test_scores_are_above_plain_sort(name: str, scorer: ModuleType) -> None:
    baseline = json.loads((MOT / "baseline_scores.json").read_text())[name]
    truth = scorer.load((MOT / name / "gt.txt").read_text())
    score = scorer.score(truth, track_sequence(scorer, MOT / name))
    sys.stdout.write(f"{name}: {score}\n")
    assert score["mota"] >= baseline["mota"] + 0.02, (score, baseline)
    assert score["idf1"] >= baseline["idf1"] + 0.05, (score, baseline)
    assert score["num_switches"] <= baseline["num_switches"], (score, baseline)
