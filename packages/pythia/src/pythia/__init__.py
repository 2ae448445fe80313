"""Video analytics pipelines in Python, on any machine.

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
    from pythia.applications.base import Application
    from pythia.event_stream.base import Backend
    from pythia.exceptions import PythiaError
    from pythia.iterators import frames_per_batch, objects_per_batch, objects_per_frame
    from pythia.utils.gst import Gst
    from pythia.version import __version__

__all__ = [
    "Application",
    "Backend",
    "Gst",
    "PythiaError",
    "__version__",
    "frames_per_batch",
    "objects_per_batch",
    "objects_per_frame",
]

_MODULE_OF = {
    "Application": "pythia.applications.base",
    "Backend": "pythia.event_stream.base",
    "Gst": "pythia.utils.gst",
    "PythiaError": "pythia.exceptions",
    "__version__": "pythia.version",
    "frames_per_batch": "pythia.iterators",
    "objects_per_batch": "pythia.iterators",
    "objects_per_frame": "pythia.iterators",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'pythia' has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
