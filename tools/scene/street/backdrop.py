"""The street without its traffic: sky, road, pavements, markings and buildings."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import cairo
import numpy as np
from numpy.typing import NDArray

from .drawing import Color, glow, mix, new_context, scale, surface_of
from .plan import FAR_M, LANE_M, Building, Plan

if TYPE_CHECKING:
    from .camera import Camera
    from .light import Light

Array = NDArray[np.float64]


def paint_sky(context: Any, camera: Camera, light: Light, rng: np.random.Generator) -> None:
    """Sky, clouds or stars, and a far skyline."""
    w, h = camera.width, camera.height
    horizon = camera.point(0.0, camera.position[1], 4000.0)[1]
    gradient = cairo.LinearGradient(0, min(0.0, horizon - 0.45 * h), 0, horizon)
    gradient.add_color_stop_rgb(0.0, *light.sky_top)
    gradient.add_color_stop_rgb(1.0, *light.sky_horizon)
    context.set_source(gradient)
    context.paint()
    if light.name == "night":
        for _ in range(40):
            x, y = rng.uniform(0, w), rng.uniform(0, max(horizon, 1))
            glow(context, x, y, rng.uniform(0.6, 1.4) * w / 640, (0.9, 0.9, 1.0), 0.5)
    if light.name in ("day", "dusk"):
        sx, _, sz = light.sun_direction
        if sz > 0 or light.name == "dusk":
            x = w * (0.5 + 0.5 * sx)
            y = horizon - (0.06 if light.name == "dusk" else 0.3) * h
            glow(context, x, y, 0.55 * w, light.sky_horizon, 0.55)
        bright = mix(light.sky_horizon, (1, 1, 1), 0.6)
        for _ in range(int(rng.integers(2, 8))):
            cx, cy = rng.uniform(0, w), rng.uniform(-0.1, 0.85) * max(horizon, 20.0)
            size = rng.uniform(0.05, 0.16) * w
            for _ in range(14):
                x = cx + rng.normal(0, size)
                y = cy + abs(rng.normal(0, 0.16 * size)) * -1.0
                r = size * rng.uniform(0.25, 0.6)
                context.save()
                context.translate(x, y)
                context.scale(1.0, 0.38)
                puff = cairo.RadialGradient(0, 0, 0, 0, 0, r)
                puff.add_color_stop_rgba(0, *bright, 0.35)
                puff.add_color_stop_rgba(1, *bright, 0.0)
                context.set_source(puff)
                context.arc(0, 0, r, 0, 7)
                context.fill()
                context.restore()


def paint_skyline(context: Any, camera: Camera, light: Light, rng: np.random.Generator) -> None:
    """Far buildings and trees that close the street's end."""
    w, h = camera.width, camera.height
    horizon = camera.point(0.0, camera.position[1], 4000.0)[1]
    base = camera.point(0.0, 0.0, FAR_M + 4.0)[1]
    for layer, fog in ((0, 0.72), (1, 0.5)):
        x = -10.0
        tone = mix(light.lit((0.45, 0.48, 0.52), 1.0, light.ambient), light.sky_horizon, fog)
        while x < w:
            wide = rng.uniform(0.02, 0.07) * w
            tall = rng.uniform(0.02, 0.13 - 0.05 * layer) * h
            context.set_source_rgb(*tone)
            context.rectangle(x, horizon - tall, wide + 1, base - horizon + tall)
            context.fill()
            x += wide
    leaves = mix(light.lit((0.34, 0.44, 0.30), 1.0, light.ambient), light.sky_horizon, 0.35)
    context.set_source_rgb(*leaves)
    x = 0.0
    while x < w:
        radius = rng.uniform(0.008, 0.02) * w
        context.arc(x, base - 0.35 * radius, radius, math.pi, 0.0)
        context.close_path()
        context.fill()
        x += radius * 1.1


