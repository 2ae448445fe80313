"""A crowd of walkers as a detector sees it: boxes that move, overlap, flicker and shake."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 1920, 1080


def detections(objects: int, frames: int, *, seed: int = 1) -> list[npt.NDArray[np.float32]]:
    """Rows (left, top, width, height, confidence) of each frame.

    One detection in twenty is missing, one in ten is weak; walkers turn back at the borders.
    """
    random = np.random.default_rng(seed)
    size = random.uniform(40, 90, (objects, 1)) * [1, 2.2]
    place = random.uniform([0, 0], [WIDTH - 90, HEIGHT - 200], (objects, 2))
    velocity = random.normal(0, 4, (objects, 2))
    rows = []
    for _ in range(frames):
        place += velocity
        outside = (place < 0) | (place > [WIDTH - 90, HEIGHT - 200])
        velocity[outside] *= -1
        seen = random.random(objects) > 0.05
        shaken = np.hstack([place, size]) + random.normal(0, 1.5, (objects, 4))
        weak = random.random(objects) < 0.1
        confidence = np.where(weak, random.uniform(0.2, 0.6, objects), 0.9)
        rows.append(np.column_stack([shaken, confidence])[seen].astype(np.float32))
    return rows
