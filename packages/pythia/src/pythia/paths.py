"""Where DeepStream's files are found, on machines with and without DeepStream."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from pythia.utils.ds import import_pyds

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "DS_MODELS",
    "DS_PATH",
    "DS_SAMPLES",
    "DS_STREAMS",
    "PEOPLESEGNET",
    "resolve_deepstream_paths",
]

_DEEPSTREAM_ROOT = "/opt/nvidia/deepstream/deepstream"

DS_PATH = Path(os.environ.get("DS_PATH") or _DEEPSTREAM_ROOT)
DS_SAMPLES = DS_PATH / "samples"
DS_STREAMS = DS_SAMPLES / "streams"
DS_MODELS = DS_SAMPLES / "models"
PEOPLESEGNET = DS_MODELS / "peoplesegnet"

# A path below the root in the text of a pipeline, with the URI scheme it may be glued to.
_DEEPSTREAM_PATH = re.compile(r"(file://)?(" + _DEEPSTREAM_ROOT + r"(?:-[\d.]+)?/[^\s\"'!;,]+)")


def resolve_deepstream_paths(pipeline: str) -> str:
    """Point paths under ``/opt/nvidia/deepstream/deepstream`` that do not exist to files that do.

    They fall back to the tree that the environment variable ``DS_PATH`` names, else to the samples
    shipped with our ``pyds``. Paths found nowhere stay as they are, so that the element that opens
    them says which file is missing.
    """
    if _DEEPSTREAM_ROOT not in pipeline:
        return pipeline
    resolve = _resolver()

    def replace(match: re.Match[str]) -> str:
        scheme, path = match.group(1) or "", match.group(2)
        found = resolve(unquote(path) if scheme else path)
        if scheme:
            return scheme + quote(found)
        return found.replace(" ", "\\ ") if found != path else path

    return _DEEPSTREAM_PATH.sub(replace, pipeline)


def _resolver() -> Callable[[str], str]:
    samples = getattr(import_pyds(), "samples", None)
    shipped: Callable[[str], str] = getattr(samples, "resolve", str)

    def resolve(path: str) -> str:
        if os.path.exists(path):
            return path
        ds_path = os.environ.get("DS_PATH")
        if ds_path:
            below_root = path[len(_DEEPSTREAM_ROOT) :].partition("/")[2]
            candidate = os.path.join(ds_path, below_root)
            if os.path.exists(candidate):
                return candidate
        return str(shipped(path))

    return resolve
