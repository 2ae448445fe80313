"""Who moves through the street: every actor's place is a function of time alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from .figures import (
    TOPS,
    Limb,
    Look,
    cyclist,
    draw_limbs,
    make_look,
    motorcyclist,
    walker,
)
from .plan import LANE_M, Plan
from .signs import Sign, draw_plate
from .vehicles import PAINTS, VehicleShape, make_vehicle

if TYPE_CHECKING:
    import numpy as np

    from .camera import Camera
    from .drawing import Color, Drawing
    from .light import Light
    from .mesh import Vec


class ClassId(IntEnum):
    """The detector's classes, in the order of its output channels."""

    VEHICLE = 0
    TWO_WHEELER = 1
    PERSON = 2
    ROAD_SIGN = 3


@dataclass(frozen=True)
class Pose:
    """Where an actor is at one moment."""

    x: float
    z: float
    heading: float  #: 0 looks along +z, pi / 2 along +x
    travelled_m: float
    lap: int  #: how often the actor has left the street and come back as somebody else


Path = Callable[[float], Pose]


def standing(x: float, z: float, heading: float) -> Path:
    """An actor that stays where it is."""
    pose = Pose(x, z, heading, 0.0, 0)
    return lambda _t: pose


def along(x: float, start_z: float, speed: float, low: float, high: float) -> Path:
    """A loop along the street from ``low`` to ``high``; negative speeds come towards us."""
    length = high - low

    def path(t: float) -> Pose:
        way = start_z - low + speed * t
        lap = math.floor(way / length)
        return Pose(x, low + way - lap * length, 0.0 if speed > 0 else math.pi, abs(speed) * t, lap)

    return path


def across(z: float, start_x: float, speed: float, reach: float) -> Path:
    """A loop across the street between x = -reach and reach."""

    def path(t: float) -> Pose:
        way = start_x + reach + speed * t
        lap = math.floor(way / (2 * reach))
        turn = math.pi / 2 if speed > 0 else -math.pi / 2
        return Pose(way - lap * 2 * reach - reach, z, turn, abs(speed) * t, lap)

    return path


@dataclass
class Actor:
    """One annotated object of the scene."""

    class_id: ClassId
    ident: int
    path: Path
    moves: bool
    draw: Callable[[Camera, Light, Pose], Drawing]
    #: Footprint on the ground: half width and half length; zero casts no shadow.
    half_width_m: float = 0.0
    half_length_m: float = 0.0
    height_m: float = 0.0
    headlights: tuple[Vec, ...] = ()
    tail_lights: tuple[Vec, ...] = ()

    def identity(self, pose: Pose) -> int:
        """The object id at a pose: a new one for every lap."""
        return self.ident + 1000 * (pose.lap % 1000)


def _vehicle(ident: int, shape: VehicleShape, path: Path, moves: bool) -> Actor:
    return Actor(
        ClassId.VEHICLE,
        ident,
        path,
        moves,
        lambda camera, light, p: shape.mesh.draw(
            camera, light, (p.x, p.z), p.heading, p.travelled_m
        ),
        shape.width_m / 2,
        shape.length_m / 2,
        shape.height_m,
        tuple(shape.headlights),
        tuple(shape.tail_lights),
    )


def _rider(ident: int, look: Look, motor: bool, paint: Color, path: Path) -> Actor:
    def draw(camera: Camera, light: Light, p: Pose) -> Drawing:
        limbs: list[Limb] = (motorcyclist if motor else cyclist)(look, paint, p.travelled_m)
        return draw_limbs(limbs, camera, light, (p.x, p.z), p.heading)

    head: tuple[Vec, ...] = ((0.0, 0.9, 0.6),)
    tail: tuple[Vec, ...] = ((0.0, 0.8, -0.8),)
    return Actor(ClassId.TWO_WHEELER, ident, path, True, draw, 0.28, 0.85, 1.6, head, tail)


