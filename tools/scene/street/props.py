"""Trees and lamp posts: scenery that hides what is behind it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .drawing import Color, Drawing, mix

if TYPE_CHECKING:
    from .camera import Camera
    from .light import Light
    from .plan import Tree


def draw_tree(tree: Tree, camera: Camera, light: Light) -> Drawing:
    """A trunk and a crown of leaf clusters, lighter towards the sun."""
    rng = np.random.default_rng(tree.seed)
    h = tree.height_m
    greens: list[tuple[Color, Color]] = [
        ((0.16, 0.30, 0.13), (0.45, 0.62, 0.24)),
        ((0.14, 0.28, 0.18), (0.36, 0.56, 0.30)),
        ((0.30, 0.28, 0.10), (0.72, 0.60, 0.22)),
    ]
    dark, bright = greens[int(rng.choice(3, p=[0.5, 0.38, 0.12]))]
    count = 54
    radius = 0.27 * h
    spread = rng.normal(0.0, 1.0, (count, 3))
    spread /= np.linalg.norm(spread, axis=1)[:, None]
    spread *= rng.uniform(0.25, 1.0, (count, 1)) * radius
    centers = spread * (1.0, 0.85, 1.0) + (tree.x, 0.70 * h, tree.z)
    toward = spread @ np.array(light.sun_direction) / radius
    order = np.argsort(toward + 0.2 * rng.normal(size=count))
    flat, depth = camera.project(
        np.vstack([centers, [[tree.x, 0.0, tree.z], [tree.x + 0.05, 0.62 * h, tree.z]]])
    )
    drawing = Drawing()
    far = float(depth[-1])
    here = light.at(tree.x, tree.z)
    ppm = camera.focal_px / far
    drawing.line(flat[-2:].tolist(), 0.26 * ppm, light.lit((0.33, 0.25, 0.18), far, here))
    high = mix(light.ambient, here, 0.6)
    for i in order:
        t = min(max(0.5 + 0.55 * float(toward[i]) + 0.1 * float(rng.normal()), 0.0), 1.0)
        r = float(rng.uniform(0.16, 0.34)) * radius * 1.25 * ppm
        tone = light.lit(mix(dark, bright, t), far, high, 0.2 + 0.7 * t)
        drawing.disc(float(flat[i, 0]), float(flat[i, 1]), r, r * 0.85, tone)
    return drawing


def draw_lamp(foot: tuple[float, float], camera: Camera, light: Light) -> Drawing:
    """A lamp post with an arm over the road."""
    x, z = foot
    arm = x - math.copysign(1.8, x)
    flat, depth = camera.project(
        np.array([[x, 0, z], [x, 6.4, z], [x, 6.9, z], [arm, 7.1, z], [x, 0.9, z]])
    )
    points = flat.tolist()
    far = float(depth[0])
    ppm = camera.focal_px / max(far, 1.0)
    drawing = Drawing()
    metal = light.lit((0.27, 0.30, 0.32), far, light.ambient)
    bend = [points[1][0] * 0.3 + points[2][0] * 0.7, points[2][1]]
    drawing.line([points[0], points[1], bend, points[3]], 0.11 * ppm, metal)
    drawing.line([points[0], points[4]], 0.2 * ppm, metal)
    head = light.fogged((1.0, 0.93, 0.75), far) if light.lamps_on else metal
    w = 0.42 * ppm * (1.0 if x < 0 else -1.0)
    drawing.line([points[3], [points[3][0] + w, points[3][1]]], 0.16 * ppm, head)
    return drawing


def lamp_head(foot: tuple[float, float]) -> tuple[float, float, float]:
    """Where the light of a lamp post is."""
    return (foot[0] - math.copysign(2.0, foot[0]), 7.0, foot[1])
