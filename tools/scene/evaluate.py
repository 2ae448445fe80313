"""Measure the detector on scenes it has never seen, through H.264.

    python tools/scene/evaluate.py --model street_4class.onnx --seeds 500000:500060

Every scene is rendered at 1280x720, compressed, decoded and stretched to the network's size. Seeds
below 1 000 000 are never trained on.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from detectnet import Detector
from metrics import Evaluation
from render import size
from street import LABELS, Scene, TruthBox
from video import Mp4Writer, read_frames

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEFAULT_MODEL = (
    Path(__file__).parents[2]
    / "packages/pyds/src/pyds/deepstream/samples/models/street_4class/street_4class.onnx"
)


def truth_array(
    boxes: list[TruthBox], scale_x: float = 1.0, scale_y: float = 1.0
) -> NDArray[np.float32]:
    """Ground truth as :meth:`Evaluation.add` takes it, in network pixels."""
    rows = [
        (
            b.class_id,
            float(b.ignore),
            b.left * scale_x,
            b.top * scale_y,
            (b.left + b.width) * scale_x,
            (b.top + b.height) * scale_y,
        )
        for b in boxes
    ]
    return np.array(rows, np.float32).reshape(-1, 6)


def evaluate_scene(
    evaluation: Evaluation, detector: Detector, seed: int, frames: int, network: tuple[int, int],
    bitrate_kbps: int,
) -> str:  # fmt: skip
    """Render, compress and judge one scene; returns its light."""
    scene = Scene(seed, 1280, 720)
    truths = []
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "scene.mp4"
        with Mp4Writer(clip, 1280, 720, 30, bitrate_kbps, preset="veryfast") as writer:
            for index in range(frames):
                rgb, boxes = scene.render(index * 12)
                writer.write(rgb)
                truths.append(boxes)
        for rgb, boxes in zip(read_frames(clip, network), truths, strict=True):
            found = detector(rgb, threshold=0.005)
            evaluation.add(found, truth_array(boxes, network[0] / 1280, network[1] / 720))
    return scene.light.name


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--seeds", default="500000:500060", help="first:last (exclusive)")
    parser.add_argument("--frames", type=int, default=8, help="per scene")
    parser.add_argument("--network", type=size, default=(640, 368))
    parser.add_argument("--bitrate", type=int, default=4000, help="kbit/s of the H.264 step")
    parser.add_argument("--confidence", type=float, default=0.4)
    options = parser.parse_args()
    first, last = (int(part) for part in options.seeds.split(":"))
    detector = Detector(options.model)
    overall = Evaluation()
    by_light: dict[str, Evaluation] = {}
    start = time.monotonic()
    for seed in range(first, last):
        one = Evaluation()
        light = evaluate_scene(
            one, detector, seed, options.frames, options.network, options.bitrate
        )
        by_light.setdefault(light, Evaluation()).merge(one)
        overall.merge(one)
    count = (last - first) * options.frames
    print(
        f"{last - first} scenes, {count} pictures, network {options.network[0]}x"
        f"{options.network[1]}, {time.monotonic() - start:.0f} s\n"
    )
    print(overall.table(LABELS, options.confidence))
    print("\nmAP@0.5 by light: ", end="")
    print(", ".join(f"{name} {e.mean_ap():.3f}" for name, e in sorted(by_light.items())))


if __name__ == "__main__":
    main()