def _person(ident: int, look: Look, path: Path, offset: float, moves: bool) -> Actor:
    def draw(camera: Camera, light: Light, p: Pose) -> Drawing:
        phase = offset + p.travelled_m * math.pi / (0.42 * look.height_m)
        limbs = walker(look, phase, moves)
        return draw_limbs(limbs, camera, light, (p.x, p.z), p.heading)

    return Actor(ClassId.PERSON, ident, path, moves, draw, 0.22, 0.2, look.height_m)


def _sign(ident: int, sign: Sign) -> Actor:
    return Actor(
        ClassId.ROAD_SIGN,
        ident,
        standing(sign.x, sign.z, 0.0),
        False,
        lambda camera, light, _p: draw_plate(sign, camera, light),
    )


class _Casting:
    """Hands out ids and makes actors from one random stream."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.actors: list[Actor] = []

    @property
    def _ident(self) -> int:
        return len(self.actors) + 1

    def vehicle(self, path: Path, moves: bool, small: bool = False,
                shape: VehicleShape | None = None) -> None:  # fmt: skip
        self.actors.append(
            _vehicle(self._ident, shape or make_vehicle(self.rng, small), path, moves)
        )

    def rider(self, path: Path, motor: bool) -> None:
        look = make_look(self.rng)
        look.height_m = max(look.height_m, 1.55)
        look.style = "plain"
        if motor or self.rng.uniform() < 0.55:
            look.hat, look.bag_color = "helmet", TOPS[int(self.rng.integers(len(TOPS)))]
        if look.bag == "bag":
            look.bag = ""
        paint = PAINTS[int(self.rng.integers(len(PAINTS)))]
        self.actors.append(_rider(self._ident, look, motor, paint, path))

    def person(self, path: Path, moves: bool = True) -> None:
        offset = float(self.rng.uniform(0.0, 6.28))
        self.actors.append(_person(self._ident, make_look(self.rng), path, offset, moves))

    def sign(self, sign: Sign) -> None:
        self.actors.append(_sign(self._ident, sign))

    def lane(self, x: float, way: float, low: float, high: float) -> None:
        """A lane of moving traffic; all of it at one speed, so that nothing collides."""
        speed = float(self.rng.uniform(5.5, 13.0)) * way
        z = low + float(self.rng.uniform(0.0, 8.0))
        busy = float(self.rng.uniform(0.4, 1.8))
        while z < high - 12.0:
            if self.rng.uniform() < 0.2:
                drift = float(self.rng.uniform(-0.7, 0.7))
                path = along(x + drift, z + 1.5, speed, low, high)
                self.rider(path, motor=bool(self.rng.uniform() < 0.75))
                z += 3.0
            else:
                shape = make_vehicle(self.rng)
                self.vehicle(along(x, z + shape.length_m / 2, speed, low, high), True, shape=shape)
                z += shape.length_m
            z += 5.0 + float(self.rng.exponential(14.0)) / busy

    def queue(self, x: float, way: float, stop_z: float, count: int) -> None:
        """Vehicles waiting at a stop line; ``way`` is +1 for those that look along +z."""
        z = stop_z - way * 0.6
        for _ in range(count):
            shape = make_vehicle(self.rng)
            z -= way * shape.length_m / 2
            self.vehicle(standing(x, z, 0.0 if way > 0 else math.pi), False, shape=shape)
            z -= way * (shape.length_m / 2 + float(self.rng.uniform(1.2, 2.5)))


def cast_traffic(rng: np.random.Generator, plan: Plan) -> list[Actor]:
    """Everybody in the street."""
    cast = _Casting(rng)
    middle = plan.crossing_z
    walk_now = middle is not None and rng.uniform() < 0.5
    for lane in range(plan.lanes):
        x = (lane + 0.5) * LANE_M
        if walk_now and middle is not None:
            reach = plan.crossing_half_m + 5.0
            cast.queue(x, 1.0, middle - reach, int(rng.integers(0, 4)))
            cast.queue(-x, -1.0, middle + reach, int(rng.integers(1, 5)))
        else:
            cast.lane(x, 1.0, -12.0, 150.0)
            cast.lane(-x, -1.0, -12.0, 150.0)
    if middle is not None:
        edge = plan.curb_x + 12.0
        for way in (1.0, -1.0):
            z = middle - way * 2.0
            if walk_now:
                speed, x = way * float(rng.uniform(6.0, 10.0)), -60.0
                while x < 55.0:
                    x += float(rng.exponential(16.0)) + 9.0
                    if rng.uniform() < 0.3:
                        cast.rider(across(z, x, speed, 65.0), bool(rng.uniform() < 0.6))
                    else:
                        cast.vehicle(across(z, x, speed, 65.0), True, shape=None)
                        x += 6.0
            elif rng.uniform() < 0.6:
                turn = math.pi / 2 * way
                cast.vehicle(standing(-way * (edge - 7.0), z, turn), False, small=True)
        for way in (-1.0, 1.0):
            if not walk_now:
                continue
            z = middle + way * (plan.crossing_half_m + 2.6)
            for _ in range(int(rng.integers(1, 5))):
                speed = float(rng.uniform(0.9, 1.5)) * (1.0 if rng.uniform() < 0.5 else -1.0)
                reach = plan.curb_x + 2.2
                cast.person(
                    across(
                        z + float(rng.uniform(-1.2, 1.2)), float(rng.uniform(-reach, reach)),
                        speed, reach,
                    )
                )  # fmt: skip
    if plan.parking_m > 1.0:
        for side in (-1.0, 1.0):
            x = side * (plan.curb_x - plan.parking_m / 2 + 0.05)
            z = float(rng.uniform(2.0, 12.0))
            fill = float(rng.uniform(0.2, 0.85))
            while z < 95.0:
                if rng.uniform() < fill and not plan.in_crossing(z, 10.5):
                    heading = 0.0 if side > 0 else math.pi
                    cast.vehicle(
                        standing(x + float(rng.uniform(-0.12, 0.12)), z, heading), False, small=True
                    )
                z += 6.1
    if plan.bike_lane_m:
        for side in (-1.0, 1.0):
            x = side * (plan.lanes_x + plan.bike_lane_m / 2)
            speed = float(rng.uniform(3.6, 6.2)) * side
            z = float(rng.uniform(0.0, 25.0))
            while z < 88.0 and not walk_now:
                cast.rider(along(x, z, speed, -3.0, 92.0), motor=False)
                z += 4.0 + float(rng.exponential(18.0))
    crowd = int(rng.integers(5, 20))
    for _ in range(crowd):
        side = -1.0 if rng.uniform() < 0.5 else 1.0
        inner, outer = plan.curb_x + 1.3, plan.wall_x - 0.6
        x = side * float(rng.uniform(inner, max(outer, inner + 0.3)))
        z = 4.0 + 76.0 * float(rng.uniform()) ** 1.35
        if rng.uniform() < 0.2:
            if not plan.in_crossing(z, 0.0):
                cast.person(standing(x, z, float(rng.uniform(0.0, 6.28))), moves=False)
            continue
        way = 1.0 if rng.uniform() < 0.5 else -1.0
        low, high = 1.0, 85.0
        if middle is not None and not walk_now:
            gap = plan.crossing_half_m + 1.0  # nobody walks in front of crossing cars
            if z < middle:
                high = middle - gap
            else:
                low = middle + gap
            z = min(max(z, low), high)
        speed = float(rng.uniform(0.8, 1.6)) * way
        cast.person(along(x, z, speed, low, high))
        if rng.uniform() < 0.25:  # a companion alongside
            cast.person(along(x - side * 0.72, z + 0.2, speed, low, high))
    for sign in plan.signs:
        cast.sign(sign)
    return cast.actors
