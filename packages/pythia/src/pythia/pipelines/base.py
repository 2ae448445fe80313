"""Pipelines: from text to a running GStreamer pipeline, and back to a stop."""

from __future__ import annotations

import sys
import threading
import traceback
from abc import ABC, abstractmethod
from typing import Any

from pythia.exceptions import (
    InvalidPipelineError,
    PipelineStartError,
    PipelineStuckError,
)
from pythia.paths import resolve_deepstream_paths
from pythia.pipelines.diagnose import invalid_pipeline
from pythia.utils.ds import import_pyds
from pythia.utils.gst import GLib, Gst, gst_init

__all__ = [
    "UNABLE_TO_PLAY_PIPELINE",
    "BasePipeline",
    "InvalidPipelineError",
    "StringPipeline",
]

UNABLE_TO_PLAY_PIPELINE = "Unable to play the pipeline."


class BasePipeline(ABC):
    """A GStreamer pipeline made from text.

    What is not defined here is the ``Gst.Pipeline``'s: ``pipeline.get_by_name("mux")``.
    """

    def __init__(self) -> None:
        self._pipeline: Any = None

    @abstractmethod
    def gst(self) -> str:
        """Return the text of the pipeline, as gst-launch takes it."""

    @property
    def pipeline(self) -> Any:
        """The ``Gst.Pipeline``, parsed on first use."""
        if self._pipeline is None:
            self._pipeline = self.parse_launch()
        return self._pipeline

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.pipeline, name)

    def parse_launch(self) -> Any:
        """Make a new ``Gst.Pipeline`` of the text.

        A text of a single element gives a pipeline with that element in it.

        Raises:
            InvalidPipelineError: GStreamer cannot parse it; the message says why and what to do.
        """
        gst_init()
        import_pyds()  # ours brings the elements
        text = resolve_deepstream_paths(self.gst())
        try:
            parsed = Gst.parse_launch_full(text, None, Gst.ParseFlags.FATAL_ERRORS)
        except GLib.Error as error:
            raise invalid_pipeline(error.message, text) from None
        if isinstance(parsed, Gst.Pipeline):
            return parsed
        pipeline = Gst.Pipeline.new(None)
        pipeline.add(parsed)
        return pipeline

    def start(self) -> Any:
        """Ask the pipeline to play; return the ``Gst.StateChangeReturn``.

        May block while sources open. Not to be called from a streaming thread.

        Raises:
            PipelineStartError: An element refused. It has said why on the bus.
        """
        result = self.pipeline.set_state(Gst.State.PLAYING)
        if result == Gst.StateChangeReturn.FAILURE:
            raise PipelineStartError(UNABLE_TO_PLAY_PIPELINE)
        return result

    def stop(self, *, timeout_s: float = 10.0) -> None:
        """Stop the pipeline and wait until all its threads have left the elements. Idempotent.

        Not to be called from a streaming thread: it would wait for itself.

        Raises:
            PipelineStuckError: It did not stop in time; the message shows where probes are blocked.
        """
        if self._pipeline is None:
            return
        # In a thread of its own, so that a blocked element or probe cannot block the caller too and
        # Ctrl-C stays effective.
        stopper = threading.Thread(
            target=self._pipeline.set_state, args=(Gst.State.NULL,), name="pythia-stop", daemon=True
        )
        stopper.start()
        stopper.join(timeout_s)
        if stopper.is_alive():
            raise PipelineStuckError(
                f"the pipeline did not stop within {timeout_s:g} s: an element or a probe is "
                f"blocked.{_blocked_probes()}"
            )

    def send_eos(self) -> None:
        """Tell all sources that the stream ends, so that what is written gets finished."""
        self.pipeline.send_event(Gst.Event.new_eos())


class StringPipeline(BasePipeline):
    """A pipeline of a text that is final, no template."""

    def __init__(self, pipeline_string: str) -> None:
        super().__init__()
        self._string = pipeline_string
        self._pipeline = self.parse_launch()

    def gst(self) -> str:
        """Return the text that was given."""
        return self._string


def _blocked_probes() -> str:
    """Return the Python stacks of threads that GStreamer made, innermost line each."""
    ours = {thread.ident for thread in threading.enumerate() if not _is_foreign(thread)}
    lines = []
    for ident, frame in sys._current_frames().items():
        if ident not in ours:
            last = traceback.extract_stack(frame)[-1]
            lines.append(
                f"\n  blocked at {last.filename}:{last.lineno} in {last.name}: {last.line}"
            )
    return "".join(lines)


def _is_foreign(thread: threading.Thread) -> bool:
    return isinstance(thread, threading._DummyThread)
