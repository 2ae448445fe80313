"""Video analytics pipelines in Python, on any machine.

An application::

    from pythia import Application, objects_per_batch

    app = Application.from_pipeline_file("pipeline.txt", params={"input": "street.mp4"})

    @app.probe("pgie", pad_direction="src")
    def detections(batch_meta):
        for frame, detection in objects_per_batch(batch_meta):
            yield {"frame": frame.frame_num, "label": detection.obj_label}

    app()

Names are imported when first used, so that ``import pythia`` costs nothing and needs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pythia.applications.annotation import (
        AnnotateFramesBase,
        AnnotateFramesBbox,
        AnnotateFramesMaskRcnn,
    )
    from pythia.applications.base import Application
    from pythia.applications.demo import Demo
    from pythia.event_stream.base import Backend
    from pythia.exceptions import PythiaError
    from pythia.images import images_per_batch, object_images_per_batch
    from pythia.iterators import (
        analytics_per_frame,
        analytics_per_obj,
        classification_per_object,
        display_meta_per_frame,
        frames_per_batch,
        instance_masks_per_batch,
        labels_per_batch,
        labels_per_classification,
        labels_per_obj,
        objects_per_batch,
        objects_per_frame,
        past_frames_per_batch,
        semantic_masks_per_frame,
        tensors_per_batch,
        tensors_per_frame,
        tensors_per_object,
        user_meta_per_batch,
        user_meta_per_frame,
        user_meta_per_object,
    )
    from pythia.models.base import Analytics, InferenceEngine, Tracker
    from pythia.pipelines.base import Pipeline, StringPipeline
    from pythia.table import label_text, object_table
    from pythia.utils.gst import Gst
    from pythia.version import __version__

__all__ = [
    "Analytics",
    "AnnotateFramesBase",
    "AnnotateFramesBbox",
    "AnnotateFramesMaskRcnn",
    "Application",
    "Backend",
    "Demo",
    "Gst",
    "InferenceEngine",
    "Pipeline",
    "PythiaError",
    "StringPipeline",
    "Tracker",
    "__version__",
    "analytics_per_frame",
    "analytics_per_obj",
    "classification_per_object",
    "display_meta_per_frame",
    "frames_per_batch",
    "images_per_batch",
    "instance_masks_per_batch",
    "label_text",
    "labels_per_batch",
    "labels_per_classification",
    "labels_per_obj",
    "object_images_per_batch",
    "object_table",
    "objects_per_batch",
    "objects_per_frame",
    "past_frames_per_batch",
    "semantic_masks_per_frame",
    "tensors_per_batch",
    "tensors_per_frame",
    "tensors_per_object",
    "user_meta_per_batch",
    "user_meta_per_frame",
    "user_meta_per_object",
]

_NAMES_OF = {
    "pythia.applications.annotation": (
        "AnnotateFramesBase",
        "AnnotateFramesBbox",
        "AnnotateFramesMaskRcnn",
    ),
    "pythia.applications.base": ("Application",),
    "pythia.applications.demo": ("Demo",),
    "pythia.event_stream.base": ("Backend",),
    "pythia.exceptions": ("PythiaError",),
    "pythia.images": ("images_per_batch", "object_images_per_batch"),
    "pythia.models.base": ("Analytics", "InferenceEngine", "Tracker"),
    "pythia.pipelines.base": ("Pipeline", "StringPipeline"),
    "pythia.table": ("label_text", "object_table"),
    "pythia.utils.gst": ("Gst",),
    "pythia.version": ("__version__",),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'pythia' has no attribute {name!r}")
    module = _MODULE_OF.get(name, "pythia.iterators")
    value = globals()[name] = getattr(importlib.import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
