"""Runs one measurement in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]


def run_command(*command: object) -> dict[str, Any]:
    """Runs a program that prints one JSON object as its last line, and returns that object."""
    words = [str(word) for word in command]
    finished = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise RuntimeError(f"{words} failed with {finished.returncode}:\n{finished.stderr}")
    measured: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return measured


def run_module(module: str, *arguments: object) -> dict[str, Any]:
    """Runs `python -m module` with this interpreter, as `run_command` does."""
    return run_command(sys.executable, "-m", module, *arguments)
