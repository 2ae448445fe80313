from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from pythia import AnnotateFramesBase, AnnotateFramesBbox, AnnotateFramesMaskRcnn, StringPipeline
from pythia.utils.gst import Gst

TEXT = "videotestsrc num-buffers=2 ! identity name=nvinfer0 ! fakesink"


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "detections.jsonl").read_text().splitlines()]


def annotate(kind, folder: Path, **options) -> list[dict]:
    (folder / "detections.jsonl").write_text("old\n")
    app = kind(StringPipeline(TEXT), folder, **options)
    app.probe("nvinfer0", "src")(app.annotator_probe)
    app()
    return lines(folder)


def test_a_box_per_object_and_line(classic_pyds, tmp_path: Path) -> None:
    written = annotate(AnnotateFramesBbox, tmp_path)
    assert len(written) == 6
    assert written[0] == {
        "frame_num": 0,
        "id": 7,
        "engine_id": 1,
        "engine": "nvinfer0",
        "pad_index": 0,
        "label": "Person",
        "left": 1.0,
        "top": 2.0,
        "width": 3.0,
        "height": 4.0,
        "confidence": 0.5,
    }


def test_outlines_and_analytics(classic_pyds, tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("cv2")
    import numpy as np

    info = classic_pyds.NvDsAnalyticsObjInfo(
        dirStatus="", lcStatus=[], ocStatus=[], roiStatus=["RF"], unique_id=3
    )
    obj = classic_pyds.make_object(
        "car",
        rect_params=SimpleNamespace(left=5.0, top=6.0, width=8.0, height=8.0),
        mask_params=SimpleNamespace(
            size=16, width=2, height=2, threshold=0.5, get_mask_array=lambda: np.ones((2, 2))
        ),
        obj_user_meta_list=classic_pyds.glist(
            [classic_pyds.user_meta("NVIDIA.DSANALYTICSOBJ.USER_META", info)]
        ),
    )
    batch = classic_pyds.make_batch(classic_pyds.make_frame(0, [obj]))
    monkeypatch.setattr("pyds.gst_buffer_get_nvds_batch_meta", lambda address: batch)
    monkeypatch.setattr(StringPipeline, "analytics", object())
    first, _ = annotate(AnnotateFramesMaskRcnn, tmp_path)
    assert first["mask"] == [[0, 0, 0, 7, 7, 7, 7, 0]]
    assert first["analytics"]["roiStatus"] == ["RF"]


def test_objects_without_a_mask_fail_the_run_and_say_why(classic_pyds, tmp_path: Path) -> None:
    pytest.importorskip("cv2")
    with pytest.raises(ValueError, match=r"Person.*no mask.*output-instance-mask=1"):
        annotate(AnnotateFramesMaskRcnn, tmp_path)


def test_pictures_of_an_earlier_run_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames/000000000000.jpg").touch()
    with pytest.raises(FileExistsError, match="not empty"):
        AnnotateFramesBbox.run("test://?muxer_width=1&muxer_height=1", "model", tmp_path)


def test_a_pipeline_that_finds_nothing_has_no_place_for_the_probe() -> None:
    pipeline = SimpleNamespace(pipeline=Gst.parse_launch("fakesrc ! fakesink"))
    with pytest.raises(LookupError, match="nvdsanalytics, nvtracker, nvinfer"):
        AnnotateFramesBase.default_probe_target(pipeline)
