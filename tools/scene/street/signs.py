"""Road signs: plates on poles. The plate is the RoadSign; the pole is scenery."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .drawing import Color, Drawing, scale

if TYPE_CHECKING:
    from .camera import Camera
    from .light import Light

RED: Final[Color] = (0.82, 0.10, 0.12)
WHITE: Final[Color] = (0.96, 0.96, 0.95)
BLACK: Final[Color] = (0.08, 0.08, 0.09)
BLUE: Final[Color] = (0.08, 0.30, 0.68)
YELLOW: Final[Color] = (0.97, 0.78, 0.12)

KINDS: Final = (
    "stop", "limit", "limit", "warning", "warning", "no_entry", "yield", "crossing", "arrow",
    "priority", "no_parking",
)  # fmt: skip

#: Strokes of the glyphs on a 1 x 2 grid, y up.
# ruff: noqa: E501 - one glyph per line
_GLYPHS: Final[dict[str, list[list[tuple[float, float]]]]] = {
    "0": [[(0, 0.4), (0, 1.6), (0.3, 2), (0.7, 2), (1, 1.6), (1, 0.4), (0.7, 0), (0.3, 0), (0, 0.4)]],
    "2": [[(0, 1.6), (0.3, 2), (0.8, 2), (1, 1.6), (1, 1.2), (0, 0), (1, 0)]],
    "3": [[(0, 1.7), (0.4, 2), (0.9, 1.8), (0.9, 1.3), (0.5, 1.05), (1, 0.7), (0.9, 0.2), (0.4, 0), (0, 0.3)]],
    "4": [[(0.8, 0), (0.8, 2), (0, 0.6), (1, 0.6)]],
    "5": [[(1, 2), (0.1, 2), (0, 1.1), (0.7, 1.2), (1, 0.8), (0.9, 0.2), (0.4, 0), (0, 0.2)]],
    "6": [[(0.9, 1.8), (0.5, 2), (0.1, 1.5), (0, 0.6), (0.3, 0), (0.8, 0), (1, 0.5), (0.8, 1), (0.3, 1), (0, 0.6)]],
    "7": [[(0, 2), (1, 2), (0.4, 0)]],
    "8": [[(0.5, 1.05), (0.1, 1.5), (0.3, 2), (0.7, 2), (0.9, 1.5), (0.5, 1.05), (0, 0.5), (0.3, 0), (0.7, 0), (1, 0.5), (0.5, 1.05)]],
    "S": [[(1, 1.7), (0.6, 2), (0.2, 2), (0, 1.5), (1, 0.6), (0.8, 0), (0.3, 0), (0, 0.3)]],
    "T": [[(0, 2), (1, 2)], [(0.5, 2), (0.5, 0)]],
    "O": [[(0, 0.5), (0, 1.5), (0.3, 2), (0.7, 2), (1, 1.5), (1, 0.5), (0.7, 0), (0.3, 0), (0, 0.5)]],
    "P": [[(0, 0), (0, 2), (0.7, 2), (1, 1.7), (1, 1.3), (0.7, 1), (0, 1)]],
    "!": [[(0.5, 2), (0.5, 0.75)], [(0.5, 0.15), (0.5, 0.1)]],
}  # fmt: skip


@dataclass
class Sign:
    """A sign facing the camera's end of the street."""

    kind: str
    x: float
    z: float
    height_m: float  #: of the plate's centre
    radius_m: float
    turn: float  #: radians away from facing straight down the street
    text: str


def make_sign(rng: np.random.Generator, x: float, z: float) -> Sign:
    """A random sign on a pole at (x, z)."""
    return Sign(
        kind=KINDS[int(rng.integers(len(KINDS)))],
        x=x,
        z=z,
        height_m=float(rng.uniform(2.3, 3.0)),
        radius_m=float(rng.uniform(0.40, 0.52)),
        turn=float(rng.uniform(-0.35, 0.35)),
        text=str(rng.choice(["20", "30", "50", "60", "70", "80", "40"])),
    )


def _regular(count: int, radius: float, start: float) -> list[tuple[float, float]]:
    return [
        (
            radius * math.cos(start + k * 2 * math.pi / count),
            radius * math.sin(start + k * 2 * math.pi / count),
        )
        for k in range(count)
    ]


