"""People, cyclists and motorcyclists: skeletons of round-ended limbs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from .drawing import Color, Drawing, mix, scale

if TYPE_CHECKING:
    from .camera import Camera
    from .light import Light

Array = NDArray[np.float64]
Vec = tuple[float, float, float]

SKINS: Final[list[Color]] = [
    (0.96, 0.80, 0.68), (0.90, 0.70, 0.55), (0.76, 0.55, 0.40), (0.55, 0.37, 0.26),
    (0.36, 0.24, 0.18),
]  # fmt: skip
HAIR: Final[list[Color]] = [
    (0.10, 0.08, 0.07), (0.24, 0.15, 0.10), (0.45, 0.28, 0.15), (0.78, 0.62, 0.36),
    (0.62, 0.62, 0.62), (0.50, 0.20, 0.10),
]  # fmt: skip
TOPS: Final[list[Color]] = [
    (0.78, 0.16, 0.18), (0.15, 0.32, 0.60), (0.92, 0.92, 0.90), (0.16, 0.17, 0.20),
    (0.90, 0.66, 0.16), (0.22, 0.46, 0.34), (0.60, 0.32, 0.52), (0.42, 0.60, 0.72),
    (0.86, 0.50, 0.30), (0.50, 0.52, 0.55), (0.36, 0.26, 0.20), (0.94, 0.76, 0.76),
]  # fmt: skip
TROUSERS: Final[list[Color]] = [
    (0.17, 0.22, 0.36), (0.12, 0.12, 0.14), (0.30, 0.36, 0.50), (0.46, 0.40, 0.30),
    (0.32, 0.33, 0.34), (0.66, 0.60, 0.48), (0.22, 0.28, 0.22),
]  # fmt: skip


@dataclass
class Limb:
    """A stroke, polygon or ball in local metres: x right, y up, z ahead."""

    kind: str
    points: list[Vec]
    width_m: float
    color: Color
    bias: float = 0.0  #: metres added to its depth when limbs are ordered
    glows: bool = False


@dataclass
class Look:
    """How one person is built and dressed."""

    height_m: float
    skin: Color
    hair: Color
    top: Color
    legs: Color
    shoes: Color
    style: str  #: "plain", "coat", "skirt"
    bag: str  #: "", "backpack", "bag"
    hat: str  #: "", "cap", "helmet", "hood"
    bag_color: Color
    build: float


def make_look(rng: np.random.Generator) -> Look:
    """A random person."""
    child = rng.uniform() < 0.08
    return Look(
        height_m=float(rng.uniform(1.15, 1.4) if child else rng.normal(1.73, 0.08)),
        skin=SKINS[int(rng.integers(len(SKINS)))],
        hair=HAIR[int(rng.integers(len(HAIR)))],
        top=TOPS[int(rng.integers(len(TOPS)))],
        legs=TROUSERS[int(rng.integers(len(TROUSERS)))],
        shoes=[(0.12, 0.10, 0.10), (0.85, 0.85, 0.85), (0.40, 0.22, 0.14)][int(rng.integers(3))],
        style=str(rng.choice(["plain", "coat", "skirt"], p=[0.62, 0.22, 0.16])),
        bag=str(rng.choice(["", "backpack", "bag"], p=[0.5, 0.25, 0.25])),
        hat=str(rng.choice(["", "cap", "hood"], p=[0.78, 0.14, 0.08])),
        bag_color=TOPS[int(rng.integers(len(TOPS)))],
        build=float(rng.uniform(0.9, 1.18)),
    )


def _head(look: Look, at: Vec, h: float, limbs: list[Limb]) -> None:
    x, y, z = at
    r = 0.068 * h
    limbs.append(
        Limb("line", [(x, y - 0.10 * h, z - 0.005), (x, y, z)], 0.062 * h, look.skin, -0.01)
    )
    limbs.append(Limb("ball", [(x, y, z + 0.008)], r * 0.94, look.skin, -0.02))
    if look.hat == "helmet":
        limbs.append(Limb("ball", [(x, y + 0.012 * h, z)], r * 1.22, look.bag_color, -0.015))
        limbs.append(
            Limb(
                "line",
                [(x - 0.03, y, z + 0.07), (x + 0.03, y, z + 0.07)],
                r * 0.9,
                (0.10, 0.12, 0.14),
            )
        )
        return
    tone = look.top if look.hat == "hood" else look.bag_color if look.hat == "cap" else look.hair
    limbs.append(Limb("ball", [(x, y + 0.022 * h, z - 0.018 * h)], r * 0.98, tone, 0.0))
    crown = [
        (x - 0.028 * h, y + 0.050 * h, z + 0.02 * h),
        (x + 0.028 * h, y + 0.050 * h, z + 0.02 * h),
    ]
    limbs.append(Limb("line", crown, r * 0.62, tone, -0.03))
    if look.hat == "cap":
        peak = [(x - 0.02, y + 0.03 * h, z + 0.11), (x + 0.02, y + 0.03 * h, z + 0.11)]
        limbs.append(Limb("line", peak, 0.035, tone, -0.02))


def walker(look: Look, phase: float, moving: bool = True) -> list[Limb]:
    """A standing or walking person; ``phase`` in radians, one turn per two steps."""
    h = look.height_m
    limbs: list[Limb] = []
    swing = 0.46 if moving else 0.04
    bob = 0.012 * h * abs(math.cos(phase)) if moving else 0.0
    hip_y, shoulder_y = 0.51 * h + bob, 0.815 * h + bob
    thigh, shin = 0.25 * h, 0.245 * h
    b = look.build
    bare = look.style == "skirt"
    for side in (-1.0, 1.0):
        a = swing * math.sin(phase + (0.0 if side > 0 else math.pi))
        lift = max(0.0, math.cos(phase + (0.0 if side > 0 else math.pi))) if moving else 0.0
        bend = 0.10 + 0.75 * lift * (1.0 if moving else 0.0)
        x = side * 0.052 * h * b
        hip = (x, hip_y, 0.0)
        knee = (x, hip_y - thigh * math.cos(a), thigh * math.sin(a))
        low = a - bend
        ankle_y = max(knee[1] - shin * math.cos(low), 0.035 * h)
        ankle = (x, ankle_y, knee[2] + shin * math.sin(low))
        toe_drop = 0.018 * h if lift < 0.3 else 0.035 * h
        toe = (x * 1.15, max(ankle_y - toe_drop, 0.018 * h), ankle[2] + 0.085 * h)
        tone = look.legs if not bare else mix(look.skin, look.legs, 0.25)
        limbs.append(Limb("line", [hip, knee], (0.088 if not bare else 0.07) * h * b, tone, 0.02))
        limbs.append(Limb("line", [knee, ankle], (0.066 if not bare else 0.05) * h * b, tone, 0.02))
        limbs.append(Limb("line", [ankle, toe], 0.044 * h, look.shoes, 0.01))
        sw = -0.8 * swing * math.sin(phase + (0.0 if side > 0 else math.pi))
        shoulder = (side * 0.112 * h * b, shoulder_y - 0.01 * h, 0.0)
        elbow = (
            side * 0.135 * h * b,
            shoulder[1] - 0.165 * h * math.cos(sw),
            0.165 * h * math.sin(sw) - 0.01,
        )
        fore = sw + 0.35
        hand = (
            side * 0.135 * h * b,
            elbow[1] - 0.15 * h * math.cos(fore),
            elbow[2] + 0.15 * h * math.sin(fore),
        )
        sleeve = scale(look.top, 0.92)
        limbs.append(Limb("line", [shoulder, elbow], 0.062 * h * b, sleeve))
        limbs.append(Limb("line", [elbow, hand], 0.050 * h * b, sleeve))
        limbs.append(Limb("ball", [hand], 0.026 * h, look.skin))
        if look.bag == "bag" and side > 0:
            x0, y0, z0 = hand
            limbs.append(
                Limb(
                    "poly",
                    [(x0, y0, z0 + 0.02), (x0, y0 - 0.20, z0 + 0.15), (x0, y0 - 0.20, z0 - 0.13)],
                    0.05,
                    look.bag_color,
                )
            )
    w, t = 0.088 * h * b, 0.075 * h * b
    torso: list[Vec] = [
        (-w, shoulder_y - 0.03 * h, 0.0),
        (w, shoulder_y - 0.03 * h, 0.0),
        (0.7 * w, hip_y + 0.03 * h, 0.0),
        (-0.7 * w, hip_y + 0.03 * h, 0.0),
    ]
    limbs.append(Limb("poly", torso, t, look.top))
    if look.style in ("coat", "skirt"):
        drop = 0.20 * h
        hem = look.top if look.style == "coat" else look.legs
        flare = 1.0 if look.style == "coat" else 1.35
        front = 0.45 * swing * thigh
        skirt: list[Vec] = [
            (-0.75 * w, hip_y + 0.06 * h, 0.0),
            (0.75 * w, hip_y + 0.06 * h, 0.0),
            (flare * w, hip_y - drop, front),
            (flare * w, hip_y - drop, -front),
            (-flare * w, hip_y - drop, -front),
            (-flare * w, hip_y - drop, front),
        ]
        limbs.append(Limb("hull", skirt, t * 0.7, scale(hem, 0.95), 0.015))
    if look.bag == "backpack":
        pack: list[Vec] = [
            (-0.6 * w, shoulder_y - 0.04 * h, -0.12),
            (0.6 * w, shoulder_y - 0.04 * h, -0.12),
            (0.6 * w, hip_y + 0.10 * h, -0.13),
            (-0.6 * w, hip_y + 0.10 * h, -0.13),
        ]
        limbs.append(Limb("poly", pack, 0.13, look.bag_color))
    _head(look, (0.0, 0.925 * h + bob, 0.015), h, limbs)
    return limbs


def _ring(center: Vec, radius: float, n: int = 20) -> list[Vec]:
    x, y, z = center
    return [
        (x, y + radius * math.sin(a), z + radius * math.cos(a))
        for a in np.linspace(0.0, 2.0 * math.pi, n)
    ]


def _spokes(center: Vec, radius: float, angle: float, count: int) -> list[Limb]:
    x, y, z = center
    out = []
    for k in range(count):
        a = -angle + k * math.pi / count
        dy, dz = radius * math.sin(a), radius * math.cos(a)
        out.append(
            Limb("line", [(x, y - dy, z - dz), (x, y + dy, z + dz)], 0.012, (0.6, 0.6, 0.62), 0.02)
        )
    return out


def _rider(
    look: Look, limbs: list[Limb], seat: Vec, grip: Vec, feet: list[Vec], lean: float
) -> None:
    """A person sitting at ``seat`` with hands at ``grip`` and feet at left and right ``feet``."""
    h, b = look.height_m, look.build
    back = 0.30 * h
    shoulder_y = seat[1] + back * math.cos(lean) + 0.04
    shoulder_z = seat[2] + back * math.sin(lean)
    w = 0.088 * h * b
    for side, foot in zip((-1.0, 1.0), feet, strict=True):
        hip = (side * 0.055 * h, seat[1] + 0.03, seat[2] + 0.02)
        reach = math.dist(hip, foot)
        thigh, shin = 0.25 * h, 0.25 * h
        reach = min(reach, thigh + shin - 0.01)
        along = (thigh**2 - shin**2 + reach**2) / (2 * reach)
        out = math.sqrt(max(thigh**2 - along**2, 0.0))
        dy, dz = (foot[1] - hip[1]) / reach, (foot[2] - hip[2]) / reach
        knee = (hip[0] * 1.2, hip[1] + dy * along + out * dz, hip[2] + dz * along - out * dy)
        limbs.append(Limb("line", [hip, knee], 0.085 * h * b, look.legs))
        limbs.append(Limb("line", [knee, foot], 0.062 * h * b, look.legs))
        toe = (foot[0], foot[1] - 0.01, foot[2] + 0.11)
        limbs.append(Limb("line", [foot, toe], 0.07, look.shoes))
        shoulder = (side * 0.11 * h * b, shoulder_y - 0.02, shoulder_z)
        hand = (side * grip[0], grip[1], grip[2])
        elbow = (
            side * (0.15 * h * b + 0.03),
            (shoulder[1] + hand[1]) / 2 - 0.05,
            (shoulder[2] + hand[2]) / 2 - 0.03,
        )
        sleeve = scale(look.top, 0.92)
        limbs.append(Limb("line", [shoulder, elbow], 0.060 * h * b, sleeve))
        limbs.append(Limb("line", [elbow, hand], 0.050 * h * b, sleeve))
        limbs.append(Limb("ball", [hand], 0.045, look.skin))
    torso: list[Vec] = [
        (-w, shoulder_y - 0.04, shoulder_z),
        (w, shoulder_y - 0.04, shoulder_z),
        (0.75 * w, seat[1] + 0.06, seat[2]),
        (-0.75 * w, seat[1] + 0.06, seat[2]),
    ]
    limbs.append(Limb("poly", torso, 0.078 * h * b, look.top))
    if look.bag == "backpack":
        pack: list[Vec] = [
            (-0.6 * w, shoulder_y - 0.06, shoulder_z - 0.13),
            (0.6 * w, shoulder_y - 0.06, shoulder_z - 0.13),
            (0.6 * w, seat[1] + 0.18, seat[2] - 0.10),
            (-0.6 * w, seat[1] + 0.18, seat[2] - 0.10),
        ]
        limbs.append(Limb("poly", pack, 0.13, look.bag_color))
    head = (0.0, shoulder_y + 0.11 * h, shoulder_z + 0.05 + 0.03 * math.sin(lean))
    _head(look, head, h, limbs)


def cyclist(look: Look, frame: Color, rolled_m: float) -> list[Limb]:
    """A person on a bicycle that has rolled ``rolled_m`` metres."""
    r = 0.34
    limbs: list[Limb] = []
    rear, front = (0.0, r, -0.52), (0.0, r, 0.54)
    for hub in (rear, front):
        limbs += _spokes(hub, r - 0.03, rolled_m / r, 5)
        limbs.append(Limb("line", _ring(hub, r - 0.02), 0.045, (0.09, 0.09, 0.10), 0.02))
    crank, seat_tube, head_tube = (0.0, 0.29, -0.08), (0.0, 0.82, -0.24), (0.0, 0.82, 0.36)
    for a, b in (
        (crank, seat_tube), (crank, head_tube), (seat_tube, head_tube), (rear, crank),
        (rear, seat_tube), (front, head_tube),
    ):  # fmt: skip
        limbs.append(Limb("line", [a, b], 0.045, frame, 0.01))
    limbs.append(Limb("line", [head_tube, (0.0, 1.02, 0.38)], 0.035, (0.2, 0.2, 0.2)))
    limbs.append(Limb("line", [(-0.27, 1.04, 0.34), (0.27, 1.04, 0.34)], 0.035, (0.12, 0.12, 0.12)))
    limbs.append(Limb("line", [(0.0, 0.94, -0.36), (0.0, 0.94, -0.16)], 0.09, (0.12, 0.10, 0.10)))
    limbs.append(Limb("ball", [(0.0, 0.72, -0.56)], 0.035, (0.85, 0.08, 0.08), -0.05, True))
    limbs.append(Limb("ball", [(0.0, 0.92, 0.46)], 0.04, (1.0, 0.97, 0.85), -0.05, True))
    turn = rolled_m / (r * 2.6)
    feet: list[Vec] = []
    for side, offset in ((-1.0, 0.0), (1.0, math.pi)):
        angle = -turn + offset
        pedal = (
            side * 0.12,
            crank[1] + 0.165 * math.sin(angle),
            crank[2] + 0.165 * math.cos(angle),
        )
        limbs.append(Limb("line", [crank, pedal], 0.03, (0.25, 0.25, 0.26)))
        feet.append((pedal[0], pedal[1] + 0.05, pedal[2] - 0.04))
    _rider(look, limbs, (0.0, 0.98, -0.26), (0.25, 1.05, 0.34), feet, 0.52)
    return limbs


def motorcyclist(look: Look, paint: Color, rolled_m: float) -> list[Limb]:
    """A person on a motorbike that has rolled ``rolled_m`` metres."""
    r = 0.32
    limbs: list[Limb] = []
    rear, front = (0.0, r, -0.68), (0.0, r, 0.72)
    for hub in (rear, front):
        limbs += _spokes(hub, r - 0.06, rolled_m / r, 4)
        limbs.append(Limb("line", _ring(hub, r - 0.06), 0.13, (0.09, 0.09, 0.10), 0.02))
    limbs.append(Limb("line", [front, (0.0, 0.95, 0.46)], 0.07, (0.55, 0.55, 0.57)))
    limbs.append(Limb("line", [rear, (0.0, 0.45, 0.0)], 0.08, (0.25, 0.25, 0.26)))
    engine: list[Vec] = [(0, 0.34, -0.22), (0, 0.34, 0.26), (0, 0.60, 0.34), (0, 0.60, -0.26)]
    limbs.append(Limb("poly", engine, 0.20, (0.22, 0.22, 0.24)))
    tank: list[Vec] = [(0, 0.72, -0.12), (0, 0.72, 0.42), (0, 0.90, 0.36), (0, 0.88, 0.0)]
    limbs.append(Limb("poly", tank, 0.20, paint))
    limbs.append(Limb("line", [(0, 0.80, -0.16), (0, 0.82, -0.58)], 0.19, (0.12, 0.11, 0.11)))
    limbs.append(Limb("line", [(0, 0.74, -0.50), (0, 0.84, -0.82)], 0.12, paint))
    fairing: list[Vec] = [
        (-0.10, 0.82, 0.52),
        (0.10, 0.82, 0.52),
        (0.08, 1.05, 0.46),
        (-0.08, 1.05, 0.46),
    ]
    limbs.append(Limb("poly", fairing, 0.12, paint))
    limbs.append(Limb("line", [(-0.36, 1.02, 0.34), (0.36, 1.02, 0.34)], 0.05, (0.12, 0.12, 0.12)))
    limbs.append(Limb("ball", [(0.0, 0.90, 0.60)], 0.085, (1.0, 0.97, 0.85), -0.1, True))
    limbs.append(Limb("ball", [(0.0, 0.84, -0.88)], 0.055, (0.85, 0.08, 0.08), -0.1, True))
    limbs.append(Limb("line", [(0.14, 0.36, -0.1), (0.16, 0.42, -0.85)], 0.10, (0.6, 0.6, 0.62)))
    feet: list[Vec] = [(-0.18, 0.36, 0.02), (0.18, 0.36, 0.02)]
    _rider(look, limbs, (0.0, 0.86, -0.28), (0.34, 1.04, 0.32), feet, 0.34)
    return limbs


def hull(points: list[list[float]]) -> list[list[float]]:
    """The convex hull of image points."""
    ordered = sorted(points)
    if len(ordered) < 3:
        return ordered

    def half(run: list[list[float]]) -> list[list[float]]:
        out: list[list[float]] = []
        for p in run:
            while len(out) > 1 and (out[-1][0] - out[-2][0]) * (p[1] - out[-2][1]) <= (
                out[-1][1] - out[-2][1]
            ) * (p[0] - out[-2][0]):
                out.pop()
            out.append(p)
        return out[:-1]

    return half(ordered) + half(ordered[::-1])


def draw_limbs(
    limbs: list[Limb],
    camera: Camera,
    light: Light,
    position: tuple[float, float],
    heading: float,
    grow: float = 1.0,
) -> Drawing:
    """Limbs standing on the ground at (x, z), turned by ``heading`` (0 looks along +z)."""
    flat_points: list[Any] = [p for limb in limbs for p in limb.points]
    c, s = math.cos(heading), math.sin(heading)
    local = np.array(flat_points, dtype=np.float64) * grow
    world = np.empty_like(local)
    world[:, 0] = local[:, 0] * c + local[:, 2] * s + position[0]
    world[:, 1] = local[:, 1]
    world[:, 2] = local[:, 2] * c - local[:, 0] * s + position[1]
    image, depth = camera.project(world)
    flat, far = image.tolist(), depth.tolist()
    here = light.at(*position)
    ordered = []
    start = 0
    for index, limb in enumerate(limbs):
        stop = start + len(limb.points)
        mean = sum(far[start:stop]) / (stop - start)
        ordered.append((mean + limb.bias, index, start, stop, mean))
        start = stop
    ordered.sort(reverse=True)
    drawing = Drawing()
    for _, index, start, stop, mean in ordered:
        limb = limbs[index]
        pixels_per_m = camera.focal_px / mean * grow
        width = limb.width_m * pixels_per_m
        if limb.glows and light.lamps_on:
            tone = light.fogged(limb.color, mean)
        else:
            tone = light.lit(limb.color, mean, here, 0.55)
        points = flat[start:stop]
        if limb.kind == "ball":
            drawing.disc(points[0][0], points[0][1], width, width, tone)
        elif limb.kind == "line":
            drawing.line(points, width, tone)
            if len(points) == 2 and width > 7.0:
                dx, dy = points[1][0] - points[0][0], points[1][1] - points[0][1]
                n = math.hypot(dx, dy) or 1.0
                if abs(dy) > 0.4 * n:
                    side = -0.22 * width * (1.0 if dy > 0 else -1.0)
                    shift = [[x + side * dy / n, y - side * dx / n] for x, y in points]
                    drawing.line(shift, width * 0.42, mix(tone, scale(tone, 1.25), 0.6))
        else:
            if limb.kind == "hull":
                points = hull(points)
            drawing.line([*points, points[0]], width, tone)
            drawing.fill(points, tone)
    return drawing
