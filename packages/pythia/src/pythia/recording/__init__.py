"""Recording: clips of what happened, from some seconds before to some seconds after."""

from __future__ import annotations

from pythia.recording.clips import Clip, ClipRecorder

__all__ = ["Clip", "ClipRecorder"]
