"""One street scene: pictures and their exact ground truth."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .backdrop import make_backdrop
from .drawing import Drawing, glow, new_context, surface_of
from .figures import hull
from .lens import make_lens
from .light import draw_light
from .plan import make_camera, make_plan
from .props import draw_lamp, draw_tree, lamp_head
from .signs import draw_pole
from .traffic import Actor, ClassId, Pose, cast_traffic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .camera import Camera

#: Objects seen less than this share are marked ``ignore``.
MIN_VISIBILITY = 0.4
#: So are objects smaller than this square side, in pixels of a picture 640 wide.
MIN_SIDE_PX = 12.0
#: And those of which the fog leaves less contrast than this.
MIN_CONTRAST = 0.3

_Extent = tuple[float, float, float, float]  # left, top, right, bottom, also outside the frame


@dataclass(frozen=True)
class TruthBox:
    """Ground truth of one object: its whole extent, hidden parts included, inside the frame.

    Pixels; ``visibility`` is the share of the object's own pixels that the camera sees.
    ``ignore`` marks objects too hidden, too small or too faint to be asked of a detector:
    finding them is no error, missing them is none either.
    """

    class_id: int
    object_id: int
    left: int
    top: int
    width: int
    height: int
    visibility: float
    ignore: bool

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass
class _Sprite:
    """Something painted once: a premultiplied ARGB crop and the pixels it covers."""

    left: int
    top: int
    pixels: NDArray[np.uint8]
    surface: Any
    mask: NDArray[np.bool_]
    extent: _Extent


@dataclass
class _Layer:
    """One thing to paint. ``actor`` is None for scenery.

    Layers are painted from far to near in world z: along any ray of a camera that looks down the
    street z only grows, so what hides has the smaller z.
    """

    z: float
    depth: float  #: along the optical axis
    actor: Actor | None
    pose: Pose | None
    drawing: Drawing | None
    sprite: _Sprite | None


class Scene:
    """A street with traffic, drawn from ``seed`` alone.

    The same seed, size and frame rate give the same pixels and the same truth on one machine.
    Frames may be asked for in any order. Not safe to share between threads.
    """

    def __init__(
        self,
        seed: int,
        width: int = 1280,
        height: int = 720,
        fps: float = 30.0,
        light: str | None = None,
        lens: bool = True,
    ) -> None:
        """Plan the street. ``light`` names a time of day or weather instead of a random one."""
        self.seed, self.width, self.height, self.fps = seed, width, height, fps
        # One stream of random numbers per concern: another light leaves the traffic as it is.
        rng = np.random.default_rng([seed, 1])
        self.plan = make_plan(rng)
        self.camera = make_camera(rng, self.plan, width, height)
        self.light = draw_light(np.random.default_rng([seed, 2]), light)
        if self.light.name in ("dusk", "night") and self.light.lamps_on:
            reach = 1.0 if self.light.name == "night" else 0.0
            self.light.lamps = [
                (lamp_head(p)[0], p[1]) for p in self.plan.lamps if reach and p[1] < 110.0
            ]
        self.actors = cast_traffic(np.random.default_rng([seed, 3]), self.plan)
        rng = np.random.default_rng([seed, 4])
        self._lens = make_lens(rng, width, height, self.light.name == "night") if lens else None
        self._rain = rng.uniform(0.0, 1.0, (220, 3))
        self._backdrop, near = make_backdrop(self.camera, self.light, self.plan, seed)
        self._static = self._static_layers(near)
        self._bake_static_shadows()

    def render(self, frame_index: int) -> tuple[NDArray[np.uint8], list[TruthBox]]:
        """One frame: RGB pixels (height, width, 3) uint8, and the truth, nearest object last."""
        pixels = self._backdrop.copy()
        surface = surface_of(pixels)
        context = new_context(surface)
        owners = np.zeros((self.height, self.width), np.int16)
        layers = self._layers(frame_index / self.fps)
        for layer in layers:
            if layer.actor is not None and layer.actor.moves and layer.pose is not None:
                self._shadow(context, layer.actor, layer.pose)
                self._beams(context, layer.actor, layer.pose)
        seen: list[tuple[_Layer, int, int, NDArray[np.bool_], _Extent]] = []
        extent: _Extent
        for layer in layers:
            if layer.sprite is not None:
                sprite = layer.sprite
                left, top, mask, extent = sprite.left, sprite.top, sprite.mask, sprite.extent
                context.set_source_surface(sprite.surface, left, top)
                context.paint()
            else:
                drawing = layer.drawing
                found = drawing.mask(self.width, self.height) if drawing is not None else None
                box = drawing.extent() if drawing is not None else None
                if drawing is None or found is None or box is None:
                    continue
                left, top, mask = found
                extent = box
                drawing.paint(context)
            h, w = mask.shape
            crop = owners[top : top + h, left : left + w]
            if layer.actor is None:
                crop[mask] = 0
                continue
            number = len(seen) + 1
            crop[mask] = number
            seen.append((layer, left, top, mask, extent))
            if self.light.lamps_on and layer.pose is not None:
                self._glows(context, layer.actor, layer.pose)
        if self.light.lamps_on:
            self._lamp_glows(context)
        if self.light.rain:
            self._draw_rain(context, frame_index)
        surface.flush()
        rgb = np.ascontiguousarray(pixels[..., 2::-1])
        if self._lens is not None:
            rgb = self._lens.apply(rgb, np.random.default_rng([self.seed, 5, frame_index]))
        counts = np.bincount(owners.ravel(), minlength=len(seen) + 1)
        truth = []
        for number, (layer, left, top, mask, extent) in enumerate(seen, start=1):
            box_truth = self._truth(layer, left, top, mask, extent, int(counts[number]))
            if box_truth is not None:
                truth.append(box_truth)
        return rgb, truth

    def _truth(
        self, layer: _Layer, left: int, top: int, mask: NDArray[np.bool_],
        extent: _Extent, visible_px: int,
    ) -> TruthBox | None:  # fmt: skip
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(rows) == 0 or visible_px == 0 or layer.actor is None or layer.pose is None:
            return None
        width, height = int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1
        inside = _overlap(extent[0], extent[2], self.width) * _overlap(
            extent[1], extent[3], self.height
        )
        visibility = visible_px / int(mask.sum()) * inside
        small = math.sqrt(width * height) * 640.0 / self.width < MIN_SIDE_PX
        faint = self.light.visibility(layer.depth) < MIN_CONTRAST
        return TruthBox(
            int(layer.actor.class_id),
            layer.actor.identity(layer.pose),
            left + int(columns[0]),
            top + int(rows[0]),
            width,
            height,
            round(visibility, 4),
            bool(visibility < MIN_VISIBILITY or small or faint),
        )

    def _layers(self, time_s: float) -> list[_Layer]:
        layers = list(self._static)
        for actor in self.actors:
            if actor.moves:
                pose = actor.path(time_s)
                layer = self._layer(actor, pose)
                if layer is not None:
                    layers.append(layer)
        layers.sort(key=lambda layer: -layer.z)
        return layers

    def _layer(self, actor: Actor, pose: Pose) -> _Layer | None:
        u, _, depth = self.camera.point(pose.x, 0.7, pose.z)
        size = max(actor.half_length_m, 1.0)
        reach = size * self.camera.focal_px / depth
        # An object around or behind the image plane has no sensible outline: it is not there.
        if depth < size + 1.6 or u < -reach or u > self.width + reach or depth > 140.0:
            return None
        return _Layer(pose.z, depth, actor, pose, actor.draw(self.camera, self.light, pose), None)

    def _static_layers(self, near: NDArray[np.uint8] | None) -> list[_Layer]:
        layers = []
        scenery: list[tuple[float, Drawing]] = []  # z and what stands there
        camera, light = self.camera, self.light
        for tree in self.plan.trees:
            depth = camera.point(tree.x, 0.0, tree.z)[2]
            if depth > 4.0:
                scenery.append((tree.z, draw_tree(tree, camera, light)))
        for foot in self.plan.lamps:
            depth = camera.point(foot[0], 0.0, foot[1])[2]
            if depth > 3.0:
                scenery.append((foot[1], draw_lamp(foot, camera, light)))
        scenery += [(s.z + 0.05, draw_pole(s, camera, light)) for s in self.plan.signs]
        for z, drawing in scenery:
            sprite = _sprite(drawing, camera)
            if sprite is not None:
                layers.append(_Layer(z, 0.0, None, None, None, sprite))
        for actor in self.actors:
            if not actor.moves:
                layer = self._layer(actor, actor.path(0.0))
                if layer is not None and layer.drawing is not None:
                    layer.sprite = _sprite(layer.drawing, camera)
                    layer.drawing = None
                    if layer.sprite is not None:
                        layers.append(layer)
        if near is not None and self.plan.crossing_z is not None:
            z = self.plan.crossing_z - self.plan.crossing_half_m
            halves = _halves(near, near[..., 3] > 0)
            layers += [_Layer(z, 0.0, None, None, None, half) for half in halves]
        return layers

    def _footprint(self, pose: Pose, half_width: float, half_length: float) -> list[list[float]]:
        c, s = math.cos(pose.heading), math.sin(pose.heading)
        return [
            [pose.x + dx * half_width * c + dz * half_length * s,
             pose.z + dz * half_length * c - dx * half_width * s]
            for dx, dz in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]  # fmt: skip

    def _shadow(self, context: Any, actor: Actor, pose: Pose) -> None:
        """A soft contact shadow, and the one the sun casts."""
        if actor.half_length_m == 0.0:
            return
        depth = self.camera.point(pose.x, 0.0, pose.z)[2]
        if depth < 1.2:
            return
        fade = self.light.visibility(depth)
        for grow, alpha in ((1.18, 0.14), (1.02, 0.20), (0.86, 0.26)):
            feet = self._footprint(pose, actor.half_width_m * grow, actor.half_length_m * grow)
            self._ground_fill(context, [(x, z) for x, z in feet], alpha * fade)
        if self.light.shadow <= 0.0:
            return
        sx, sy, sz = self.light.sun_direction
        feet = self._footprint(pose, actor.half_width_m * 0.92, actor.half_length_m * 0.95)
        h = actor.height_m * 0.92
        reach = min(h / max(sy, 0.25), 6.0)
        tips = [(x - sx * reach, z - sz * reach) for x, z in feet]
        points = [list(p) for p in [*map(tuple, feet), *tips]]
        outline = hull(points)
        for grow, share in ((1.04, 0.4), (0.97, 0.6)):
            mx = sum(p[0] for p in outline) / len(outline)
            mz = sum(p[1] for p in outline) / len(outline)
            grown = [(mx + (p[0] - mx) * grow, mz + (p[1] - mz) * grow) for p in outline]
            self._ground_fill(context, grown, self.light.shadow * share * fade)

    def _ground_fill(self, context: Any, points: list[tuple[float, float]], alpha: float) -> None:
        world = self.camera.clip(np.array([(x, 0.0, z) for x, z in points]), 0.8)
        if len(world) < 3:
            return
        flat = self.camera.project(world)[0].tolist()
        context.set_source_rgba(0.02, 0.02, 0.05, alpha)
        context.move_to(*flat[0])
        for point in flat[1:]:
            context.line_to(*point)
        context.fill()

    def _bake_static_shadows(self) -> None:
        surface = surface_of(self._backdrop)
        context = new_context(surface)
        for layer in self._static:
            if layer.actor is not None and layer.pose is not None:
                self._shadow(context, layer.actor, layer.pose)
        surface.flush()

    def _lamp_points(
        self, actor: Actor, pose: Pose, front: bool
    ) -> list[tuple[float, float, float]]:
        c, s = math.cos(pose.heading), math.sin(pose.heading)
        lamps = actor.headlights if front else actor.tail_lights
        return [(pose.x + x * c + z * s, y, pose.z + z * c - x * s) for x, y, z in lamps]

    def _beams(self, context: Any, actor: Actor, pose: Pose) -> None:
        """Light of the headlamps on the road ahead."""
        if self.light.name != "night" or not actor.headlights:
            return
        ahead = 6.0
        x, z = pose.x + math.sin(pose.heading) * ahead, pose.z + math.cos(pose.heading) * ahead
        u, v, depth = self.camera.point(x, 0.0, z)
        if depth < 3.0:
            return
        ppm = self.camera.focal_px / depth
        flat = max(self.camera.position[1] / depth, 0.08)
        context.save()
        context.translate(u, v)
        context.scale(1.0, min(1.6 * flat, 1.0))
        glow(context, 0.0, 0.0, 4.2 * ppm, (1.0, 0.93, 0.74), 0.34 * self.light.visibility(depth))
        context.restore()

    def _glows(self, context: Any, actor: Actor, pose: Pose) -> None:
        if not actor.moves and actor.path(0.0).travelled_m == 0.0 and self._parked(actor, pose):
            return
        toward = math.atan2(pose.x - self.camera.position[0], pose.z)
        facing = -math.cos(pose.heading - toward)  # 1: its front looks at the camera
        strength = 1.0 if self.light.name == "night" else 0.45
        for front in (True, False):
            amount = facing if front else -facing
            if amount < 0.15:
                continue
            for point in self._lamp_points(actor, pose, front):
                u, v, depth = self.camera.point(*point)
                if depth < 2.5:
                    continue
                ppm = self.camera.focal_px / depth
                see = self.light.visibility(depth) * strength * amount
                if front:
                    glow(context, u, v, 0.75 * ppm + 2.0, (1.0, 0.95, 0.82), 0.85 * see)
                else:
                    glow(context, u, v, 0.38 * ppm + 1.0, (1.0, 0.10, 0.06), 0.7 * see)

    def _parked(self, actor: Actor, pose: Pose) -> bool:
        return actor.class_id == ClassId.VEHICLE and abs(pose.x) > self.plan.lanes_x

    def _lamp_glows(self, context: Any) -> None:
        strength = 0.9 if self.light.name == "night" else 0.45
        for foot in self.plan.lamps:
            u, v, depth = self.camera.point(*lamp_head(foot))
            if depth > 4.0:
                ppm = self.camera.focal_px / depth
                alpha = strength * self.light.visibility(depth)
                glow(context, u, v, 1.5 * ppm, (1.0, 0.84, 0.55), alpha)

    def _draw_rain(self, context: Any, frame_index: int) -> None:
        count = int(len(self._rain) * self.light.rain)
        size = self.height / 368.0
        context.set_source_rgba(0.86, 0.90, 0.96, 0.22)
        for x, y, near in self._rain[:count].tolist():
            length = (6.0 + 16.0 * near) * size
            top = ((y * 1.3 + frame_index * (0.045 + 0.06 * near)) % 1.3 - 0.15) * self.height
            left = ((x + 0.013 * frame_index * near) % 1.0) * self.width
            context.set_line_width((0.5 + 0.6 * near) * size)
            context.move_to(left, top)
            context.line_to(left + 0.12 * length, top + length)
            context.stroke()


def _overlap(low: float, high: float, limit: int) -> float:
    """Share of [low, high] that lies inside [0, limit]."""
    return max(min(high, limit) - max(low, 0.0), 0.0) / max(high - low, 1e-6)


def _sprite(drawing: Drawing, camera: Camera) -> _Sprite | None:
    found, extent = drawing.mask(camera.width, camera.height), drawing.extent()
    if found is None or extent is None:
        return None
    left, top, mask = found
    height, width = mask.shape
    pixels = np.zeros((height, width, 4), np.uint8)
    surface = surface_of(pixels, transparent=True)
    context = new_context(surface)
    context.translate(-left, -top)
    drawing.paint(context)
    surface.flush()
    return _Sprite(left, top, pixels, surface, mask, extent)


def _halves(pixels: NDArray[np.uint8], alpha: NDArray[np.bool_]) -> list[_Sprite]:
    """Left and right part of a full-frame layer, each cut to what it covers."""
    middle = pixels.shape[1] // 2
    out = []
    for start, stop in ((0, middle), (middle, pixels.shape[1])):
        part = alpha[:, start:stop]
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        if len(rows) == 0:
            continue
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        left, right = start + int(columns[0]), start + int(columns[-1]) + 1
        crop = np.ascontiguousarray(pixels[top:bottom, left:right])
        surface = surface_of(crop, transparent=True)
        extent = (float(left), float(top), float(right), float(bottom))
        out.append(_Sprite(left, top, crop, surface, alpha[top:bottom, left:right], extent))
    return out