def draw_plate(sign: Sign, camera: Camera, light: Light) -> Drawing:
    """The plate alone."""
    c, s = math.cos(sign.turn), math.sin(sign.turn)
    _center, depth = camera.project(np.array([[sign.x, sign.height_m, sign.z]]))
    far = float(depth[0])
    here = light.at(sign.x, sign.z)
    pixels_per_m = camera.focal_px / far
    drawing = Drawing()

    def flat(points: list[tuple[float, float]]) -> list[list[float]]:
        r = sign.radius_m
        world = np.array(
            [
                (sign.x + p[0] * r * c, sign.height_m + p[1] * r, sign.z + p[0] * r * s)
                for p in points
            ]
        )
        return [list(p) for p in camera.project(world)[0].tolist()]

    def tone(color: Color) -> Color:
        # Plates are retro-reflective: never quite as dark as the street around them.
        lit = light.lit(color, far, here, 0.6)
        return tuple(max(a, 0.34 * b) for a, b in zip(lit, color, strict=True))  # type: ignore[return-value]

    def plate(points: list[tuple[float, float]], color: Color) -> None:
        drawing.shade(flat(points), tone(scale(color, 1.04)), tone(scale(color, 0.93)))

    def text(word: str, size: float, color: Color, y: float = 0.0) -> None:
        advance = 1.45
        wide = (len(word) - 1) * advance + 1.0
        for i, letter in enumerate(word):
            for stroke in _GLYPHS[letter]:
                points = [
                    (((i * advance + px) - wide / 2) * size, y + (py - 1.0) * size)
                    for px, py in stroke
                ]
                drawing.line(flat(points), 0.42 * size * sign.radius_m * pixels_per_m, tone(color))

    circle = _regular(28, 1.0, 0.0)

    def shrink(points: list[tuple[float, float]], f: float) -> list[tuple[float, float]]:
        return [(x * f, y * f) for x, y in points]

    if sign.kind == "stop":
        octagon = _regular(8, 1.04, math.pi / 8)
        plate(octagon, WHITE)
        plate(shrink(octagon, 0.92), RED)
        text("STOP", 0.27, WHITE)
    elif sign.kind == "limit":
        plate(circle, RED)
        plate(shrink(circle, 0.76), WHITE)
        text(sign.text, 0.36, BLACK)
    elif sign.kind in ("warning", "yield"):
        way = math.pi / 2 if sign.kind == "warning" else -math.pi / 2
        triangle = _regular(3, 1.16, way)
        plate(triangle, RED)
        plate(shrink(triangle, 0.66), WHITE)
        if sign.kind == "warning":
            text("!", 0.30, BLACK, y=-0.05)
    elif sign.kind == "no_entry":
        plate(circle, RED)
        plate([(-0.68, -0.18), (0.68, -0.18), (0.68, 0.18), (-0.68, 0.18)], WHITE)
    elif sign.kind == "no_parking":
        plate(circle, RED)
        plate(shrink(circle, 0.78), BLUE)
        plate([(-0.62, 0.48), (-0.48, 0.62), (0.62, -0.48), (0.48, -0.62)], RED)
    elif sign.kind == "crossing":
        square = _regular(4, 1.25, math.pi / 4)
        plate(square, WHITE)
        plate(shrink(square, 0.94), BLUE)
        plate(_regular(3, 0.82, math.pi / 2), WHITE)
        bone = 0.10 * sign.radius_m * pixels_per_m
        for stroke in (
            [(0.0, 0.28), (0.0, -0.02), (0.18, -0.30)],
            [(0.0, -0.02), (-0.18, -0.30)],
            [(-0.18, 0.02), (0.0, 0.18), (0.17, 0.02)],
        ):
            drawing.line(flat(stroke), bone, tone(BLACK))
    elif sign.kind == "arrow":
        plate(circle, WHITE)
        plate(shrink(circle, 0.93), BLUE)
        plate([(-0.13, -0.6), (0.13, -0.6), (0.13, 0.1), (-0.13, 0.1)], WHITE)
        plate([(-0.42, 0.05), (0.42, 0.05), (0.0, 0.62)], WHITE)
    elif sign.kind == "priority":
        diamond = _regular(4, 1.12, 0.0)
        plate(diamond, WHITE)
        plate(shrink(diamond, 0.74), YELLOW)
    return drawing


def draw_pole(sign: Sign, camera: Camera, light: Light) -> Drawing:
    """The pole behind the plate."""
    image, depth = camera.project(
        np.array([[sign.x, 0.0, sign.z + 0.05], [sign.x, sign.height_m + 0.3, sign.z + 0.05]])
    )
    far = float(depth[0])
    drawing = Drawing()
    color = light.lit((0.55, 0.57, 0.60), far, light.at(sign.x, sign.z))
    drawing.line(image.tolist(), 0.07 * camera.focal_px / far, color)
    return drawing
