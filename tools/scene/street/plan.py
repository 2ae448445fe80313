"""The plan of one street: widths, buildings, trees, lamps, signs and the camera over it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .camera import Camera
from .signs import Sign, make_sign

if TYPE_CHECKING:
    import numpy as np

    from .drawing import Color

LANE_M = 3.3
FAR_M = 150.0

WALLS: list[Color] = [
    (0.66, 0.36, 0.28), (0.80, 0.72, 0.60), (0.58, 0.64, 0.70), (0.84, 0.80, 0.72),
    (0.72, 0.52, 0.38), (0.60, 0.66, 0.56), (0.88, 0.76, 0.54), (0.52, 0.46, 0.46),
    (0.76, 0.60, 0.56), (0.46, 0.54, 0.60), (0.90, 0.86, 0.80), (0.56, 0.32, 0.26),
]  # fmt: skip


@dataclass
class Building:
    """A block along one pavement."""

    side: float  #: -1 left, 1 right
    start_z: float
    stop_z: float
    height_m: float
    wall: Color
    shop: Color
    seed: int


@dataclass
class Tree:
    """A street tree."""

    x: float
    z: float
    height_m: float
    seed: int


@dataclass
class Plan:
    """Where everything that stands still stands; x = 0 is the middle of the road."""

    lanes: int  #: per direction
    bike_lane_m: float
    parking_m: float
    pavement_m: float
    crossing_z: float | None  #: middle of the crossing street
    crossing_half_m: float
    buildings: list[Building]
    trees: list[Tree]
    lamps: list[tuple[float, float]]  #: foot of each lamp post
    signs: list[Sign]

    @property
    def lanes_x(self) -> float:
        """Outer edge of the lanes."""
        return self.lanes * LANE_M

    @property
    def curb_x(self) -> float:
        """Edge between road and pavement."""
        return self.lanes_x + self.bike_lane_m + self.parking_m

    @property
    def wall_x(self) -> float:
        """Edge between pavement and buildings."""
        return self.curb_x + self.pavement_m

    def in_crossing(self, z: float, margin_m: float = 0.0) -> bool:
        """Whether z lies in the mouth of the crossing street."""
        return (
            self.crossing_z is not None
            and abs(z - self.crossing_z) < self.crossing_half_m + margin_m
        )


def make_plan(rng: np.random.Generator) -> Plan:
    """A random street."""
    lanes = int(rng.choice([1, 1, 1, 2]))
    crossing = float(rng.uniform(24.0, 48.0)) if rng.uniform() < 0.6 else None
    plan = Plan(
        lanes=lanes,
        bike_lane_m=1.6 if rng.uniform() < 0.55 else 0.0,
        parking_m=2.2 if rng.uniform() < 0.75 else 0.4,
        pavement_m=float(rng.uniform(3.2, 5.2)),
        crossing_z=crossing,
        crossing_half_m=4.2,
        buildings=[],
        trees=[],
        lamps=[],
        signs=[],
    )
    gap = plan.crossing_half_m + 3.0
    for side in (-1.0, 1.0):
        z = -6.0
        while z < FAR_M:
            length = float(rng.uniform(8.0, 19.0))
            stop = z + length
            if crossing is not None and z < crossing + gap and stop > crossing - gap:
                if z < crossing - gap - 3.0:
                    stop = crossing - gap
                else:
                    z = crossing + gap
                    stop = z + length
            plan.buildings.append(
                Building(
                    side=side,
                    start_z=z,
                    stop_z=stop,
                    height_m=4.2 + 3.1 * int(rng.integers(1, 6)) + float(rng.uniform(0.0, 1.0)),
                    wall=WALLS[int(rng.integers(len(WALLS)))],
                    shop=WALLS[int(rng.integers(len(WALLS)))],
                    seed=int(rng.integers(1 << 31)),
                )
            )
            z = stop
        spacing, z = float(rng.uniform(9.0, 16.0)), float(rng.uniform(9.0, 18.0))
        if rng.uniform() < 0.72:
            while z < 110.0:
                if not plan.in_crossing(z, 4.0) and rng.uniform() < 0.85:
                    plan.trees.append(
                        Tree(
                            side * (plan.curb_x + 0.75),
                            z,
                            float(rng.uniform(4.8, 7.5)),
                            int(rng.integers(1 << 31)),
                        )
                    )
                z += spacing
        z = float(rng.uniform(10.0, 24.0))
        while z < 120.0:
            if not plan.in_crossing(z, 1.0):
                plan.lamps.append((side * (plan.curb_x + 0.45), z))
            z += 24.0
    places = [float(rng.uniform(9.0, 24.0)) for _ in range(int(rng.integers(1, 4)))]
    places += [float(rng.uniform(20.0, 50.0)) for _ in range(int(rng.integers(1, 4)))]
    if crossing is not None:
        places.append(crossing - 6.6)
    for z in places:
        side = -1.0 if rng.uniform() < 0.4 else 1.0
        if plan.in_crossing(z, 1.0) or any(
            s.x * side > 0.0 and abs(s.z - z) < 4.0 for s in plan.signs
        ):
            continue
        plan.signs.append(make_sign(rng, side * (plan.curb_x + float(rng.uniform(0.3, 0.6))), z))
    return plan


def make_camera(rng: np.random.Generator, plan: Plan, width: int, height: int) -> Camera:
    """A random fixed camera that looks along the street."""
    field = math.radians(float(rng.uniform(46.0, 68.0)))
    focal = width / (2.0 * math.tan(field / 2.0))
    horizon = float(rng.uniform(0.16, 0.36))
    x = float(rng.uniform(-0.95, 0.95)) * (plan.curb_x + 0.5)
    aim = float(rng.uniform(-0.35, 0.35)) * plan.curb_x
    return Camera(
        width,
        height,
        x_m=x,
        height_m=float(rng.uniform(3.2, 6.8)),
        pitch=math.atan((0.5 - horizon) * height / focal),
        yaw=math.atan2(aim - x, 38.0),
        field_of_view=field,
    )
