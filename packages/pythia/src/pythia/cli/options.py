"""How ``gst-pylaunch`` runs a pipeline, beside the pipeline and its probes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pythia.cli.arguments import UsageError

if TYPE_CHECKING:
    from pythia.types import ErrorPolicy, EventStreamUri

__all__ = ["RunOptions", "parse_address"]


@dataclass(frozen=True)
class RunOptions:
    """The options of a run.

    Attributes:
        is_check: Prepare everything, and do not run.
        stream: Where the items of generators go; None is the default.
        on_error: What an exception in a probe does.
        is_json_log: Whether messages are lines of JSON.
        is_reloading: Whether changed probe files are taken over.
        graph_dir: Folder for graphs of the pipeline.
        metrics: Host and port to serve metrics at.
        measures_latency: Whether the latency of each element is measured.
    """

    is_check: bool = False
    stream: EventStreamUri | None = None
    on_error: ErrorPolicy = "fail"
    is_json_log: bool = False
    is_reloading: bool = False
    graph_dir: str | None = None
    metrics: tuple[str, int] | None = None
    measures_latency: bool = False


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of ``:9100``, ``9100`` or ``127.0.0.1:9100``.

    Raises:
        UsageError: The port is no number from 0 to 65535.
    """
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--metrics={text}: give a port, as in :9100 or 127.0.0.1:9100")
    return host.strip("[]") or "0.0.0.0", int(port)