def paint_ground(pixels: NDArray[np.uint8], camera: Camera, light: Light, plan: Plan,
                 rng: np.random.Generator) -> None:  # fmt: skip
    """Asphalt and paving with grain, stains, lamp light and fog, straight into the pixels."""
    x, z, depth = camera.ground()
    rows = np.flatnonzero(np.isfinite(depth).any(axis=1))
    if len(rows) == 0:
        return
    top = int(rows[0])
    x, z, depth = x[top:], z[top:], depth[top:]
    ax = np.abs(x)
    crossing = np.zeros(x.shape, bool)
    if plan.crossing_z is not None:
        crossing = np.abs(z - plan.crossing_z) < plan.crossing_half_m
    road = (ax < plan.curb_x) | crossing
    asphalt = np.array(mix((0.43, 0.43, 0.45), (0.54, 0.53, 0.52), float(rng.uniform())))
    if light.rain:
        asphalt *= 0.72
    paving = np.array(mix((0.70, 0.68, 0.65), (0.80, 0.76, 0.69), float(rng.uniform())))
    base = np.where(road[..., None], asphalt, paving)
    grain, stains = _textures()
    du, dv = rng.uniform(0.0, 64.0, 2)
    fine = np.clip(camera.focal_px / depth / 30.0, 0.0, 1.0)

    def sample(tile: NDArray[Any], per_m: float) -> Array:
        n = tile.shape[0]
        u, v = (x + du) * per_m, (z + dv) * per_m
        return tile[v.astype(np.int64) % n, u.astype(np.int64) % n]  # type: ignore[no-any-return]

    tone = 1.0 + 0.05 * fine * sample(grain, 28.0) + 0.045 * sample(stains, 18.0)
    tone += 0.05 * sample(stains, 5.0)
    lane = np.abs(np.mod(ax, LANE_M) - LANE_M / 2)
    tracks = np.exp(-(((lane - 0.8) / 0.35) ** 2)) * (ax < plan.lanes_x)
    tone -= 0.07 * tracks * road
    joints = (np.mod(x, 1.2) < 0.05) | (np.mod(z, 1.2) < 0.05)
    tone -= 0.13 * fine * (joints & ~road)
    color = base * tone[..., None]
    sun_up = max(light.sun_direction[1], 0.0)
    strength = np.array(light.ambient) + sun_up * np.array(light.sun)
    if light.lamps:
        lamp = light.lamp_light(x, z)[..., None] * np.array(light.LAMP)
        color = color * (strength + lamp)
    else:
        color = color * strength
    seen = np.exp(-light.fog_per_m * depth)[..., None]
    color = np.array(light.fog) * (1.0 - seen) + color * seen
    ground = np.isfinite(depth) & (depth < 1500.0)
    out = np.clip(np.nan_to_num(color) * 255.0 + 0.5, 0, 255).astype(np.uint8)
    pixels[top:][ground, :3] = out[..., ::-1][ground]


@functools.cache
def _textures() -> tuple[Array, Array]:
    """Two tiling noise textures of unit deviation: fine grain and soft stains."""
    rng = np.random.default_rng(20)
    grain = _smooth(rng.normal(0.0, 1.0, (512, 512)), 1)
    return grain, _smooth(rng.normal(0.0, 1.0, (512, 512)), 40)


def _smooth(tile: Array, times: int) -> Array:
    for _ in range(times):
        for axis in (0, 1):
            tile = (tile + np.roll(tile, 1, axis) + np.roll(tile, -1, axis)) / 3.0
    return tile / tile.std()  # type: ignore[no-any-return]


