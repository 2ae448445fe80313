"""Find demuxers that gave up without a word.

When a demuxer inside decodebin fails in the moment it is plugged in, decodebin takes its error for
the failure of a candidate and drops it (seen with GStreamer 1.22 in one of ten runs on a truncated
mp4). The pipeline then waits for a stream for ever, so the application looks for such demuxers.
"""

from __future__ import annotations

from typing import Any

from pythia.exceptions import PipelineStartError
from pythia.utils.gst import Gst, element_repr, gst_iter
from pythia.utils.message_handlers import inputs_of

__all__ = ["CHECKS_S", "StallDetector"]

CHECKS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""When to look, in seconds after the start."""


class StallDetector:
    """Names a demuxer that is found idle and without a stream twice in a row."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._suspects: set[int] = set()

    def check(self) -> PipelineStartError | None:
        """Look once; return the error if one of the suspects is still where it was."""
        idle = [each for each in gst_iter(self._pipeline.iterate_recurse()) if _gave_up(each)]
        confirmed = [each for each in idle if hash(each) in self._suspects]
        self._suspects = {hash(each) for each in idle}
        if not confirmed:
            return None
        element = confirmed[0]
        return PipelineStartError(
            f"element {element.get_name()} ({element.get_factory().get_name()}): stopped reading "
            f"before it found a stream{inputs_of(element)}; the data is damaged, cut off, or of "
            "another format",
            element=element_repr(element),
        )


def _gave_up(element: Any) -> bool:
    """Whether an element drove its input itself, has stopped, and never got an output."""
    is_sink = element.flags & Gst.ElementFlags.SINK
    if is_sink or element.numsrcpads or element.get_factory() is None:
        return False
    return any(pad.get_task_state() == Gst.TaskState.PAUSED for pad in element.sinkpads)
