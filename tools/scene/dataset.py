"""Renders training pictures in parallel into memory-mapped arrays that later runs reuse."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from street import Scene

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

#: Training seeds start here; everything below is for validation, tests and demos.
FIRST_TRAINING_SEED: Final = 1_000_000
#: Boxes kept per picture; the nearest ones when a street is fuller.
MAX_BOXES: Final = 80


@dataclass
class Pictures:
    """Pictures of one size: (n, h, w, 3) uint8 RGB, and boxes (n, MAX_BOXES, 6) float32.

    A box is class (-1 where there is none), ignore (0 or 1), left, top, right, bottom in pixels.
    """

    images: NDArray[np.uint8]
    boxes: NDArray[np.float32]


def _render(job: tuple[Path, int, int, int, int, int]) -> tuple[int, NDArray[np.float32]]:
    path, row, seed, frames, width, height = job
    images = np.load(path, mmap_mode="r+")
    scene = Scene(seed, width, height, fps=30.0, lens=False)
    times = np.random.default_rng([seed, 9]).integers(0, 1800, frames)
    boxes = np.zeros((frames, MAX_BOXES, 6), np.float32)
    boxes[..., 0] = -1.0
    for k, frame in enumerate(times):
        images[row + k], truth = scene.render(int(frame))
        for n, box in enumerate(truth[-MAX_BOXES:]):
            right, bottom = box.left + box.width, box.top + box.height
            boxes[k, n] = (box.class_id, box.ignore, box.left, box.top, right, bottom)
    return row, boxes


def render_pictures(
    folder: Path, first_seed: int, scenes: int, frames: int, width: int, height: int
) -> Pictures:
    """``scenes`` x ``frames`` pictures, from ``folder`` when an earlier run left them there."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{width}x{height}_{first_seed}_{scenes}x{frames}"
    image_path, box_path = folder / f"{stem}.images.npy", folder / f"{stem}.boxes.npy"
    if not box_path.exists():
        count = scenes * frames
        images = np.lib.format.open_memmap(
            image_path, mode="w+", dtype=np.uint8, shape=(count, height, width, 3)
        )
        del images
        boxes = np.zeros((count, MAX_BOXES, 6), np.float32)
        jobs = [
            (image_path, k * frames, first_seed + k, frames, width, height) for k in range(scenes)
        ]
        with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
            for row, rows in pool.imap_unordered(_render, jobs, chunksize=4):
                boxes[row : row + frames] = rows
        np.save(box_path, boxes)
    return Pictures(np.load(image_path, mmap_mode="c"), np.load(box_path))
