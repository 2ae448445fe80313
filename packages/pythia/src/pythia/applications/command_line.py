"""The application that ``gst-pylaunch`` runs."""

from __future__ import annotations

import functools
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pythia.applications.base import Application
from pythia.applications.signature import inspect_probe
from pythia.cli.arguments import UsageError
from pythia.cli.options import RunOptions
from pythia.cli.progress import ProgressLine
from pythia.cli.reload import Reloader
from pythia.event_stream.log import Backend as LogBackend
from pythia.observability.meter import Meter
from pythia.utils.gst import element_repr
from pythia.utils.message_handlers import GOT_EOS_FROM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pythia.cli.probe_spec import ProbeSpec
    from pythia.observability.prometheus import MetricsServer
    from pythia.pipelines.base import BasePipeline

__all__ = ["CliApplication"]


class CliApplication(Application):
    """Shows progress on a terminal, announces the end of the stream, and serves metrics."""

    def __init__(self, pipeline: BasePipeline) -> None:
        super().__init__(pipeline)
        self.progress: ProgressLine = ProgressLine(self, is_shown=False)
        self._options = RunOptions()
        self._reloader: Reloader | None = None
        self._meter: Meter | None = None
        self._server: MetricsServer | None = None

    def configure(self, specs: Iterable[ProbeSpec], options: RunOptions) -> None:
        """Load and attach the probes, and prepare what the options ask for."""
        self._options = options
        if options.graph_dir is not None:
            self.graph_dir: Path | None = Path(options.graph_dir)
        if options.is_reloading:
            self._reloader = Reloader()
        for spec in specs:
            function = self._reloader.load(spec) if self._reloader else spec.load()
            uri = options.stream if inspect_probe(function).is_generator else None
            self.probe(spec.element, spec.pad, backend_uri=uri, on_error=options.on_error)(function)
        if not options.is_check and (options.metrics or options.measures_latency):
            self._meter = Meter(self, latency=options.measures_latency)
        if self._meter is not None and options.metrics is not None:
            self._server = _serve(self._meter, *options.metrics)

    def before_loop_join(self) -> None:
        """Show progress if stderr is a terminal that nothing else is written to."""
        self.progress.is_shown = (
            sys.stderr.isatty()
            and not self._options.is_json_log
            and not (self._logs_to("stderr") or (self._logs_to("stdout") and sys.stdout.isatty()))
        )
        self.progress.start()
        if self._reloader is not None:
            self._reloader.watch(self)
        in_main_thread = threading.current_thread() is threading.main_thread()
        if self.graph_dir is not None and in_main_thread:
            signal.signal(signal.SIGHUP, lambda *_: self._dump_graph_soon())

    def before_loop_quit(self) -> None:
        """Take the progress line away, print what was measured, and stop serving."""
        self.progress.stop()
        if self._meter is not None and self._options.measures_latency:
            _print_latencies(self._meter)
        if self._server is not None:
            self._server.close()
        if self._meter is not None:
            self._meter.close()

    def on_message_eos(self, bus: Any, message: Any) -> None:
        """Announce the end of the stream and stop."""
        self.progress.clear()
        # Standard output belongs to the events when they are written there: then the notice, which
        # is no JSON, goes to the standard error. So do lines of JSON only.
        if not self._options.is_json_log:
            target = sys.stderr if self._logs_to("stdout") else sys.stdout
            print(GOT_EOS_FROM, element_repr(message.src), file=target, flush=True)
        super().on_message_eos(bus, message)

    def _dump_graph_soon(self) -> None:
        if self.loop is not None:
            self.loop.call_soon(functools.partial(self.dump_graph, "snapshot"))

    def _logs_to(self, stream: str) -> bool:
        backends = (each.backend for each in self.streams.values())
        return any(isinstance(each, LogBackend) and each.stream == stream for each in backends)


def _serve(meter: Meter, host: str, port: int) -> MetricsServer:
    try:
        from pythia.observability.prometheus import MetricsServer
    except ImportError as error:
        raise UsageError(
            f"--metrics needs prometheus-client ({error}): pip install pythia-video[prometheus]"
        ) from None
    try:
        return MetricsServer(meter, port, host)
    except OSError as error:
        raise UsageError(f"--metrics: cannot listen at {host}:{port}: {error.strerror}") from None


def _print_latencies(meter: Meter) -> None:
    rows = meter.snapshot().latencies
    width = max((len(name) for name in rows), default=7)
    lines = [f"{'element':{width}}  buffers   mean ms    max ms"]
    lines += [
        f"{name:{width}}  {stay.buffers:7}  {stay.mean_s * 1e3:8.2f}  {stay.max_s * 1e3:8.2f}"
        for name, stay in rows.items()
    ]
    print("\n".join(lines), file=sys.stderr, flush=True)
