"""`Application`: a pipeline with probes and message handlers; calling it runs it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from pythia.applications.handle import RunHandle
from pythia.applications.probes import ProbeHandle
from pythia.applications.run import Run
from pythia.applications.signature import Form, callable_name, inspect_probe
from pythia.applications.subscription import Channel, Subscription
from pythia.event_stream.worker import EventStream
from pythia.exceptions import did_you_mean
from pythia.observability.graph import write_graph
from pythia.pipelines.base import BasePipeline, StringPipeline
from pythia.pipelines.template import Engine, render
from pythia.utils import message_handlers
from pythia.utils.gst import Gst, get_element, gst_init
from pythia.utils.signals import StopSignals

if TYPE_CHECKING:
    from types import TracebackType

    from pythia.event_stream.base import Backend
    from pythia.types import ErrorPolicy, EventStreamUri, PadDirection
    from pythia.utils.loop import BusLoop

__all__ = ["DEFAULT_STREAM_URI", "STREAM_URI_VARIABLE", "Application", "BaseApplication"]

GRAPH_DIR_VARIABLE = "GST_DEBUG_DUMP_DOT_DIR"
STREAM_URI_VARIABLE = "PYTHIA_STREAM_URI"
DEFAULT_STREAM_URI = "log://?stream=stdout"

_logger = logging.getLogger("pythia.application")

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Self = TypeVar("_Self", bound="BaseApplication")


class BaseApplication:
    """Runs a pipeline with probes; has no message handlers of its own.

    ``app()`` blocks until the stream ends, something calls `stop`, or something fails; it then has
    stopped the pipeline, delivered all events, and raises what went wrong. Afterwards it may be
    called again. Message handlers run in the thread that calls ``app()``, probes in GStreamer's.

    Every method ``on_message_<type>(self, bus, message)`` is called for messages of that type, with
    ``-`` written ``_`` (``on_message_state_changed``); ``on_message`` for all. What a handler
    raises ends the run and comes out of ``app()``. An ERROR message ends it too, unless its handler
    returns True to say that the run shall go on.

    Attributes:
        pipeline: The pipeline, see `BasePipeline`; ``app.pipeline.pipeline`` is the
            ``Gst.Pipeline``.
        probes: Handles of all probes, in the order they were added.
        streams: The event streams by URI. Probes with the same URI share one.
        eos_timeout_s: How long the end of a stream may take after a signal or a failure.
        stop_timeout_s: How long the pipeline may take to stop.
        graph_dir: Folder for graphs of the pipeline, made when it plays and at errors; by default
            what the environment variable ``GST_DEBUG_DUMP_DOT_DIR`` names, else None.
        interrupted_by: Number of the signal that ended the last run, else None.
    """

    eos_timeout_s: float = 10.0
    stop_timeout_s: float = 10.0

    def __init__(self, pipeline: BasePipeline) -> None:
        self.pipeline = pipeline
        self.probes: list[ProbeHandle] = []
        self.streams: dict[EventStreamUri, EventStream] = {}
        self.interrupted_by: int | None = None
        graph_dir = os.environ.get(GRAPH_DIR_VARIABLE)
        self.graph_dir: Path | None = Path(graph_dir) if graph_dir else None
        self._registered_probes: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self._run: Run | None = None
        self._run_lock = threading.Lock()
        self._channels: list[Channel] = []
        self._at_end: list[Callable[[], object]] = []

    @classmethod
    def from_pipeline_string(
        cls: type[_Self],
        pipeline: str,
        *,
        params: Mapping[str, Any] | None = None,
        engine: Engine = "auto",
    ) -> _Self:
        """Return an application that runs the text of a pipeline.

        Args:
            pipeline: The text, as gst-launch takes it.
            params: Values for its parameters, see `pythia.pipelines.template`. Without them the
                text is no template and is taken as it is.
            engine: ``auto``, ``braces`` or ``jinja``.

        Raises:
            InvalidPipelineError: GStreamer cannot parse it.
            MissingParameterError: A parameter is not among `params`.
        """
        text = pipeline if params is None else render(pipeline, params, engine=engine)
        return cls(StringPipeline(text))

    @classmethod
    def from_pipeline_file(
        cls: type[_Self],
        pipeline_file: str | os.PathLike[str],
        *,
        params: Mapping[str, Any] | None = None,
        engine: Engine = "auto",
    ) -> _Self:
        """Return an application that runs the template in a file, filled in with `params`."""
        template = Path(pipeline_file).read_text(encoding="utf-8")
        return cls.from_pipeline_string(template, params=params or {}, engine=engine)

    @property
    def bus(self) -> Any:
        """The ``Gst.Bus`` of the pipeline.

        Raises:
            RuntimeError: It has none.
        """
        bus = self.pipeline.pipeline.get_bus()
        if bus is None:
            raise RuntimeError("the pipeline has no bus")
        return bus

    @property
    def loop(self) -> BusLoop | None:
        """The loop of the present run, else None. ``app.loop.quit()`` is legal in a probe."""
        return self._run.loop if self._run is not None else None

    def probe(
        self,
        element_name: str,
        pad_direction: PadDirection,
        *probe_args: Any,
        pad_probe_type: Any = None,
        backend_uri: EventStreamUri | None = None,
        on_error: ErrorPolicy = "fail",
    ) -> Callable[[_Function], _Function]:
        """Return a decorator that puts a callable on a pad and returns it unchanged.

        The callable takes ``(batch_meta)``, ``(pad, info)``, ``(pad, info, batch_meta)``, or
        ``(objects)``, the table of the whole batch (`pythia.table`); all but ``(pad, info)`` are
        called for buffers that carry a batch only. It runs in GStreamer's thread while the buffer
        waits. It returns None, which lets the buffer pass, or a
        ``Gst.PadProbeReturn``. A generator's items go to an event stream, whose worker thread
        posts them.

        Its handle is the last of `probes`, and `handle_of` finds it later.

        Args:
            element_name: Name of an element, which may be inside a bin.
            pad_direction: Name of a pad: ``src``, ``sink``, ``sink_0``. Pads that appear later are
                waited for.
            *probe_args: Passed on to the callable after the arguments of its form.
            pad_probe_type: What to probe; buffers by default.
            backend_uri: Event stream for a generator. By default the environment variable
                ``PYTHIA_STREAM_URI``, else the standard output.
            on_error: What an exception does: ``fail`` ends the run and comes out of ``app()``,
                ``log`` logs the first one, ``ignore`` only counts. The buffer passes in any case.

        Raises:
            ElementNotFoundError: The pipeline has no such element.
            PadNotFoundError: The element has no such pad and will not get one.
            ProbeSignatureError: The callable is none of the forms.
        """
        if on_error not in ("fail", "log", "ignore"):
            raise ValueError(f"on_error={on_error!r}; allowed: fail, log, ignore")
        element = get_element(self.pipeline.pipeline, element_name)
        buffers = Gst.PadProbeType.BUFFER
        probe_type = buffers if pad_probe_type is None else pad_probe_type

        def decorate(function: _Function) -> _Function:
            signature = inspect_probe(function, probe_args)
            if backend_uri is not None and not signature.is_generator:
                raise ValueError(
                    f"backend_uri={backend_uri!r}, but {callable_name(function)} yields nothing: "
                    "only a generator feeds an event stream"
                )
            if signature.form is not Form.PAD_INFO and not probe_type & buffers:
                raise ValueError(
                    f"pad_probe_type={probe_type} gives no buffers, but {callable_name(function)} "
                    "takes batch_meta: use (pad, info)"
                )
            stream = self._stream(backend_uri) if signature.is_generator else None
            handle = ProbeHandle(
                element,
                pad_direction,
                function,
                args=probe_args,
                pad_probe_type=probe_type,
                stream=stream,
                on_error=on_error,
                on_failure=self._fail,
            )
            self.probes.append(handle)
            by_pad = self._registered_probes.setdefault(element_name, {})
            by_pad.setdefault(pad_direction, []).append(
                {"probe": function, "backend": stream.backend if stream else None}
            )
            return function

        return decorate

    def handle_of(self, function: Callable[..., Any]) -> ProbeHandle:
        """Return the handle of the probe that was added last with this callable.

        Raises:
            KeyError: It is no probe of this application.
        """
        for handle in reversed(self.probes):
            if handle.function == function:
                return handle
        raise KeyError(f"{callable_name(function)} is no probe of this application")

    def backend(self, element_name: str, pad_direction: PadDirection, idx: int = 0) -> Backend:
        """Return the event stream backend of a generator probe, by place and order."""
        backend: Backend | None = self._registered_probes[element_name][pad_direction][idx][
            "backend"
        ]
        if backend is None:
            raise ValueError(
                f"probe {idx} on {element_name}.{pad_direction} is no generator and has no backend"
            )
        return backend

    @overload
    def __call__(self, *, background: Literal[False] = False) -> None: ...
    @overload
    def __call__(self, *, background: Literal[True]) -> RunHandle: ...
    def __call__(self, *, background: bool = False) -> RunHandle | None:
        """Run until the end of the stream, `stop`, or an error.

        In the main thread the first SIGINT or SIGTERM ends the stream, so that files are complete,
        and `interrupted_by` tells; the second stops at once and raises KeyboardInterrupt. Programs
        with handlers of their own keep them.

        Args:
            background: Run in a thread, which then also runs the message handlers, and return its
                handle at once.

        Raises:
            RuntimeError: It is running already.
            PipelineError: The pipeline failed.
            BaseException: What a probe or a message handler raised.
        """
        run = self._begin()
        if background:
            return RunHandle(run, lambda: self._execute(run))
        self._execute(run, StopSignals(run.interrupt, run.loop.wakeup_fd))
        return None

    async def run_async(self) -> None:
        """Run as ``app()`` does, while other tasks of the asyncio loop go on.

        Message handlers run in a thread. When the task is cancelled, the stream is finished first.
        """
        run = self._begin()
        with StopSignals(run.interrupt):
            future = asyncio.get_running_loop().run_in_executor(None, self._execute, run)
            try:
                await asyncio.shield(future)
            except asyncio.CancelledError:
                run.finish()
                await asyncio.wait([future])
                future.exception()  # seen; the cancellation is what the caller gets
                raise

    def stream(
        self,
        name: str,
        *,
        queue_size: int = 10_000,
        overflow: Literal["block", "drop-oldest"] = "block",
    ) -> Subscription:
        """Return an asynchronous iterator over what generator probes yield.

        It begins with the next item and ends with the run. The event stream gets the items too.

        Args:
            name: The ``stream=`` name or the whole URI of an event stream that probes write to.
            queue_size: Items that may wait for the program.
            overflow: When they are more: ``block`` slows the video, ``drop-oldest`` loses items and
                counts them in `Subscription.dropped`.

        Raises:
            KeyError: No generator probe writes to such a stream.
        """
        if overflow not in ("block", "drop-oldest"):
            raise ValueError(f"overflow={overflow!r}; allowed: block, drop-oldest")
        if queue_size < 1:
            raise ValueError(f"queue_size={queue_size}; allowed: 1 or more")
        by_name: dict[str, list[ProbeHandle]] = {}
        for handle in self.probes:
            if handle.stream is not None:
                for each in (handle.stream.backend.stream, handle.stream.backend.raw_uri):
                    by_name.setdefault(each, []).append(handle)
        if name not in by_name:
            raise KeyError(
                f"no generator probe writes to a stream {name!r}.{did_you_mean(name, by_name)} "
                f"Streams: {', '.join(by_name) or 'none'}"
            )
        channel = Channel(queue_size, overflow)
        for handle in by_name[name]:
            handle.channels = (*handle.channels, channel)
        self._channels.append(channel)
        return Subscription(channel)

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish what runs in the background, or stop it if the body raised; then take all down."""
        if exc is None:
            self.finish()
        else:
            self.stop()
        with self._run_lock:
            self.pipeline.stop(timeout_s=self.stop_timeout_s)

    def stop(self) -> None:
        """Stop at once, without an end of stream. Idempotent; for any thread, also for probes."""
        run = self._run
        if run is not None:
            run.stop()
        else:
            self.pipeline.stop(timeout_s=self.stop_timeout_s)

    def finish(self) -> None:
        """Send an end of stream and stop when it has arrived: files that are written get complete.

        From any thread, also from a probe.
        """
        run = self._run
        if run is not None:
            run.finish()

    def at_end(self, function: Callable[[], object]) -> None:
        """Call `function` at the end of each run, when the pipeline has stopped."""
        self._at_end.append(function)

    def dump_graph(self, reason: str) -> Path | None:
        """Write ``<pipeline>-<reason>.dot`` to `graph_dir`; return its path, or None without one.

        A folder that cannot be written is logged, as a graph is no reason to end a run.
        """
        if self.graph_dir is None:
            return None
        pipeline = self.pipeline.pipeline
        try:
            return write_graph(pipeline, self.graph_dir / f"{pipeline.get_name()}-{reason}.dot")
        except OSError as error:
            _logger.warning("cannot write a graph of the pipeline: %s", error)
            return None

    def before_pipeline_start(self) -> None:
        """Do something before the pipeline starts. For subclasses."""

    def after_pipeline_start(self) -> None:
        """Do something once the pipeline has been asked to play. For subclasses."""

    def before_loop_join(self) -> None:
        """Do something just before messages are dispatched. For subclasses."""

    def before_loop_quit(self) -> None:
        """Do something before the pipeline stops, also after a failed start. For subclasses."""

    def run_at_end(self) -> None:
        """Call what was given to `at_end`, all of it; the first failure comes out."""
        with contextlib.ExitStack() as stack:
            for function in reversed(self._at_end):
                stack.callback(function)

    def release_readers(self) -> None:
        """Never let a slow reader of `stream` block a probe again in this run."""
        for channel in self._channels:
            channel.release()

    def _begin(self) -> Run:
        """Prepare a run, of which there is one at a time; `_execute` must follow."""
        if not self._run_lock.acquire(blocking=False):
            raise RuntimeError("Loop already running: this application is being run")
        try:
            gst_init()
            for handle in self.probes:
                handle.attach()
            self._run = Run(self)
        except BaseException:
            self._end_run()
            raise
        return self._run

    def _execute(self, run: Run, signals: StopSignals | None = None) -> None:
        try:
            with signals or contextlib.nullcontext():
                run.execute()
        finally:
            run.loop.close()
            self.interrupted_by = run.signum
            self._end_run()

    def _end_run(self) -> None:
        self._run = None
        channels, self._channels = self._channels, []
        for channel in channels:
            channel.close()
        for handle in self.probes:
            handle.channels = ()
        self._run_lock.release()

    def _fail(self, error: BaseException) -> None:
        run = self._run
        if run is not None:
            run.fail(error)
        else:  # the user runs the pipeline without the application
            sys.excepthook(type(error), error, error.__traceback__)

    def _stream(self, uri: EventStreamUri | None) -> EventStream:
        uri = uri or os.environ.get(STREAM_URI_VARIABLE) or DEFAULT_STREAM_URI
        if uri not in self.streams:
            self.streams[uri] = EventStream.from_uri(uri, self._fail)
        return self.streams[uri]


class Application(BaseApplication):
    """An application that stops at the end of the stream and reports errors."""

    def on_message_eos(self, bus: Any, message: Any) -> None:
        """Stop: the stream ended."""
        message_handlers.on_message_eos(self, bus, message)

    def on_message_error(self, bus: Any, message: Any) -> tuple[message_handlers.ErrorText, str]:
        """Return the text and the details of an error; the run ends with it.

        Override it to do more. A handler that returns True says that the run shall go on.
        """
        return message_handlers.on_message_error(self, bus, message)