class _Painter:
    """Fills world polygons with lit and fogged colours."""

    def __init__(self, context: Any, camera: Camera, light: Light) -> None:
        self.context, self.camera, self.light = context, camera, light

    def polygon(
        self, points: list[tuple[float, float, float]], color: Color,
        facing: float = 0.5, glows: bool = False, alpha: float = 1.0,
    ) -> None:  # fmt: skip
        clipped = self.camera.clip(np.array(points, dtype=np.float64))
        if len(clipped) < 3:
            return
        image, depth = self.camera.project(clipped)
        far = float(depth.mean())
        middle = clipped.mean(axis=0)
        if glows:
            tone = self.light.fogged(color, far)
        else:
            here = self.light.at(float(middle[0]), float(middle[2]))
            if middle[1] > 1.0 and self.light.lamps:
                fade = max(0.35, 1.0 - middle[1] / 12.0)
                here = mix(self.light.ambient, here, fade)
            tone = self.light.lit(color, far, here, facing)
        context = self.context
        context.set_source_rgba(*tone, alpha)
        flat = image.tolist()
        context.move_to(*flat[0])
        for point in flat[1:]:
            context.line_to(*point)
        context.fill()

    def wall(
        self, x: float, z0: float, z1: float, y0: float, y1: float, color: Color,
        facing: float = 0.5, glows: bool = False,
    ) -> None:  # fmt: skip
        """An upright rectangle along the street."""
        self.polygon([(x, y0, z0), (x, y0, z1), (x, y1, z1), (x, y1, z0)], color, facing, glows)

    def strip(self, x0: float, x1: float, z0: float, z1: float, color: Color, y: float = 0.0,
              facing: float = 0.7, alpha: float = 1.0) -> None:  # fmt: skip
        """A rectangle on the ground, cut so that fog and lamp light change along it."""
        z = max(z0, 0.5)
        while z < z1:
            stop = min(z + max(3.0, 0.15 * z), z1)
            self.polygon(
                [(x0, y, z), (x1, y, z), (x1, y, stop), (x0, y, stop)], color, facing, alpha=alpha
            )
            z = stop


def paint_markings(context: Any, camera: Camera, light: Light, plan: Plan,
                   rng: np.random.Generator) -> None:  # fmt: skip
    """Kerbs, lane lines, the zebra crossing and stop lines."""
    painter = _Painter(context, camera, light)
    white = mix((0.86, 0.86, 0.84), (0.96, 0.96, 0.94), float(rng.uniform()))
    yellow: Color = (0.92, 0.72, 0.20)
    kerb: Color = (0.74, 0.73, 0.70)
    spans = [(0.5, FAR_M)]
    if plan.crossing_z is not None:
        low, high = plan.crossing_z - plan.crossing_half_m, plan.crossing_z + plan.crossing_half_m
        spans = [(0.5, low - 1.5), (high + 1.5, FAR_M)]
        for x0, x1 in ((-FAR_M, -plan.curb_x - 1.5), (plan.curb_x + 1.5, FAR_M)):
            for z in (low, high):
                painter.polygon(
                    [(x0, 0, z - 0.15), (x1, 0, z - 0.15), (x1, 0, z + 0.15), (x0, 0, z + 0.15)],
                    kerb,
                )
            x = x0
            while x < x1:
                painter.polygon(
                    [(x, 0, plan.crossing_z - 0.07), (x + 2, 0, plan.crossing_z - 0.07),
                     (x + 2, 0, plan.crossing_z + 0.07), (x, 0, plan.crossing_z + 0.07)], white,
                )  # fmt: skip
                x += 5.0
    center = yellow if rng.uniform() < 0.35 else white
    style = rng.uniform()
    for z0, z1 in spans:
        for side in (-1.0, 1.0):
            x = side * plan.curb_x
            painter.strip(x - 0.16, x + 0.16, z0, z1, kerb)
            painter.strip(x - side * 0.16, x - side * 0.34, z0, z1, (0.25, 0.25, 0.26), alpha=0.5)
            if plan.bike_lane_m:
                edge = side * plan.lanes_x
                lane_paint = (0.62, 0.30, 0.24) if style < 0.5 else (0.25, 0.45, 0.36)
                painter.strip(edge, edge + side * plan.bike_lane_m, z0, z1, lane_paint, alpha=0.55)
                painter.strip(edge - 0.06, edge + 0.06, z0, z1, white)
            if plan.parking_m > 1.0:
                edge = side * (plan.lanes_x + plan.bike_lane_m)
                painter.strip(edge - 0.05, edge + 0.05, z0, z1, white, alpha=0.8)
            for lane in range(1, plan.lanes):
                x = side * lane * LANE_M
                z = math.ceil(z0 / 9.0) * 9.0
                while z + 3.0 < z1:
                    painter.strip(x - 0.07, x + 0.07, z, z + 3.0, white)
                    z += 9.0
        if plan.lanes > 1 or style < 0.4:
            painter.strip(-0.22, -0.08, z0, z1, center)
            painter.strip(0.08, 0.22, z0, z1, center)
        else:
            z = math.ceil(z0 / 6.0) * 6.0
            while z + 3.0 < z1:
                painter.strip(-0.07, 0.07, z, z + 3.0, center)
                z += 6.0
    if plan.crossing_z is not None:
        for way in (-1.0, 1.0):
            z = plan.crossing_z + way * (plan.crossing_half_m + 2.6)
            x = -plan.curb_x + 0.5
            while x < plan.curb_x - 0.4:
                painter.strip(x, x + 0.5, z - 1.5, z + 1.5, white)
                x += 1.0
            stop = z + way * 2.4
            x0, x1 = (0.25, plan.lanes_x) if way < 0 else (-plan.lanes_x, -0.25)
            painter.strip(x0, x1, stop - 0.2, stop + 0.2, white)


