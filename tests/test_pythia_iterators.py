"""pythia's iterators, tables and images on real metadata of the engine."""

from __future__ import annotations

import numpy as np
import pytest

import pyds
from pythia import (
    Application,
    images_per_batch,
    label_text,
    labels_per_batch,
    object_images_per_batch,
    object_table,
    objects_per_batch,
    tensors_per_batch,
)
from pythia.utils.ds import inject_external_classification
from tests.support import CLIP, PGIE_CONFIG

DETECT = (
    f"uridecodebin uri=file://{CLIP} ! nvvideoconvert ! mux.sink_0 "
    "nvstreammux name=mux width=640 height=360 batch-size=1 "
    f"! nvinfer name=pgie config-file-path={PGIE_CONFIG} {{properties}} ! fakesink name=out"
)


def detect(properties: str = "") -> Application:
    return Application.from_pipeline_string(DETECT.format(properties=properties))


def run_for(app: Application, batches: int) -> None:
    seen = 0

    @app.probe("out", "sink")
    def count(batch_meta):
        nonlocal seen
        seen += 1
        if seen == batches:
            app.stop()

    app()


def test_the_table_and_the_iterator_agree_on_every_object() -> None:
    app, pairs = detect(), []

    @app.probe("pgie", "src")
    def both(batch_meta):
        rows = [
            (frame.frame_num, obj.obj_label, obj.rect_params.left, obj.confidence)
            for frame, obj in objects_per_batch(batch_meta)
        ]
        pairs.append((rows, object_table(batch_meta)))

    tables = []

    @app.probe("pgie", "src")
    def vectorised(objects):
        tables.append(objects)

    run_for(app, 10)
    for (rows, table), given in zip(pairs, tables, strict=False):
        np.testing.assert_array_equal(table, given)
        assert rows == [
            (row["frame_num"], label_text(row["label_id"]), row["left"], row["confidence"])
            for row in table
        ]
    assert sum(len(table) for table in tables) > 10


def test_images_of_frames_and_objects_show_the_scene() -> None:
    app, frames, crops = detect(), [], []

    @app.probe("pgie", "src")
    def images(pad, info):
        frames.extend(image for _, image in images_per_batch(info))
        crops.extend(crop for _, _, crop in object_images_per_batch(info))

    # Sizes are compared in the probe's own terms: rect_params die with the buffer.
    @app.probe("pgie", "src")
    def sizes(pad, info):
        for _, obj, crop in object_images_per_batch(info):
            assert abs(crop.shape[0] - obj.rect_params.height) <= 1.5
            assert abs(crop.shape[1] - obj.rect_params.width) <= 1.5

    run_for(app, 3)
    assert [image.shape for image in frames] == [(360, 640, 3)] * len(frames)
    assert len(frames) >= 3
    assert frames[0].std() > 10
    assert crops


def test_a_classification_from_outside_reaches_the_iterators_downstream() -> None:
    app, labels = detect(), []

    @app.probe("pgie", "src")
    def classify(batch_meta):
        for _, obj in objects_per_batch(batch_meta):
            inject_external_classification(batch_meta, obj, label="seen", result_prob=0.5)

    @app.probe("out", "sink")
    def read(batch_meta):
        labels.extend(
            (label.result_label, label.result_prob, pyds.get_string(obj.text_params.display_text))
            for _, obj, label in labels_per_batch(batch_meta)
        )

    run_for(app, 5)
    assert {label[:2] for label in labels} == {("seen", 0.5)}
    assert all(text.endswith(" seen") for _, _, text in labels)


def test_raw_outputs_have_the_shape_of_their_layers() -> None:
    if not hasattr(pyds, "NvDsInferTensorMeta"):
        pytest.skip("this pyds has no raw outputs")
    app, outputs = detect("output-tensor-meta=1"), []

    @app.probe("pgie", "src")
    def read(batch_meta):
        for frame, obj, meta, arrays in tensors_per_batch(batch_meta):
            assert obj is None
            outputs.append((frame.frame_num, meta.unique_id, arrays))

    run_for(app, 3)
    assert [number for number, _, _ in outputs][:3] == [0, 1, 2]
    for _, unique_id, arrays in outputs:
        assert unique_id == 1
        assert arrays
        assert all(array.dtype == np.float32 and array.ndim >= 1 for array in arrays.values())
        assert any(array.max() > 0 for array in arrays.values())
