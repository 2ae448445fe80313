"""Find networks, trackers and analytics in a pipeline that was made from text."""

from __future__ import annotations

from typing import Any

from pythia.models.base import Analytics, InferenceEngine, Tracker
from pythia.utils.gst import factory_name, gst_iter

__all__ = [
    "find_analytics",
    "find_models",
    "find_tracker",
    "is_analytics",
    "is_inference",
    "is_tracker",
]


def is_inference(element: Any) -> bool:
    """Whether an element is ``nvinfer``."""
    return factory_name(element) == "nvinfer"


def is_tracker(element: Any) -> bool:
    """Whether an element is ``nvtracker``."""
    return factory_name(element) == "nvtracker"


def is_analytics(element: Any) -> bool:
    """Whether an element is ``nvdsanalytics``."""
    return factory_name(element) == "nvdsanalytics"


def find_models(pipeline: Any) -> list[InferenceEngine]:
    """Return all networks in a pipeline and in the bins in it."""
    elements = gst_iter(pipeline.iterate_recurse())
    return [InferenceEngine.from_element(each) for each in elements if is_inference(each)]


def find_tracker(pipeline: Any) -> Tracker | None:
    """Return the first tracker in a pipeline, or None."""
    found = next((e for e in gst_iter(pipeline.iterate_recurse()) if is_tracker(e)), None)
    return None if found is None else Tracker.from_element(found)


def find_analytics(pipeline: Any) -> Analytics | None:
    """Return the first analytics in a pipeline, or None."""
    found = next((e for e in gst_iter(pipeline.iterate_recurse()) if is_analytics(e)), None)
    return None if found is None else Analytics.from_element(found)
