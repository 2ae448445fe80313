"""An application may run again and again in one process."""

from __future__ import annotations

import gc
from pathlib import Path

from pythia import Application, objects_per_batch
from tests.resources import allocated_bytes, open_files
from tests.support import CLIP, PGIE_CONFIG

PIPELINE = (
    "filesrc location={clip} ! qtdemux ! h264parse ! identity eos-after=3 ! nvv4l2decoder "
    "! mux.sink_0 nvstreammux name=mux width=640 height=368 batch-size=1 "
    "! nvinfer name=pgie config-file-path={config} ! nvdsosd ! nvvideoconvert ! fakesink"
)


def run_once(template: Path) -> int:
    app = Application.from_pipeline_file(
        str(template), params={"clip": str(CLIP), "config": str(PGIE_CONFIG)}
    )
    seen = 0

    @app.probe("pgie", pad_direction="src")
    def count(batch_meta):
        nonlocal seen
        seen += sum(1 for _ in objects_per_batch(batch_meta))

    app()
    return seen


def test_fifty_runs_leave_memory_and_files_as_they_were(tmp_path: Path) -> None:
    template = tmp_path / "pipeline.txt"
    template.write_text(PIPELINE)
    counts = {run_once(template) for _ in range(10)}
    gc.collect()
    files, memory = open_files(), allocated_bytes()
    counts |= {run_once(template) for _ in range(40)}
    gc.collect()
    assert len(counts) == 1
    assert counts.pop() > 0
    assert open_files() == files
    # A leaked picture per run would be 14 MiB, a leaked session much more.
    assert allocated_bytes() - memory < 2 * 2**20
