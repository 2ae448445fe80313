"""Interleaves both trackers on the same crowd for some rounds and compares them within each."""

from __future__ import annotations

import shlex
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.peer import REPOSITORY, run_command, run_module
from benchmarks.tracker import crowd

PYDS = REPOSITORY / "packages/pyds"
FRAMES = 150
OBJECTS = (10, 100)


def compile_ours(folder: Path) -> Path:
    """Builds the measuring program from the tracker's and the metadata library's sources."""
    packages = ["gstreamer-1.0", "yaml-cpp"]
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", *packages], capture_output=True, text=True, check=True
    )
    sources = [
        str(path)
        for layer in ("base", "meta", "track")
        for path in sorted((PYDS / "native" / layer).glob("*.cpp"))
        if not path.stem.endswith("_test")
    ]
    program = folder / "ours"
    command = ["c++", "-std=c++17", "-O2", f"-I{PYDS / 'include'}", f"-I{PYDS / 'native'}"]
    command += [str(Path(__file__).with_name("ours.cpp")), *sources, "-o", str(program)]
    subprocess.run([*command, *shlex.split(flags.stdout), "-ldl"], check=True)
    return program


def run(rounds: int) -> dict[str, object]:
    """Milliseconds per frame of both, and the median of the per-round ratios."""
    results: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = compile_ours(folder)
        for objects in OBJECTS:
            scene = folder / f"crowd_{objects}.txt"
            with scene.open("w") as file:
                for frame, rows in enumerate(crowd.detections(objects, FRAMES)):
                    for row in rows:
                        file.write(f"{frame} {' '.join(f'{value:.3f}' for value in row)}\n")
            counts = ["--objects", str(objects), "--frames", str(FRAMES)]
            peer = ["benchmarks.tracker.bytetrack", *counts]
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(run_command(program, scene))
                theirs.append(run_module(*peer))
            ratios = [
                b["ms_per_frame"] / a["ms_per_frame"] for a, b in zip(ours, theirs, strict=True)
            ]
            results[f"{objects} objects"] = {
                "nvtracker": _median(ours),
                "trackers.ByteTrackTracker": _median(theirs),
                "times faster": statistics.median(ratios),
            }
    return results


def _median(measured: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(entry[key] for entry in measured) for key in measured[0]}
