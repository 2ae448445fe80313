"""Pipelines: from text to a running GStreamer pipeline, and back to a stop."""

from __future__ import annotations

import math
import sys
import threading
import traceback
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from pythia.exceptions import (
    IncompatiblePipelineError,
    InvalidPipelineError,
    PipelineStartError,
    PipelineStuckError,
)
from pythia.models.base import Analytics, InferenceEngine, Tracker
from pythia.paths import resolve_deepstream_paths
from pythia.pipelines.diagnose import invalid_pipeline
from pythia.pipelines.relink import Relinker
from pythia.pipelines.sinks import (
    PythiaFakesink,
    PythiaFilesink,
    PythiaLiveSink,
    PythiaMultifileSink,
    PythiaSink,
)
from pythia.pipelines.sources import (
    PythiaMultiSource,
    PythiaSource,
    PythiaSourceBase,
    PythiaTestSource,
    clean_single_uri,
)
from pythia.utils.ds import import_pyds
from pythia.utils.gst import GLib, Gst, factory_name, get_element, gst_init, gst_iter
from pythia.utils.str2pythia import find_analytics, find_models, find_tracker

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pythia.types import Con, SinkUri, SourceUri

__all__ = [
    "UNABLE_TO_PLAY_PIPELINE",
    "BasePipeline",
    "IncompatiblePipelineError",
    "InvalidPipelineError",
    "Pipeline",
    "PythiaFakesink",
    "PythiaFilesink",
    "PythiaLiveSink",
    "PythiaMultiSource",
    "PythiaMultifileSink",
    "PythiaSink",
    "PythiaSource",
    "PythiaSourceBase",
    "PythiaTestSource",
    "StringPipeline",
    "clean_single_uri",
]

UNABLE_TO_PLAY_PIPELINE = "Unable to play the pipeline."


class BasePipeline(ABC):
    """A GStreamer pipeline made from text.

    What is not defined here is the ``Gst.Pipeline``'s: ``pipeline.get_by_name("mux")``.
    """

    def __init__(self) -> None:
        self._pipeline: Any = None
        self._relinker: Relinker | None = None

    @property
    def CONNECTIONS(self) -> Con:
        """Callbacks to connect, by name of element and signal."""
        return {}

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
            pipeline = parsed
        else:
            pipeline = Gst.Pipeline.new(None)
            pipeline.add(parsed)
        for name, callbacks in self.CONNECTIONS.items():
            for signal, callback in callbacks.items():
                get_element(pipeline, name).connect(signal, callback)
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
        if self._relinker is None:
            self._relinker = Relinker(self._pipeline)
        self._relinker.remember()
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
        self.pipeline_string = pipeline_string
        self._pipeline = self.parse_launch()

    def gst(self) -> str:
        """Return the text that was given."""
        return self.pipeline_string

    @cached_property
    def models(self) -> list[InferenceEngine]:
        """The networks in it, looked for when first asked."""
        return find_models(self.pipeline)

    @cached_property
    def tracker(self) -> Tracker | None:
        """The tracker in it, looked for when first asked."""
        return find_tracker(self.pipeline)

    @cached_property
    def analytics(self) -> Analytics | None:
        """The analytics in it, looked for when first asked."""
        return find_analytics(self.pipeline)


_Model: TypeAlias = str | Path | InferenceEngine


