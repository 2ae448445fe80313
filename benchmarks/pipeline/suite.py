"""Interleaves the peers for some rounds and compares them within each round."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path

import onnx

import pyds
from benchmarks.peer import run_module
from benchmarks.pipeline import floor, opencv_loop, ours

WORKERS = 2
PASSES = 4  # 1200 frames: what a process does once weighs little


@dataclass
class Job:
    """One clip and one model, as every peer needs them."""

    clip: Path
    frames: int
    config: Path
    model: Path
    input_shape: str


def built_in_job() -> Job:
    """The sample clip and the default model of pyds."""
    samples = Path(pyds.samples.root()) / "samples"
    model = samples / "models/street_4class/street_4class.onnx"
    properties = {entry.key: entry.value for entry in onnx.load(model).metadata_props}
    truth = samples / "streams/sample_720p.truth.jsonl"
    return Job(
        clip=samples / "streams/sample_720p.mp4",
        frames=len(truth.read_text().splitlines()),
        config=samples / "configs/deepstream-app/config_infer_primary.txt",
        model=model,
        input_shape="1," + properties["infer_dims"].replace(";", ","),
    )


def run(rounds: int) -> dict[str, object]:
    """Measures all peers and returns their medians and the medians of the per-round ratios."""
    job = built_in_job()
    passes = ["--clip", str(job.clip), "--passes", str(PASSES)]
    model = [*passes, "--model", str(job.model), "--input-shape", job.input_shape]
    peers = {
        "ours": (ours, [*passes, "--config", str(job.config)]),
        "floor": (floor, [*model, "--frames", str(job.frames), "--workers", str(WORKERS)]),
        "opencv_loop": (opencv_loop, [*model, "--threads", str(WORKERS)]),
    }
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in peers}
    for _ in range(rounds):
        for name, (module, arguments) in peers.items():
            measured[name].append(run_module(module.__name__, *arguments))
    eight = run_module(
        ours.__name__, "--clip", str(job.clip), "--config", str(job.config), "--sources", "8"
    )

    def per_round(key: str, over: str, under: str) -> float:
        pairs = zip(measured[over], measured[under], strict=True)
        return statistics.median(a[key] / b[key] for a, b in pairs)

    return {
        "peers": {
            name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            for name, runs in measured.items()
        },
        "ratios": {
            "ours / floor, CPU time per frame": per_round("cpu_ms_per_frame", "ours", "floor"),
            "ours / floor, fps": per_round("fps", "ours", "floor"),
            "ours / opencv_loop, fps": per_round("fps", "ours", "opencv_loop"),
            "ours / opencv_loop, CPU time per frame": per_round(
                "cpu_ms_per_frame", "ours", "opencv_loop"
            ),
        },
        "peak MiB": {
            "1 source": statistics.median(run["peak_mib"] for run in measured["ours"]),
            "8 sources": eight["peak_mib"],
        },
    }
