"""The samples tree: models, streams and configurations laid out as in a DeepStream installation.

Paths under ``/opt/nvidia/deepstream/deepstream`` that do not exist fall back to this tree, or to
the one named by the environment variable ``DS_PATH``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pyds import _native


def root() -> Path:
    """The directory that stands in for ``/opt/nvidia/deepstream/deepstream``."""
    return Path(os.environ.get("DS_PATH") or Path(__file__).parent / "deepstream")


def resolve(path: str | os.PathLike[str]) -> Path:
    """Where a path of a DeepStream installation is on this machine.

    Args:
        path: any path. If it exists, is not under ``/opt/nvidia/deepstream/deepstream[-X.Y]`` or is
            not in the samples tree either, it is returned unchanged.
    """
    return Path(_native._resolve_deepstream_path(os.fspath(path)))


def lay_out(directory: str | os.PathLike[str]) -> Path:
    """Copy the samples tree to ``directory/samples``, over what is there.

    Returns:
        ``directory/samples``.

    Raises:
        FileNotFoundError: the tree to copy, named by ``DS_PATH``, has no ``samples``.
    """
    target = Path(directory) / "samples"
    shutil.copytree(root() / "samples", target, dirs_exist_ok=True)
    return target
