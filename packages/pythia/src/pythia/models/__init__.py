"""What goes between source and sink: networks, trackers, analytics."""

from __future__ import annotations

from pythia.models.base import Analytics, InferenceEngine, Tracker

__all__ = ["Analytics", "InferenceEngine", "Tracker"]
