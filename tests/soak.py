"""A pipeline that runs for long while sources come and go: memory, files and threads stay flat.

    python -m tests.soak --minutes 30

Four looping sources go through mux, detector, tracker, analytics, tiler and on-screen display, and
a probe of the classic kind reads and draws. In every period a source is added, or the oldest of
five is removed. Before each is added, what the process holds is written down; what malloc keeps
back is given to the system first. The first fifth of these samples is warm-up. Of the rest, the
least in the last third may be above the least in the first third by no more than `ALLOWED`: a leak
lifts the floor, a busy moment only the peaks.

Prints a line per sample and a verdict; exits with 1 when something grows or the video stands still.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst

import pyds
from tests.resources import allocated_bytes, open_files, resident_bytes, threads, trim_heap
from tests.support import CLIP, PGIE_CONFIG

SOURCES = 4
SIZE = "width=320,height=180"
MIB = 1 << 20
ALLOWED = {
    "resident": 6 * MIB,
    "allocated": 2 * MIB,
    "python_blocks": 1000,
    "files": 0,
    "threads": 0,
}
WARM_UP = 0.2
LEAST_SAMPLES = 3  # in a third
PATIENCE_S = 60  # how long a change or a frame may take on a busy machine

ANALYTICS = """[property]
config-width=320
config-height=180
""" + "".join(
    f"""[roi-filtering-stream-{number}]
roi-Near=0;90;320;90;320;180;0;180
[line-crossing-stream-{number}]
line-crossing-Middle=160;60;160;120;0;90;320;90
"""
    for number in range(SOURCES + 1)
)
PIPELINE = (
    "nvstreammux name=mux width=320 height=180 batched-push-timeout=100000 "
    f"batch-size={SOURCES + 1} ! nvinfer config-file-path={PGIE_CONFIG} interval=14 ! nvtracker ! "
    "nvdsanalytics config-file={analytics} ! queue ! "
    "nvmultistreamtiler width=640 height=360 rows=2 columns=3 ! nvdsosd ! "
    "fakesink name=out sync=true"
)


@dataclass(frozen=True)
class Sample:
    """What the process held at a moment with four sources; memory in bytes."""

    second: float
    frames: int
    resident: int
    allocated: int
    python_blocks: int
    files: int
    threads: int


class SoakError(Exception):
    """The pipeline failed or stands still."""


class Soak:
    """The pipeline, and its sources that come and go."""

    def __init__(self, folder: Path) -> None:
        self.clip = make_clip(folder / "clip.mp4")
        analytics = folder / "analytics.txt"
        analytics.write_text(ANALYTICS)
        self.pipeline: Any = Gst.parse_launch(PIPELINE.format(analytics=analytics))
        self.mux = self.pipeline.get_by_name("mux")
        self.frames = self.objects = 0
        self.sources: list[tuple[Any, Any]] = []  # with their pads of the mux
        pad = self.pipeline.get_by_name("out").get_static_pad("sink")
        pad.add_probe(Gst.PadProbeType.BUFFER, self._look)
        for _ in range(SOURCES):
            self.add()
        self.pipeline.set_state(Gst.State.PLAYING)

    def close(self) -> None:
        self.pipeline.set_state(Gst.State.NULL)

    def add(self) -> None:
        """Starts a source on the lowest free pad of the mux."""
        taken = {pad.get_name() for _, pad in self.sources}
        name = next(n for n in (f"sink_{i}" for i in range(SOURCES + 1)) if n not in taken)
        source: Any = Gst.ElementFactory.make("nvurisrcbin")
        source.set_property("uri", self.clip.as_uri())
        source.set_property("file-loop", True)
        target = self.mux.request_pad_simple(name)
        source.connect("pad-added", lambda _source, pad: pad.link(target))
        self.pipeline.add(source)
        self.sources.append((source, target))
        source.sync_state_with_parent()

    def remove(self) -> None:
        """Takes the oldest source away, as DeepStream's runtime_source_add_delete does."""
        source, pad = self.sources.pop(0)
        source.set_locked_state(True)  # the pipeline may still be on its way to PLAYING
        source.set_state(Gst.State.NULL)
        pad.send_event(Gst.Event.new_flush_stop(False))
        self.mux.release_request_pad(pad)
        self.pipeline.remove(source)

    def sample(self, second: float) -> Sample:
        """What the process holds now."""
        gc.collect()
        trim_heap()
        return Sample(
            round(second, 1),
            self.frames,
            resident_bytes(),
            allocated_bytes(),
            sys.getallocatedblocks(),
            open_files(),
            threads(),
        )

    def run_for(self, seconds: float) -> None:
        """Lets the video play; raises what went wrong, and when no frame came."""
        before, errors = self.frames, Gst.MessageType.ERROR | Gst.MessageType.EOS
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 or self.frames == before:
            if left < -PATIENCE_S:
                raise SoakError(f"no frame in {seconds + PATIENCE_S:.0f} s")
            bus = self.pipeline.get_bus()
            message = bus.timed_pop(int(min(max(left, 0.1), 1) * Gst.SECOND))
            if message is not None and message.type & errors:
                raise SoakError(message.get_structure().to_string())

    def _look(self, _pad: Any, info: Any) -> Any:
        batch = pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer()))
        l_frame = batch.frame_meta_list
        while l_frame is not None:
            frame = pyds.NvDsFrameMeta.cast(l_frame.data)
            self.frames += 1
            l_obj = frame.obj_meta_list
            labels = []
            while l_obj is not None:
                obj = pyds.NvDsObjectMeta.cast(l_obj.data)
                labels.append(obj.obj_label)
                user = pyds.nvds_acquire_user_meta_from_pool(batch)
                user.user_data = {"id": obj.object_id}
                pyds.nvds_add_user_meta_to_obj(obj, user)
                l_obj = l_obj.next
            self.objects += len(labels)
            display = pyds.nvds_acquire_display_meta_from_pool(batch)
            display.num_labels = 1
            display.text_params[0].display_text = " ".join(labels)
            pyds.nvds_add_display_meta_to_frame(frame, display)
            l_frame = l_frame.next
        return Gst.PadProbeReturn.OK


