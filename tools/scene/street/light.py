"""Time of day and weather: how colours look at a place of the street."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .drawing import Color, mix

Array = NDArray[np.float64]


@dataclass
class Light:
    """Everything that turns a surface's own colour into the colour the camera sees."""

    name: str
    ambient: Color
    sun: Color
    sun_direction: tuple[float, float, float]  #: unit vector towards the sun
    sky_top: Color
    sky_horizon: Color
    fog: Color
    fog_per_m: float
    shadow: float  #: darkness of cast shadows, 0..1
    lamps_on: bool = False
    rain: float = 0.0
    #: Street lamps that are lit: x, z of the pool of light on the ground.
    lamps: list[tuple[float, float]] = field(default_factory=list)

    LAMP: tuple[float, float, float] = (1.0, 0.80, 0.52)
    LAMP_REACH_M: float = 7.0

    def visibility(self, depth_m: float) -> float:
        """Share of an object's own colour left after the fog in front of it."""
        return math.exp(-self.fog_per_m * depth_m)

    def fogged(self, color: Color, depth_m: float) -> Color:
        """A colour that needs no lighting (a lit window, the sky), seen through the fog."""
        return mix(self.fog, color, self.visibility(depth_m))

    def lamp_light(self, x: Array, z: Array) -> Array:
        """Strength of the street lamps on the ground at (x, z); any shape."""
        total = np.zeros_like(x)
        for lamp_x, lamp_z in self.lamps:
            d2 = ((x - lamp_x) ** 2 + (z - lamp_z) ** 2) / self.LAMP_REACH_M**2
            total += 0.85 / (1.0 + 1.6 * d2 + d2 * d2)
        return np.minimum(total, 1.15)

    def at(self, x: float, z: float) -> Color:
        """Diffuse light at a place: ambient and street lamps, without the sun."""
        if not self.lamps:
            return self.ambient
        s = float(self.lamp_light(np.array(x), np.array(z)))
        a = self.ambient
        return (a[0] + s * self.LAMP[0], a[1] + s * self.LAMP[1], a[2] + s * self.LAMP[2])

    def lit(self, color: Color, depth_m: float, here: Color, facing: float = 0.4) -> Color:
        """``color`` under the diffuse light ``here`` with ``facing`` of the sun, through fog."""
        s = self.sun
        return self.fogged(
            (
                min(color[0] * (here[0] + facing * s[0]), 1.0),
                min(color[1] * (here[1] + facing * s[1]), 1.0),
                min(color[2] * (here[2] + facing * s[2]), 1.0),
            ),
            depth_m,
        )


def _unit(x: float, y: float, z: float) -> tuple[float, float, float]:
    n = math.sqrt(x * x + y * y + z * z)
    return (x / n, y / n, z / n)


def draw_light(rng: np.random.Generator, name: str | None = None) -> Light:
    """A random time of day and weather, or the one named."""
    names = ["day", "overcast", "dusk", "night", "fog", "rain"]
    name = name or str(rng.choice(names, p=[0.36, 0.16, 0.16, 0.14, 0.08, 0.10]))
    side = float(rng.choice([-1.0, 1.0]))
    turn = rng.uniform(0.3, 1.0) * side
    if name == "day":
        warm = rng.uniform(0.0, 1.0)
        return Light(
            name,
            ambient=(0.68, 0.71, 0.77),
            sun=mix((0.52, 0.49, 0.42), (0.58, 0.48, 0.33), warm),
            sun_direction=_unit(turn, rng.uniform(0.7, 1.3), rng.uniform(-0.8, 0.5)),
            sky_top=mix((0.25, 0.50, 0.83), (0.36, 0.58, 0.86), rng.uniform()),
            sky_horizon=mix((0.78, 0.88, 0.96), (0.92, 0.90, 0.84), warm),
            fog=(0.80, 0.86, 0.92),
            fog_per_m=rng.uniform(0.001, 0.004),
            shadow=rng.uniform(0.32, 0.48),
        )
    if name == "overcast":
        return Light(
            name,
            ambient=(0.84, 0.87, 0.91),
            sun=(0.12, 0.12, 0.12),
            sun_direction=_unit(0.1 * side, 1.0, 0.0),
            sky_top=(0.62, 0.68, 0.75),
            sky_horizon=(0.84, 0.87, 0.89),
            fog=(0.78, 0.81, 0.84),
            fog_per_m=rng.uniform(0.003, 0.007),
            shadow=0.0,
        )
    if name == "dusk":
        pink = rng.uniform()
        return Light(
            name,
            ambient=mix((0.50, 0.46, 0.56), (0.60, 0.52, 0.52), pink),
            sun=(0.42, 0.25, 0.12),
            sun_direction=_unit(turn, 0.30, 0.9),
            sky_top=mix((0.22, 0.26, 0.50), (0.36, 0.38, 0.62), pink),
            sky_horizon=mix((0.99, 0.62, 0.34), (0.98, 0.70, 0.52), pink),
            fog=mix((0.80, 0.56, 0.44), (0.72, 0.58, 0.60), pink),
            fog_per_m=rng.uniform(0.003, 0.006),
            shadow=0.22,
            lamps_on=True,
        )
    if name == "night":
        blue = rng.uniform()
        return Light(
            name,
            ambient=mix((0.26, 0.28, 0.38), (0.34, 0.36, 0.48), blue),
            sun=(0.04, 0.05, 0.08),
            sun_direction=_unit(turn, 1.0, 0.2),
            sky_top=(0.02, 0.03, 0.09),
            sky_horizon=mix((0.13, 0.13, 0.22), (0.20, 0.18, 0.26), blue),
            fog=(0.12, 0.12, 0.19),
            fog_per_m=rng.uniform(0.002, 0.006),
            shadow=0.0,
            lamps_on=True,
        )
    if name == "fog":
        tone = rng.uniform(0.66, 0.82)
        return Light(
            name,
            ambient=(0.74, 0.76, 0.80),
            sun=(0.06, 0.06, 0.06),
            sun_direction=_unit(0.1, 1.0, 0.0),
            sky_top=(tone, tone + 0.02, tone + 0.04),
            sky_horizon=(tone + 0.02, tone + 0.03, tone + 0.04),
            fog=(tone, tone + 0.02, tone + 0.03),
            fog_per_m=rng.uniform(0.012, 0.028),
            shadow=0.0,
            lamps_on=bool(rng.uniform() < 0.4),
        )
    if name == "rain":
        return Light(
            name,
            ambient=(0.70, 0.74, 0.80),
            sun=(0.05, 0.05, 0.05),
            sun_direction=_unit(0.1, 1.0, 0.0),
            sky_top=(0.45, 0.50, 0.57),
            sky_horizon=(0.66, 0.70, 0.74),
            fog=(0.60, 0.64, 0.69),
            fog_per_m=rng.uniform(0.005, 0.011),
            shadow=0.0,
            lamps_on=bool(rng.uniform() < 0.6),
            rain=rng.uniform(0.4, 1.0),
        )
    raise ValueError(f"unknown light {name!r}; known: {', '.join(names)}")
