"""The application that ``gst-pylaunch`` runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pythia.applications.base import Application
from pythia.cli.progress import ProgressLine
from pythia.event_stream.log import Backend as LogBackend
from pythia.utils.gst import element_repr
from pythia.utils.message_handlers import GOT_EOS_FROM

if TYPE_CHECKING:
    from pythia.pipelines.base import BasePipeline

__all__ = ["CliApplication"]


class CliApplication(Application):
    """Shows progress on a terminal and announces the end of the stream."""

    def __init__(self, pipeline: BasePipeline) -> None:
        super().__init__(pipeline)
        self.progress = ProgressLine(self, is_shown=False)

    def before_loop_join(self) -> None:
        """Show progress if stderr is a terminal that nothing else is written to."""
        self.progress.is_shown = sys.stderr.isatty() and not (
            self._logs_to("stderr") or (self._logs_to("stdout") and sys.stdout.isatty())
        )
        self.progress.start()

    def before_loop_quit(self) -> None:
        """Take the progress line away."""
        self.progress.stop()

    def on_message_eos(self, bus: Any, message: Any) -> None:
        """Announce the end of the stream and stop."""
        self.progress.clear()
        # Standard output belongs to the events when they are written there: then the notice, which
        # is no JSON, goes to the standard error.
        target = sys.stderr if self._logs_to("stdout") else sys.stdout
        print(GOT_EOS_FROM, element_repr(message.src), file=target, flush=True)
        super().on_message_eos(bus, message)

    def _logs_to(self, stream: str) -> bool:
        backends = (each.backend for each in self.streams.values())
        return any(isinstance(each, LogBackend) and each.stream == stream for each in backends)
