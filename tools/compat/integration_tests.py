"""NVIDIA's own integration tests, which name files under /opt/nvidia/deepstream/deepstream."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tools.compat.samples_tree import SamplesTree

TESTS = ("test_pipeline1", "test_pipeline2", "test_pipeline3")

_PYTEST = """\
from pyds import _cuda_stand_in
_cuda_stand_in.install()
import sys, pytest
options = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir=."]
sys.exit(pytest.main(options + sys.argv[1:]))
"""


def missing(test: str, tree: SamplesTree) -> str | None:
    """What a test needs that is not here."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return "needs root, for an /opt of its own"
    if test == "test_pipeline2" and not (tree.has_classifiers and tree.has_reid_model):
        return "needs the classifiers and the ReID network of the test data (PYTHIA_TEST_DATA)"
    return None


def run(test: str, tree: SamplesTree, log: Path) -> tuple[bool, str]:
    """Run one test where /opt/nvidia/deepstream/deepstream is the tree; says whether it passed.

    Only the process and what it starts see that /opt: it is in a mount namespace of its own.
    """
    folder = tree.repository / "tests/integration"
    python = shlex.join([sys.executable, "-c", _PYTEST, f"test.py::{test}", "--timeout=300"])
    script = (
        "set -e; mount -t tmpfs tmpfs /opt; mkdir -p /opt/nvidia/deepstream; "
        f"ln -s {shlex.quote(str(tree.root))} /opt/nvidia/deepstream/deepstream; exec {python}"
    )
    environment = tree.environment()
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(tree.repository), environment.get("PYTHONPATH")])
    )
    with log.open("w") as file:
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    lines = log.read_text(errors="replace").strip().splitlines() or ["no output"]
    if done.returncode == 0:
        pictures = len(list(folder.glob("*-out.jpg")))
        return True, "passes" + (f", {pictures} JPEGs written" if pictures else "")
    errors = [line for line in lines if line.startswith(("E  ", "Error"))]
    return False, (errors or lines)[-1].strip()
