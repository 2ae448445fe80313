"""Flat-shaded solids with decals, for vehicles."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .drawing import Color, Drawing, scale

if TYPE_CHECKING:
    from .camera import Camera
    from .light import Light

Array = NDArray[np.float64]
Vec = tuple[float, float, float]

_TURN: Final = np.linspace(0.0, 2.0 * math.pi, 18, endpoint=False)
_CIRCLE: Final = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)


@dataclass
class Decal:
    """A polygon glued onto a face. ``glows`` ones keep their colour at night."""

    start: int
    stop: int
    color: Color
    glows: bool = False
    fine: bool = False  #: left out when the object is far away


@dataclass
class Wheel:
    """A wheel glued onto a side face: point index of its centre and its radius."""

    center: int
    radius: float


@dataclass
class Face:
    """One outside polygon of a solid; hidden when it looks away from the camera."""

    start: int
    stop: int
    normal: Vec
    color: Color
    bias: float = 0.0  #: metres added to its depth when faces are ordered
    decals: list[Decal | Wheel] = field(default_factory=list)


class Mesh:
    """Faces in local coordinates: x to the object's right, y up, z to its front."""

    def __init__(self) -> None:
        self.faces: list[Face] = []
        self._points: list[Vec] = []
        self._array: Array | None = None

    def face(self, points: list[Vec], normal: Vec, color: Color, bias: float = 0.0) -> Face:
        """Add an outside face."""
        start, stop = self._add(points)
        face = Face(start, stop, normal, color, bias)
        self.faces.append(face)
        return face

    def decal(
        self,
        face: Face,
        points: list[Vec],
        color: Color,
        glows: bool = False,
        fine: bool = False,
    ) -> None:
        """Glue a polygon onto a face."""
        face.decals.append(Decal(*self._add(points), color, glows, fine))

    def wheel(self, face: Face, center: Vec, radius: float) -> None:
        """Glue a wheel onto a side face."""
        start, _ = self._add(
            [
                center,
                (center[0], center[1], center[2] + radius),
                (center[0], center[1] + radius, center[2]),
            ]
        )
        face.decals.append(Wheel(start, radius))

    def _add(self, points: list[Vec]) -> tuple[int, int]:
        start = len(self._points)
        self._points += points
        self._array = None
        return start, len(self._points)

    def draw(
        self,
        camera: Camera,
        light: Light,
        position: tuple[float, float],
        heading: float,
        rolled_m: float = 0.0,
        stretch: Vec = (1.0, 1.0, 1.0),
    ) -> Drawing:
        """The mesh standing on the ground at (x, z), turned by ``heading`` (0 looks along +z).

        ``rolled_m`` is the way travelled, which turns the wheels; ``stretch`` scales x, y, z.
        """
        if self._array is None:
            self._array = np.array(self._points)
        c, s = math.cos(heading), math.sin(heading)
        turn = np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])
        world = (self._array * stretch) @ turn.T + (position[0], 0.0, position[1])
        flat, depth = camera.project(world)
        image = flat.tolist()
        normals = np.array([face.normal for face in self.faces]) @ turn.T
        here = light.at(*position)
        order = []
        for index, face in enumerate(self.faces):
            middle = world[face.start : face.stop].mean(axis=0)
            if float(normals[index] @ (camera.position - middle)) > 0.0:
                order.append((float(depth[face.start : face.stop].mean()) + face.bias, index))
        order.sort(reverse=True)
        sun = np.array(light.sun_direction)
        drawing = Drawing()
        for far, index in order:
            face = self.faces[index]
            facing = max(float(normals[index] @ sun), 0.0)
            up = 0.86 + 0.14 * float(normals[index][1])
            color = light.lit(scale(face.color, up), far, here, facing)
            polygon = image[face.start : face.stop]
            drawing.shade(polygon, scale(color, 1.07), scale(color, 0.9))
            pixels_per_m = camera.focal_px / max(far, 0.6)
            for decal in face.decals:
                if isinstance(decal, Wheel):
                    self._wheel(drawing, decal, flat, light, far, here, rolled_m, pixels_per_m)
                elif not (decal.fine and pixels_per_m < 14.0):
                    if decal.glows and light.lamps_on:
                        tone = light.fogged(scale(decal.color, 1.4), far)
                    else:
                        tone = light.lit(decal.color, far, here, 0.25 + facing * 0.6)
                    drawing.fill(image[decal.start : decal.stop], tone)
        return drawing

    @staticmethod
    def _wheel(
        drawing: Drawing,
        wheel: Wheel,
        flat: Array,
        light: Light,
        depth: float,
        here: Color,
        rolled_m: float,
        pixels_per_m: float,
    ) -> None:
        center = flat[wheel.center]
        axes = flat[wheel.center + 1 : wheel.center + 3] - center
        round_ = _CIRCLE @ axes
        drawing.fill((center + round_).tolist(), light.lit((0.10, 0.10, 0.11), depth, here))
        if pixels_per_m * wheel.radius < 3.0:
            return
        rim = light.lit((0.62, 0.64, 0.67), depth, here)
        drawing.fill((center + 0.66 * round_).tolist(), rim)
        drawing.fill((center + 0.56 * round_).tolist(), light.lit((0.27, 0.28, 0.30), depth, here))
        angle = rolled_m / wheel.radius
        for k in range(5):
            a = -angle + k * 2.0 * math.pi / 5.0
            tip = center + 0.6 * (math.cos(a) * axes[0] + math.sin(a) * axes[1])
            drawing.line([center.tolist(), tip.tolist()], pixels_per_m * wheel.radius * 0.13, rim)