def paint_building(context: Any, camera: Camera, light: Light, plan: Plan, b: Building) -> None:
    """One block: the wall along the street, the end towards the camera, windows and a shop."""
    rng = np.random.default_rng(b.seed)
    painter = _Painter(context, camera, light)
    x = b.side * plan.wall_x
    back = b.side * (plan.wall_x + 12.0)
    facing = max(-b.side * light.sun_direction[0], 0.0) + 0.15
    end = max(-light.sun_direction[2], 0.0) + 0.1
    z0, z1, h = max(b.start_z, 0.3), b.stop_z, b.height_m
    if z1 < 1.0:
        return
    if b.start_z > 0.5:
        painter.polygon(
            [(x, 0, z0), (back, 0, z0), (back, h, z0), (x, h, z0)], scale(b.wall, 0.86), end
        )
        columns = 4
        for floor in range(1, int((h - 1.0) / 3.1)):
            for k in range(columns):
                wx = x + b.side * (1.6 + k * 2.7)
                wx2 = wx + b.side * 1.2
                y = 1.2 + floor * 3.1
                if rng.uniform() < 0.7:
                    painter.polygon(
                        [(wx, y, z0), (wx2, y, z0), (wx2, y + 1.6, z0), (wx, y + 1.6, z0)],
                        (0.25, 0.30, 0.36), 0.1,
                    )  # fmt: skip
    z = z0
    while z < z1:  # the wall, in slices so that light and fog change along it
        stop = min(z + max(4.0, 0.2 * z), z1)
        for y0, y1, color in ((0.0, 4.0, scale(b.wall, 0.92)), (4.0, h, b.wall)):
            painter.wall(x, z, stop, y0, y1, color, facing)
        z = stop
    ledge = scale(b.wall, 1.16)
    painter.wall(x, z0, z1, h - 0.35, h, ledge, facing)
    painter.wall(x, z0, z1, 3.8, 4.05, ledge, facing)
    span = z1 - b.start_z
    count = max(int(span / 2.9), 1)
    pitch = span / count
    lit_share = 0.42 if light.name == "night" else 0.25 if light.lamps_on else 0.0
    tall = rng.uniform(1.5, 1.95)
    wide = rng.uniform(1.1, 1.5)
    for floor in range(int((h - 4.6) / 3.1)):
        y = 4.95 + floor * 3.1
        for k in range(count):
            mid = b.start_z + (k + 0.5) * pitch
            near, far = mid - wide / 2, mid + wide / 2
            bright = rng.uniform()
            lit = rng.uniform() < lit_share
            if near < 0.6:
                continue
            if mid < 75.0:
                painter.wall(
                    x, near - 0.12, far + 0.12, y - 0.14, y + tall + 0.1, scale(ledge, 1.04), facing
                )
            pane = [(x, y, near), (x, y, far), (x, y + tall, far), (x, y + tall, near)]
            if lit:
                painter.polygon(
                    pane, mix((0.98, 0.78, 0.42), (0.75, 0.62, 0.42), bright), glows=True
                )
            else:
                glass = mix(
                    (0.20, 0.26, 0.33), mix(light.sky_top, (0.4, 0.45, 0.5), 0.5), 0.6 * bright
                )
                painter.polygon(pane, glass, facing * 0.5)
            if mid < 45.0:
                painter.wall(x, mid - 0.04, mid + 0.04, y, y + tall, scale(ledge, 0.95), facing)
    units = max(int(span / 5.5), 1)
    unit = span / units
    for k in range(units):
        a, c = b.start_z + k * unit + 0.35, b.start_z + (k + 1) * unit - 0.35
        tone = mix(b.shop, (0.2, 0.2, 0.22), rng.uniform(0, 0.5))
        style = rng.uniform()
        bright = rng.uniform()
        if a < 0.6:
            continue
        painter.wall(x, a, c, 0.0, 3.4, scale(tone, 0.7), facing)
        door = a + 1.3
        shop_lit = light.lamps_on and bright < 0.65
        glass = (
            (0.95, 0.80, 0.55) if shop_lit else mix((0.26, 0.33, 0.40), (0.52, 0.60, 0.66), bright)
        )
        painter.wall(x, door + 0.3, c - 0.25, 0.6, 2.6, glass, 0.4, glows=shop_lit)
        painter.wall(x, a + 0.25, door, 0.05, 2.5, scale(tone, 0.45), 0.3)
        painter.wall(x, a, c, 2.75, 3.35, tone, facing)
        if style < 0.45 and plan.pavement_m > 2.0:
            out = x - b.side * 1.25
            stripes = max(int((c - a) / 0.7), 1)
            for s in range(stripes):
                s0, s1 = a + (c - a) * s / stripes, a + (c - a) * (s + 1) / stripes
                color = tone if s % 2 else (0.93, 0.91, 0.87)
                painter.polygon(
                    [(x, 3.2, s0), (x, 3.2, s1), (out, 2.55, s1), (out, 2.55, s0)], color, 0.6
                )


