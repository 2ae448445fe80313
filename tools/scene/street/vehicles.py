"""Cars, vans, trucks and buses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from .drawing import Color, mix, scale
from .mesh import Face, Mesh, Vec

if TYPE_CHECKING:
    from collections.abc import Callable

PAINTS: Final[list[Color]] = [
    (0.90, 0.91, 0.92), (0.90, 0.91, 0.92), (0.66, 0.69, 0.72), (0.34, 0.36, 0.39),
    (0.13, 0.14, 0.16), (0.13, 0.14, 0.16), (0.72, 0.10, 0.11), (0.13, 0.29, 0.60),
    (0.08, 0.42, 0.47), (0.88, 0.62, 0.12), (0.20, 0.38, 0.26), (0.52, 0.60, 0.68),
    (0.55, 0.27, 0.16), (0.80, 0.76, 0.66), (0.36, 0.14, 0.22), (0.85, 0.42, 0.12),
]  # fmt: skip
GLASS: Final[Color] = (0.22, 0.29, 0.36)
SIDE_GLASS: Final[Color] = (0.16, 0.20, 0.25)
TRIM: Final[Color] = (0.09, 0.09, 0.10)
HEADLIGHT: Final[Color] = (0.95, 0.94, 0.84)
TAIL_LIGHT: Final[Color] = (0.80, 0.07, 0.06)
PLATE: Final[Color] = (0.93, 0.92, 0.82)

Knot = tuple[float, float, float]  #: z, y and half width of a profile's corner


@dataclass
class VehicleShape:
    """A vehicle to draw and what traffic needs to know of it."""

    kind: str
    mesh: Mesh
    length_m: float
    width_m: float
    height_m: float
    #: Lamps in local coordinates, for glows at night.
    headlights: list[Vec]
    tail_lights: list[Vec]


def _band(mesh: Mesh, a: Knot, b: Knot, color: Color, bias: float = 0.0) -> Face:
    """The face across the vehicle between two corners of its profile (front over the top)."""
    dz, dy = b[0] - a[0], b[1] - a[1]
    n = math.hypot(dz, dy)
    corners: list[Vec] = [
        (-a[2], a[1], a[0]),
        (a[2], a[1], a[0]),
        (b[2], b[1], b[0]),
        (-b[2], b[1], b[0]),
    ]
    return mesh.face(corners, (0.0, -dz / n, dy / n), color, bias)


def _patch(a: Knot, b: Knot, u0: float, u1: float, v0: float, v1: float) -> list[Vec]:
    """A rectangle on a band: u across (-1 left .. 1 right), v from ``a`` to ``b``."""

    def at(u: float, v: float) -> Vec:
        half = a[2] + (b[2] - a[2]) * v
        return (u * half, a[1] + (b[1] - a[1]) * v, a[0] + (b[0] - a[0]) * v)

    return [at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)]


def _side(mesh: Mesh, side: float, corners: list[Knot], color: Color, lean: float = 0.0) -> Face:
    n = math.hypot(1.0, lean)
    points: list[Vec] = [(side * hw, y, z) for z, y, hw in corners]
    return mesh.face(points, (side / n, lean / n, 0.0), color)


def _inset(corners: list[Knot], margin: float) -> list[Knot]:
    """The polygon shrunk towards its middle by ``margin`` metres."""
    mz = sum(c[0] for c in corners) / len(corners)
    my = sum(c[1] for c in corners) / len(corners)
    out = []
    for z, y, hw in corners:
        d = math.hypot(z - mz, y - my)
        f = max(1.0 - 1.6 * margin / d, 0.2) if d > 0 else 1.0
        out.append((mz + (z - mz) * f, my + (y - my) * f, hw + 0.005))
    return out


def _wheels(mesh: Mesh, sides: dict[float, Face], axles: list[float], r: float, hw: float) -> None:
    for side, face in sides.items():
        for z in axles:
            arch: list[Vec] = [
                (side * hw, r + 1.16 * r * math.sin(a), z + 1.16 * r * math.cos(a))
                for a in np.linspace(-0.35, math.pi + 0.35, 12)
            ]
            mesh.decal(face, arch, TRIM)
            mesh.wheel(face, (side * hw, r, z), r)
    for z, way in ((axles[0] + 0.8 * r, 1.0), (axles[-1] - 0.8 * r, -1.0)):
        for x in (-hw + 0.13, hw - 0.13):
            mesh.face(
                [(x - 0.11, 0, z), (x + 0.11, 0, z), (x + 0.11, r, z), (x - 0.11, r, z)],
                (0.0, 0.0, way),
                (0.08, 0.08, 0.09),
                bias=0.6,
            )


def _front(mesh: Mesh, face: Face, a: Knot, b: Knot, lamp: tuple[float, float]) -> list[Vec]:
    mesh.decal(face, _patch(a, b, -0.98, 0.98, 0.0, 0.24), TRIM)
    mesh.decal(face, _patch(a, b, -0.52, 0.52, 0.46, 0.80), (0.12, 0.12, 0.13))
    mesh.decal(face, _patch(a, b, -0.25, 0.25, 0.22, 0.42), PLATE, fine=True)
    for u in (-1.0, 1.0):
        mesh.decal(face, _patch(a, b, u * 0.58, u * 0.97, *lamp), HEADLIGHT, glows=True)
    v = (lamp[0] + lamp[1]) / 2
    return [
        (u * a[2] * 0.78, a[1] + (b[1] - a[1]) * v, a[0] + (b[0] - a[0]) * v) for u in (-1.0, 1.0)
    ]


def _tail(mesh: Mesh, face: Face, a: Knot, b: Knot, lamp: tuple[float, float]) -> list[Vec]:
    tall = math.hypot(b[0] - a[0], b[1] - a[1])
    mesh.decal(face, _patch(a, b, -0.98, 0.98, 1.0 - 0.2 / tall, 1.0), TRIM)
    middle, half = min(0.54, lamp[1] + 0.2), 0.07 / tall
    mesh.decal(face, _patch(a, b, -0.26, 0.26, middle - half, middle + half), PLATE, fine=True)
    for u in (-1.0, 1.0):
        mesh.decal(face, _patch(a, b, u * 0.70, u * 0.99, *lamp), TAIL_LIGHT, glows=True)
    v = (lamp[0] + lamp[1]) / 2
    return [
        (u * a[2] * 0.85, a[1] + (b[1] - a[1]) * v, a[0] + (b[0] - a[0]) * v) for u in (-1.0, 1.0)
    ]


def _passenger_car(kind: str, paint: Color, rng: np.random.Generator) -> VehicleShape:
    """Front bottom, nose, hood, windscreen, roof, rear window, boot or hatch, tail."""
    profiles: dict[str, list[Knot]] = {
        "hatchback": [
            (2.00, 0.24, 0.80), (1.96, 0.74, 0.84), (1.05, 0.96, 0.86), (0.30, 1.46, 0.64),
            (-1.35, 1.45, 0.63), (-1.82, 1.00, 0.82), (-1.90, 0.92, 0.84), (-1.96, 0.24, 0.80),
        ],
        "sedan": [
            (2.30, 0.24, 0.82), (2.26, 0.72, 0.86), (1.10, 0.93, 0.88), (0.35, 1.43, 0.65),
            (-0.95, 1.42, 0.64), (-1.70, 1.00, 0.84), (-2.28, 0.95, 0.84), (-2.33, 0.24, 0.82),
        ],
        "estate": [
            (2.35, 0.24, 0.82), (2.31, 0.72, 0.86), (1.15, 0.93, 0.88), (0.40, 1.46, 0.66),
            (-1.90, 1.46, 0.64), (-2.22, 1.00, 0.82), (-2.30, 0.92, 0.84), (-2.35, 0.24, 0.82),
        ],
        "suv": [
            (2.28, 0.34, 0.86), (2.24, 0.92, 0.90), (1.20, 1.10, 0.92), (0.55, 1.70, 0.70),
            (-1.80, 1.70, 0.68), (-2.15, 1.15, 0.88), (-2.22, 1.05, 0.90), (-2.28, 0.34, 0.86),
        ],
    }  # fmt: skip
    p = profiles[kind]
    mesh = Mesh()
    nose = _band(mesh, p[0], p[1], paint)
    headlights = _front(mesh, nose, p[0], p[1], (0.62, 0.92))
    _band(mesh, p[1], p[2], paint)
    screen = _band(mesh, p[2], p[3], scale(paint, 0.8))
    mesh.decal(screen, _patch(p[2], p[3], -0.92, 0.92, 0.06, 0.93), GLASS)
    mesh.decal(screen, _patch(p[2], p[3], -0.6, -0.1, 0.10, 0.90), mix(GLASS, (1, 1, 1), 0.1))
    roof_paint = TRIM if rng.uniform() < 0.12 else paint
    _band(mesh, p[3], p[4], roof_paint)
    rear = _band(mesh, p[4], p[5], scale(paint, 0.8))
    mesh.decal(rear, _patch(p[4], p[5], -0.9, 0.9, 0.1, 0.9), SIDE_GLASS)
    _band(mesh, p[5], p[6], paint)
    tail = _band(mesh, p[6], p[7], paint)
    tails = _tail(mesh, tail, p[6], p[7], (0.10, 0.36))
    sides = {}
    for side in (-1.0, 1.0):
        lower = _side(mesh, side, [p[0], p[1], p[2], p[5], p[6], p[7]], paint)
        upper_corners = [p[2], p[3], p[4], p[5]]
        upper = _side(mesh, side, upper_corners, scale(paint, 0.9), lean=0.45)
        pane = _inset(upper_corners, 0.09)
        mesh.decal(upper, [(side * hw, y, z) for z, y, hw in pane], SIDE_GLASS)
        pillar = (p[3][0] + p[4][0]) / 2 - 0.05
        bottom, top = pane[0][1], pane[1][1]
        for z in (pillar,) if kind == "hatchback" else (pillar + 0.1, pillar - 1.0):
            if z < pane[2][0] - 0.25:
                continue
            post: list[Vec] = [
                (side * p[2][2], bottom, z + 0.05),
                (side * p[2][2], bottom, z - 0.05),
                (side * p[3][2], top, z - 0.04),
                (side * p[3][2], top, z + 0.04),
            ]
            mesh.decal(upper, post, scale(paint, 0.55), fine=True)
        belt, sill = p[2][1] - 0.06, p[0][1] + 0.12
        hw = p[2][2]
        strip: list[Vec] = [
            (side * hw, p[0][1], p[0][0] - 0.1),
            (side * hw, p[0][1], p[-1][0] + 0.1),
            (side * hw, sill, p[-1][0] + 0.1),
            (side * hw, sill, p[0][0] - 0.1),
        ]
        mesh.decal(lower, strip, scale(paint, 0.45))
        for z in (p[2][0] - 0.25, pillar, pillar - 0.95):
            seam: list[Vec] = [
                (side * hw, sill, z),
                (side * hw, sill, z - 0.025),
                (side * hw, belt, z - 0.025),
                (side * hw, belt, z),
            ]
            mesh.decal(lower, seam, scale(paint, 0.6), fine=True)
        for z in (pillar + 0.12, pillar - 0.85):
            handle: list[Vec] = [
                (side * hw, belt - 0.10, z),
                (side * hw, belt - 0.10, z + 0.2),
                (side * hw, belt - 0.06, z + 0.2),
                (side * hw, belt - 0.06, z),
            ]
            mesh.decal(lower, handle, scale(paint, 0.5), fine=True)
        sides[side] = lower
    radius = 0.36 if kind == "suv" else 0.32
    _wheels(mesh, sides, [p[1][0] - 0.82, p[7][0] + 0.80], radius, p[2][2])
    return VehicleShape(kind, mesh, p[0][0] - p[-1][0], 2 * p[2][2], p[3][1], headlights, tails)


def _van(paint: Color, rng: np.random.Generator) -> VehicleShape:
    p: list[Knot] = [
        (2.60, 0.30, 0.92), (2.54, 0.98, 0.96), (1.95, 1.20, 0.98), (1.35, 2.06, 0.84),
        (-2.58, 2.16, 0.86), (-2.66, 0.30, 0.94),
    ]  # fmt: skip
    mesh = Mesh()
    nose = _band(mesh, p[0], p[1], paint)
    headlights = _front(mesh, nose, p[0], p[1], (0.66, 0.95))
    _band(mesh, p[1], p[2], paint)
    screen = _band(mesh, p[2], p[3], scale(paint, 0.8))
    mesh.decal(screen, _patch(p[2], p[3], -0.93, 0.93, 0.05, 0.92), GLASS)
    _band(mesh, p[3], p[4], paint)
    tail = _band(mesh, p[4], p[5], paint)
    tails = _tail(mesh, tail, p[4], p[5], (0.42, 0.62))
    for u0, u1 in ((-0.85, -0.08), (0.08, 0.85)):
        mesh.decal(tail, _patch(p[4], p[5], u0, u1, 0.10, 0.38), SIDE_GLASS)
    mesh.decal(tail, _patch(p[4], p[5], -0.015, 0.015, 0.06, 0.8), scale(paint, 0.5), fine=True)
    sides = {}
    stripe = None if rng.uniform() < 0.5 else PAINTS[int(rng.integers(6, len(PAINTS)))]
    for side in (-1.0, 1.0):
        face = _side(mesh, side, p, paint, lean=0.08)
        x = side * 0.98
        window: list[Vec] = [(x, 1.22, 1.75), (x, 1.22, 0.85), (x, 1.9, 0.85), (x, 1.9, 1.42)]
        mesh.decal(face, window, SIDE_GLASS)
        if stripe is not None:
            band: list[Vec] = [(x, 1.0, 0.6), (x, 1.0, -2.5), (x, 1.5, -2.5), (x, 1.5, 0.3)]
            mesh.decal(face, band, stripe)
        for z in (0.75, -0.6):
            seam: list[Vec] = [(x, 0.4, z), (x, 0.4, z - 0.03), (x, 2.0, z - 0.03), (x, 2.0, z)]
            mesh.decal(face, seam, scale(paint, 0.65), fine=True)
        sill: list[Vec] = [(x, 0.3, 2.4), (x, 0.3, -2.6), (x, 0.42, -2.6), (x, 0.42, 2.4)]
        mesh.decal(face, sill, TRIM)
        sides[side] = face
    _wheels(mesh, sides, [1.72, -1.75], 0.35, 0.97)
    return VehicleShape("van", mesh, 5.26, 1.96, 2.16, headlights, tails)


def _bus(paint: Color, rng: np.random.Generator) -> VehicleShape:
    p: list[Knot] = [
        (5.30, 0.30, 1.22), (5.34, 1.05, 1.25), (5.10, 2.90, 1.22), (-5.26, 2.96, 1.22),
        (-5.34, 0.30, 1.24),
    ]  # fmt: skip
    mesh = Mesh()
    accent = mix(paint, (0.96, 0.96, 0.95), 0.85)
    nose = _band(mesh, p[0], p[1], paint)
    headlights = _front(mesh, nose, p[0], p[1], (0.45, 0.72))
    screen = _band(mesh, p[1], p[2], paint)
    mesh.decal(screen, _patch(p[1], p[2], -0.94, 0.94, 0.04, 0.78), GLASS)
    mesh.decal(screen, _patch(p[1], p[2], -0.7, 0.7, 0.82, 0.95), (0.08, 0.08, 0.08))
    mesh.decal(screen, _patch(p[1], p[2], -0.45, 0.40, 0.85, 0.92), (0.95, 0.65, 0.15), True, True)
    _band(mesh, p[2], p[3], accent)
    tail = _band(mesh, p[3], p[4], paint)
    tails = _tail(mesh, tail, p[3], p[4], (0.62, 0.74))
    mesh.decal(tail, _patch(p[3], p[4], -0.88, 0.88, 0.08, 0.42), SIDE_GLASS)
    sides = {}
    for side in (-1.0, 1.0):
        face = _side(mesh, side, p, paint, lean=0.03)
        x = side * 1.25
        z = 4.7
        while z > -4.9:
            pane: list[Vec] = [(x, 1.30, z), (x, 1.30, z - 1.22), (x, 2.42, z - 1.22), (x, 2.42, z)]
            mesh.decal(face, pane, SIDE_GLASS, glows=False)
            z -= 1.36
        top: list[Vec] = [(x, 2.60, 5.0), (x, 2.60, -5.2), (x, 2.90, -5.2), (x, 2.90, 5.0)]
        mesh.decal(face, top, accent)
        sill: list[Vec] = [(x, 0.3, 5.2), (x, 0.3, -5.3), (x, 0.5, -5.3), (x, 0.5, 5.2)]
        mesh.decal(face, sill, TRIM)
        if side > 0:
            for z in (4.6, 0.3):
                door: list[Vec] = [
                    (x, 0.42, z),
                    (x, 0.42, z - 1.2),
                    (x, 2.45, z - 1.2),
                    (x, 2.45, z),
                ]
                mesh.decal(face, door, mix(SIDE_GLASS, paint, 0.15))
        sides[side] = face
    _wheels(mesh, sides, [3.1, -2.9], 0.48, 1.24)
    return VehicleShape("bus", mesh, 10.68, 2.5, 2.96, headlights, tails)


def _truck(paint: Color, rng: np.random.Generator) -> VehicleShape:
    mesh = Mesh()
    cargo = [(0.93, 0.93, 0.91), (0.93, 0.93, 0.91), (0.30, 0.45, 0.60), (0.80, 0.55, 0.25)][
        int(rng.integers(4))
    ]
    cab: list[Knot] = [
        (3.60, 0.42, 1.08), (3.62, 1.10, 1.10), (3.42, 2.20, 1.06), (2.20, 2.28, 1.04),
        (2.05, 0.50, 1.08),
    ]  # fmt: skip
    nose = _band(mesh, cab[0], cab[1], paint)
    headlights = _front(mesh, nose, cab[0], cab[1], (0.20, 0.50))
    screen = _band(mesh, cab[1], cab[2], paint)
    mesh.decal(screen, _patch(cab[1], cab[2], -0.93, 0.93, 0.14, 0.84), GLASS)
    _band(mesh, cab[2], cab[3], paint)
    box: list[Knot] = [
        (1.95, 0.85, 1.18), (1.95, 3.05, 1.18), (-3.55, 3.05, 1.18), (-3.55, 0.85, 1.18),
    ]  # fmt: skip
    _band(mesh, box[0], box[1], cargo, bias=0.3)
    _band(mesh, box[1], box[2], scale(cargo, 0.97))
    tail = _band(mesh, box[2], box[3], cargo)
    mesh.decal(tail, _patch(box[2], box[3], -0.95, 0.95, 0.05, 0.93), scale(cargo, 0.93))
    mesh.decal(tail, _patch(box[2], box[3], -0.02, 0.02, 0.05, 0.93), scale(cargo, 0.6))
    under: list[Knot] = [(-3.5, 0.85, 1.1), (-3.5, 0.42, 1.1)]
    rear = _band(mesh, under[0], under[1], (0.16, 0.16, 0.17))
    tails = _tail(mesh, rear, under[0], under[1], (0.10, 0.60))
    sides = {}
    for side in (-1.0, 1.0):
        cab_side = _side(mesh, side, cab, paint, lean=0.04)
        x = side * 1.1
        window: list[Vec] = [(x, 1.3, 3.42), (x, 1.3, 2.5), (x, 2.02, 2.5), (x, 2.02, 3.28)]
        mesh.decal(cab_side, window, SIDE_GLASS)
        cargo_side = _side(mesh, side, box, cargo)
        if rng.uniform() < 0.6:
            c = PAINTS[int(rng.integers(6, len(PAINTS)))]
            bx = side * 1.18
            logo: list[Vec] = [(bx, 1.5, 1.2), (bx, 1.5, -2.6), (bx, 2.3, -2.9), (bx, 2.3, 0.9)]
            mesh.decal(cargo_side, logo, c)
        chassis = _side(
            mesh, side, [(2.2, 0.42, 1.1), (2.2, 0.85, 1.1), (-3.5, 0.85, 1.1), (-3.5, 0.42, 1.1)],
            (0.16, 0.16, 0.17),
        )  # fmt: skip
        sides[side] = chassis
        mesh.wheel(cab_side, (side * 1.09, 0.46, 2.75), 0.46)
    _wheels(mesh, sides, [2.75, -2.3], 0.46, 1.09)
    return VehicleShape("truck", mesh, 7.2, 2.36, 3.05, headlights, tails)


_MAKERS: Final[dict[str, Callable[[Color, np.random.Generator], VehicleShape]]] = {
    "hatchback": lambda paint, rng: _passenger_car("hatchback", paint, rng),
    "sedan": lambda paint, rng: _passenger_car("sedan", paint, rng),
    "estate": lambda paint, rng: _passenger_car("estate", paint, rng),
    "suv": lambda paint, rng: _passenger_car("suv", paint, rng),
    "van": _van,
    "truck": _truck,
    "bus": _bus,
}
_SHARES: Final = (0.26, 0.20, 0.12, 0.20, 0.10, 0.06, 0.06)


def make_vehicle(rng: np.random.Generator, small: bool = False) -> VehicleShape:
    """A random vehicle; ``small`` leaves out trucks and buses (for parking places)."""
    kinds = list(_MAKERS)
    shares = np.array(_SHARES)
    if small:
        shares[5:] = 0.0
    kind = str(rng.choice(kinds, p=shares / shares.sum()))
    paint = PAINTS[int(rng.integers(len(PAINTS)))]
    if kind == "bus":
        paint = [(0.72, 0.10, 0.11), (0.90, 0.62, 0.10), (0.12, 0.36, 0.62), (0.15, 0.45, 0.32)][
            int(rng.integers(4))
        ]
    if kind == "van" and rng.uniform() < 0.6:
        paint = (0.90, 0.91, 0.92)
    jitter = rng.uniform(0.92, 1.08, 3)
    paint = (
        min(paint[0] * jitter[0], 1.0),
        min(paint[1] * jitter[1], 1.0),
        min(paint[2] * jitter[2], 1.0),
    )
    return _MAKERS[kind](paint, rng)
