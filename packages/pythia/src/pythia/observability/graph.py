"""Pictures of pipelines, in Graphviz's language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pythia.utils.gst import Gst

if TYPE_CHECKING:
    import os

__all__ = ["write_graph"]


def write_graph(pipeline: Any, path: str | os.PathLike[str]) -> Path:
    """Write the elements, links, caps and states of a ``Gst.Bin`` to a ``.dot`` file.

    ``dot -Tsvg FILE > graph.svg`` draws it. For any thread; folders are made.
    """
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    details: Any = Gst.DebugGraphDetails
    file.write_text(Gst.debug_bin_to_dot_data(pipeline, details.ALL), encoding="utf-8")
    return file
