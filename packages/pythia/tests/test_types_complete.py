"""Whoever imports pythia gets a known type for every public name, whatever checker they use."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def _pyright() -> list[str]:
    if importlib.util.find_spec("pyright"):
        return [sys.executable, "-m", "pyright"]
    program = shutil.which("pyright")
    if program is None:
        pytest.skip("pyright is not installed: pip install pyright")
    return [program]


def test_every_public_type_is_known(tmp_path: Path) -> None:
    pyright = _pyright()
    # --verifytypes looks packages up with the first Python of PATH, whatever --pythonpath says.
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",  # about new versions, on the standard output
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*pyright, *arguments],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    version = run("--version")
    if version.returncode:  # the package of PyPI fetches its program when it first runs
        pytest.skip(f"pyright does not start: {version.stderr.strip()[-300:]}")
    result = run("--verifytypes", "pythia", "--ignoreexternal", "--outputjson")
    report = json.loads(result.stdout)
    assert report["typeCompleteness"]["packageName"] == "pythia"
    assert report["typeCompleteness"]["exportedSymbolCounts"]["withKnownType"] > 0
    reasons = [
        f"{symbol['name']}: {diagnostic['message']}"
        for symbol in report["typeCompleteness"]["symbols"]
        if symbol["isExported"] and not symbol["isTypeKnown"]
        for diagnostic in symbol["diagnostics"]
    ]
    errors = [each["message"] for each in report["generalDiagnostics"]]
    assert (reasons, errors, result.returncode) == ([], [], 0)
    assert report["typeCompleteness"]["completenessScore"] == 1