class Pipeline(BasePipeline):
    """A pipeline of parts: sources, networks, tracker, analytics, sink.

    Args:
        sources: One or more URIs, see `pythia.pipelines.sources`.
        models: Networks, or their folders, in order; each works on whole frames.
        sink: See `PythiaSink.from_uri`. Several sources are tiled for it.
        analytics: Analytics, or the file that configures them.
        tracker: A tracker, or the file that configures it.
        muxer_width: Width of the muxer's output in pixels, if the sources do not say.
        muxer_height: Height of the muxer's output in pixels, if the sources do not say.

    Raises:
        ValueError: A source, the sink or the muxer's size is wrong or missing.
        FileNotFoundError: A folder or a file does not exist.
    """

    def __init__(
        self,
        sources: SourceUri | Sequence[SourceUri],
        models: _Model | Collection[_Model] | None = None,
        sink: SinkUri = "fakesink",
        analytics: str | Path | Analytics | None = None,
        tracker: str | Path | Tracker | None = None,
        *,
        muxer_width: int | None = None,
        muxer_height: int | None = None,
    ) -> None:
        super().__init__()
        uris = [sources] if isinstance(sources, str) else list(sources)
        self.source: PythiaSourceBase = PythiaSourceBase.from_uris(
            *uris, muxer_width=muxer_width, muxer_height=muxer_height
        )
        if models is None:
            models = []
        elif isinstance(models, (str, Path, InferenceEngine)):
            models = [models]
        self.models: list[InferenceEngine] = [
            each if isinstance(each, InferenceEngine) else InferenceEngine.from_folder(each)
            for each in models
        ]
        self.analytics: Analytics | None = (
            Analytics.from_file(analytics) if isinstance(analytics, (str, Path)) else analytics
        )
        self.tracker: Tracker | None = (
            Tracker.from_file(tracker) if isinstance(tracker, (str, Path)) else tracker
        )
        self.sink: PythiaSink = PythiaSink.from_uri(sink)

    @property
    def CONNECTIONS(self) -> Con:
        """The callbacks of all parts."""
        merged: Con = {}
        for part in (self.source, *self.models, self.tracker, self.analytics, self.sink):
            if part is not None:
                for name, callbacks in part.CONNECTIONS.items():
                    merged.setdefault(name, {}).update(callbacks)
        return merged

    @property
    def model_map(self) -> dict[str, InferenceEngine]:
        """The networks by the names of their elements: ``model_0``, ``model_1``, ..."""
        return {f"model_{index}": model for index, model in enumerate(self.models)}

    def gst(self) -> str:
        """Return the text: sources, muxer ``m``, networks, tracker, analytics, sink."""
        parts = [self.source.gst()]
        for index, (name, model) in enumerate(self.model_map.items()):
            parts.append(model.gst(name, unique_id=index + 1))
        parts += [part.gst() for part in (self.tracker, self.analytics) if part is not None]
        if len(self.source) > 1 and not isinstance(self.sink, PythiaFakesink):
            parts.append(self._tiler())
        return "\n" + "\n! ".join([*parts, self.sink.gst()]) + "\n"

    def parse_launch(self) -> Any:
        """Make a new ``Gst.Pipeline``; of media with sound, only the pictures are decoded."""
        pipeline = super().parse_launch()
        for element in gst_iter(pipeline.iterate_elements()):
            if factory_name(element) == "uridecodebin":
                element.set_property("expose-all-streams", False)
                element.set_property("caps", Gst.Caps.from_string("video/x-raw(ANY)"))
        return pipeline

    def start(self) -> Any:
        """Check that the parts go together, then ask the pipeline to play."""
        self.validate()
        return super().start()

    def validate(self) -> None:
        """Check that the parts go together.

        Raises:
            IncompatiblePipelineError: A part needs another one that is missing.
        """
        for name, part in (("a tracker", self.tracker), ("analytics", self.analytics)):
            if part is not None and not self.models:
                raise IncompatiblePipelineError(
                    f"{name} needs objects, and the pipeline has no network that finds any: give "
                    "models="
                )
        analytics = self.analytics
        if analytics is not None and self.tracker is None and analytics.requires_tracker():
            raise IncompatiblePipelineError(
                f"{analytics.config_file} watches line crossings or directions, for which objects "
                "must be followed from frame to frame: give tracker="
            )

    def _tiler(self) -> str:
        columns = math.ceil(math.sqrt(len(self.source)))
        rows = math.ceil(len(self.source) / columns)
        params = self.source.pythia_params
        size = f"width={params['muxer_width']}\n  height={params['muxer_height']}"
        return f"nvmultistreamtiler\n  rows={rows}\n  columns={columns}\n  {size}"


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