def make_backdrop(camera: Camera, light: Light, plan: Plan, seed: int) -> tuple[
    NDArray[np.uint8], NDArray[np.uint8] | None
]:  # fmt: skip
    """The street as (h, w, 4) BGRx pixels, and the buildings this side of the crossing street.

    The latter is an ARGB layer (premultiplied), painted over whatever drives in the crossing
    street; None when there is no crossing.
    """
    rng = np.random.default_rng([seed, 77])
    pixels = np.zeros((camera.height, camera.width, 4), np.uint8)
    surface = surface_of(pixels)
    context = new_context(surface)
    paint_sky(context, camera, light, rng)
    surface.flush()
    paint_ground(pixels, camera, light, plan, rng)
    surface.mark_dirty()
    paint_skyline(context, camera, light, rng)
    paint_markings(context, camera, light, plan, rng)
    far_first = sorted(plan.buildings, key=lambda b: -b.start_z)
    near_layer = None
    near = []
    for building in far_first:
        if plan.crossing_z is not None and building.start_z < plan.crossing_z:
            near.append(building)
        else:
            paint_building(context, camera, light, plan, building)
    if near:
        near_layer = np.zeros_like(pixels)
        layer = surface_of(near_layer, transparent=True)
        layer_context = new_context(layer)
        for building in near:
            paint_building(layer_context, camera, light, plan, building)
        layer.flush()
    surface.flush()
    return pixels, near_layer