def make_clip(path: Path) -> Path:
    """Three seconds of the street, small."""
    source = pyds.samples.resolve(str(CLIP))
    pipeline: Any = Gst.parse_launch(
        f"filesrc location={source} ! decodebin ! videoconvert ! videoscale ! videorate ! "
        f"video/x-raw,{SIZE},framerate=15/1 ! identity eos-after=46 ! "
        f"x264enc key-int-max=15 ! mp4mux ! filesink location={path}"
    )
    pipeline.set_state(Gst.State.PLAYING)
    kinds = Gst.MessageType.ERROR | Gst.MessageType.EOS
    message = pipeline.get_bus().timed_pop_filtered(PATIENCE_S * Gst.SECOND, kinds)
    pipeline.set_state(Gst.State.NULL)
    if message is None or message.type != Gst.MessageType.EOS:
        raise SoakError(f"no clip: {message and message.parse_error()}")
    return path


def growth(samples: list[Sample]) -> dict[str, int]:
    """How much the floor of each number rose from the first third after the warm-up to the last."""
    settled = samples[round(len(samples) * WARM_UP) :]
    third = len(settled) // 3
    if third < LEAST_SAMPLES:
        raise SoakError(f"{len(samples)} samples are too few to judge; run longer")
    first, last = settled[:third], settled[-third:]
    return {
        name: min(getattr(each, name) for each in last) - min(getattr(each, name) for each in first)
        for name in ALLOWED
    }


def soak(rounds: int, period_s: float, folder: Path) -> tuple[list[Sample], int]:
    """Runs so many rounds of two periods; a sample of each, and how many objects were seen."""
    run, samples = Soak(folder), []
    start = time.monotonic()
    try:
        for _ in range(rounds):
            run.run_for(period_s)
            samples.append(run.sample(time.monotonic() - start))
            print(json.dumps(asdict(samples[-1])), flush=True)
            run.add()
            run.run_for(period_s)
            run.remove()
    finally:
        run.close()
    return samples, run.objects


def main() -> int:
    """Runs, prints, judges."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--period", type=float, default=10, help="seconds between two changes")
    args = parser.parse_args()
    Gst.init(None)
    rounds = round(args.minutes * 60 / args.period / 2)
    with tempfile.TemporaryDirectory() as folder:
        samples, objects = soak(rounds, args.period, Path(folder))
    grown = growth(samples)
    too_much = [name for name, by in grown.items() if by > ALLOWED[name]]
    print(f"{samples[-1].frames} frames, {objects} objects, growth {grown}, allowed {ALLOWED}")
    print(f"grows: {', '.join(too_much)}" if too_much else "flat")
    return 1 if too_much or not objects else 0


if __name__ == "__main__":
    sys.exit(main())
