"""pythia's iterators over masks, on pipelines that make them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from packages.pyds.tests.ball_models import ball_model
from packages.pyds.tests.inference_support import PATTERN, write_config
from packages.pyds.tests.segmentation import brightness_config
from pythia import Application, instance_masks_per_batch, semantic_masks_per_frame
from pythia.iterators import frames_per_batch
from pythia.utils.maskrcnn import extract_maskrcnn_mask

BALL = PATTERN.format(frames=3, pattern="ball")


def application(config: Path) -> Application:
    return Application.from_pipeline_string(
        f"{BALL} nvinfer name=pgie config-file-path={config} ! fakesink"
    )


def test_the_class_of_each_pixel_stays_when_the_batch_has_gone(tmp_path: Path) -> None:
    app, kept = application(brightness_config(tmp_path)), []

    @app.probe("pgie", "src")
    def keep(batch_meta):
        for frame in frames_per_batch(batch_meta):
            kept.extend(semantic_masks_per_frame(frame))

    app()
    assert [classes.shape for classes in kept] == [(48, 64)] * 3
    for classes in kept:
        assert set(np.unique(classes)) == {0, 1, 2}
        assert 600 < np.count_nonzero(classes == 2) < 1600  # the ball


@pytest.mark.parametrize("kind", ["yolo", "box_masks", "detr"])
def test_masks_of_objects_have_the_pixels_of_their_boxes(tmp_path: Path, kind: str) -> None:
    config = write_config(
        tmp_path,
        onnx_file=ball_model(tmp_path, kind),
        network_type=3,
        num_detected_classes=1,
        cluster_mode=2,
        output_instance_mask=1,
    )
    app, shares = application(config), []

    @app.probe("pgie", "src")
    def look(batch_meta):
        for _, obj, mask in instance_masks_per_batch(batch_meta):
            box = obj.rect_params
            assert abs(mask.shape[0] - box.height) < 1
            assert abs(mask.shape[1] - box.width) < 1
            assert np.array_equal(mask, extract_maskrcnn_mask(obj))
            shares.append(np.count_nonzero(mask == 255) / mask.size)

    app()
    assert shares == pytest.approx([np.pi / 4] * 3, abs=0.06)  # a disc in its box
