"""With NVIDIA's bindings instead of ours: the names of the table are all that pythia needs."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pythia
from pythia import Application

HERE = Path(__file__).parent
PIPELINE = "videotestsrc num-buffers=3 ! identity name=pgie ! fakesink"

IMPORTS = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
import classic_pyds
sys.modules["pyds"] = classic_pyds.make_module(None)
for name in json.loads(sys.argv[2]):
    importlib.import_module(name)
import pythia
for name in pythia.__all__:
    getattr(pythia, name)
"""


def test_the_stand_in_knows_no_name_of_ours(classic_pyds) -> None:
    module = sys.modules["pyds"]
    assert not hasattr(module, "frame")
    assert not hasattr(module.NvDsBatchMeta, "objects")
    with pytest.raises(AttributeError, match="objects"):
        _ = classic_pyds.make_batch(["Person"]).objects
    with pytest.raises(AttributeError, match="confidence"):
        classic_pyds.make_frame(0, [], confidence=1.0)


def test_every_module_and_name_of_pythia_can_be_imported() -> None:
    modules = [each.name for each in pkgutil.walk_packages(pythia.__path__, "pythia.")]
    modules = [each for each in modules if not each.endswith("__main__")]
    assert len(modules) > 50
    subprocess.run([sys.executable, "-c", IMPORTS, HERE, json.dumps(modules)], check=True)


def rich_batch(classic):
    """A batch with something for every iterator."""
    info = classic.NvDsLabelInfo(result_label="red", result_prob=0.75)
    crossed = classic.NvDsAnalyticsObjInfo(lcStatus=["Entry"])
    car = classic.make_object(
        "Vehicle",
        classifier_meta_list=classic.glist(
            [classic.NvDsClassifierMeta(label_info_list=classic.glist([info]))]
        ),
        obj_user_meta_list=classic.glist(
            [classic.user_meta("NVIDIA.DSANALYTICSOBJ.USER_META", crossed)]
        ),
    )
    counts = classic.NvDsAnalyticsFrameMeta(objCnt={0: 1})
    frame = classic.make_frame(
        0,
        [car],
        frame_user_meta_list=classic.glist(
            [classic.user_meta("NVIDIA.DSANALYTICSFRAME.USER_META", counts)]
        ),
        display_meta_list=classic.glist([classic.NvDsDisplayMeta(num_labels=1)]),
    )
    return classic.make_batch(frame, ["Person"])


def test_a_whole_run_with_probes_iterators_images_and_a_stream(classic_pyds, monkeypatch) -> None:
    batch = rich_batch(classic_pyds)
    monkeypatch.setitem(sys.modules, "pyds", classic_pyds.make_module(lambda address: batch))
    app = Application.from_pipeline_string(PIPELINE)
    tables, images, seen = [], [], []

    @app.probe("pgie", "src", backend_uri="memory://?stream=other")
    def events(batch_meta):
        for frame, detection in pythia.objects_per_batch(batch_meta):
            yield {
                "frame": frame.frame_num,
                "label": detection.obj_label,
                "colours": [each.result_label for each in pythia.labels_per_obj(detection)],
                "crossed": [each.lcStatus for each in pythia.analytics_per_obj(detection)],
            }

    @app.probe("pgie", "src")
    def table(pad, info, batch_meta):
        tables.append(pythia.object_table(batch_meta))
        for frame in pythia.frames_per_batch(info):
            seen.extend(each.objCnt for each in pythia.analytics_per_frame(frame))
            seen.extend(each.num_labels for each in pythia.display_meta_per_frame(frame))
        images.extend(image.shape for _, image in pythia.images_per_batch(info.get_buffer()))

    app()
    got = list(app.backend("pgie", "src").deque)
    assert [(each["frame"], each["label"]) for each in got] == [(0, "Vehicle"), (1, "Person")] * 3
    assert got[0]["colours"] == ["red"]
    assert got[0]["crossed"] == [["Entry"]]
    assert seen == [{0: 1}, 1] * 3
    assert [len(each) for each in tables] == [2, 2, 2]
    assert np.allclose(tables[0]["confidence"], 0.5)
    assert images == [(20, 30, 3)] * 6


LAUNCH = """
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
import classic_pyds
batch = classic_pyds.make_batch(["Person"], ["Vehicle"])
sys.modules["pyds"] = classic_pyds.make_module(lambda address: batch)
runpy.run_module("pythia", run_name="__main__")
"""

PROBE = """
from pythia import objects_per_batch

def labels(batch_meta):
    for frame, detection in objects_per_batch(batch_meta):
        yield {"frame_num": frame.frame_num, "label": detection.obj_label}
"""


def test_gst_pylaunch_runs_a_probe(tmp_path: Path) -> None:
    (tmp_path / "probe.py").write_text(PROBE)
    words = [*PIPELINE.split(), "--probe=probe.py:labels@pgie.src"]
    finished = subprocess.run(
        [sys.executable, "-c", LAUNCH, HERE, *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines.count('{"frame_num": 0, "label": "Person"}') == 3
    assert lines.count('{"frame_num": 1, "label": "Vehicle"}') == 3
