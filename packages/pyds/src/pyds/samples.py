"""The samples tree: models, streams and configurations laid out as in a DeepStream installation.

Paths under ``/opt/nvidia/deepstream/deepstream`` that do not exist fall back to this tree, or to
the one named by the environment variable ``DS_PATH``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pyds import _native

# Files that configurations of DeepStream's applications name, and which of ours stands in.
_STAND_INS = {
    "models/Primary_Detector/resnet18_trafficcamnet_pruned.onnx": (
        "models/street_4class/street_4class.onnx"
    ),
    "models/Primary_Detector/labels.txt": "models/street_4class/labels.txt",
}


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


def lay_out(directory: str | os.PathLike[str], *, links: bool = False) -> Path:
    """Copy the samples tree to ``directory/samples``, over what is there.

    Models of ours that stand in for NVIDIA's are linked under the names of those.

    Args:
        directory: where to.
        links: make links to the files instead of copies; nothing may be there yet.

    Returns:
        ``directory/samples``.

    Raises:
        FileNotFoundError: the tree to copy, named by ``DS_PATH``, has no ``samples``.
    """
    target = Path(directory) / "samples"
    copy = os.symlink if links else shutil.copy2
    source = root().resolve() / "samples"
    shutil.copytree(source, target, dirs_exist_ok=True, copy_function=copy)
    for name, ours in _STAND_INS.items():
        link = target / name
        if (target / ours).is_file() and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(os.path.relpath(target / ours, link.parent))
    return target
