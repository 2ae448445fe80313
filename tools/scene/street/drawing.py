"""Vector drawings: what one object looks like from the camera, and which pixels it covers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import cairo
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Color = tuple[float, float, float]
Points = Sequence[Sequence[float]]

#: A pixel belongs to an object when the object's paint covers at least this much of it (of 255).
COVERED: Final = 100


def surface_of(pixels: NDArray[np.uint8], transparent: bool = False) -> Any:
    """A cairo surface that shares memory with ``pixels``.

    (h, w, 4) is BGRx, or premultiplied BGRA with ``transparent``; (h, stride) is alpha alone.
    """
    height, stride = pixels.shape[0], pixels.strides[0]
    if pixels.ndim == 3:
        form, width = cairo.FORMAT_ARGB32 if transparent else cairo.FORMAT_RGB24, pixels.shape[1]
    else:
        form, width = cairo.FORMAT_A8, stride
    return cairo.ImageSurface.create_for_data(pixels.data, form, width, height, stride)


def mix(a: Color, b: Color, t: float) -> Color:
    """Linear blend: ``a`` at t = 0, ``b`` at t = 1."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def scale(a: Color, factor: float) -> Color:
    """``a`` made darker or lighter."""
    return (min(a[0] * factor, 1.0), min(a[1] * factor, 1.0), min(a[2] * factor, 1.0))


def glow(context: Any, x: float, y: float, radius: float, color: Color, alpha: float) -> None:
    """Add a soft round light."""
    if radius < 0.5 or alpha <= 0.0:
        return
    pattern = cairo.RadialGradient(x, y, 0.0, x, y, radius)
    pattern.add_color_stop_rgba(0.0, *color, alpha)
    pattern.add_color_stop_rgba(0.25, *color, alpha * 0.45)
    pattern.add_color_stop_rgba(1.0, *color, 0.0)
    context.set_operator(cairo.OPERATOR_ADD)
    context.set_source(pattern)
    context.rectangle(x - radius, y - radius, 2 * radius, 2 * radius)
    context.fill()
    context.set_operator(cairo.OPERATOR_OVER)


class Drawing:
    """A list of shapes in image pixels, painted in order."""

    def __init__(self) -> None:
        self._shapes: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self._shapes)

    def fill(self, points: Points, color: Color, alpha: float = 1.0) -> None:
        """A filled polygon."""
        self._shapes.append(("fill", points, color, alpha))

    def shade(self, points: Points, top: Color, bottom: Color) -> None:
        """A polygon filled with a vertical gradient."""
        self._shapes.append(("shade", points, top, bottom))

    def line(self, points: Points, width: float, color: Color) -> None:
        """A stroke with round caps and joins; ``width`` in pixels."""
        self._shapes.append(("line", points, max(width, 0.4), color))

    def disc(self, x: float, y: float, rx: float, ry: float, color: Color) -> None:
        """A filled ellipse."""
        self._shapes.append(("disc", (x, y, rx, ry), color))

    def paint(self, context: Any, silhouette: bool = False) -> None:
        """Paint onto a cairo context; ``silhouette`` paints every shape opaque, in one colour."""
        if silhouette:
            context.set_source_rgba(0.0, 0.0, 0.0, 1.0)
        for shape in self._shapes:
            kind, points = shape[0], shape[1]
            if kind == "disc":
                x, y, rx, ry = points
                context.save()
                context.translate(x, y)
                context.scale(max(rx, 0.2), max(ry, 0.2))
                context.arc(0.0, 0.0, 1.0, 0.0, 2.0 * math.pi)
                context.restore()
            else:
                context.move_to(*points[0])
                for point in points[1:]:
                    context.line_to(*point)
            if kind == "line":
                if not silhouette:
                    context.set_source_rgb(*shape[3])
                context.set_line_width(shape[2])
                context.stroke()
                continue
            if not silhouette:
                if kind == "fill":
                    context.set_source_rgba(*shape[2], shape[3])
                elif kind == "disc":
                    context.set_source_rgb(*shape[2])
                else:
                    ys = [point[1] for point in points]
                    gradient = cairo.LinearGradient(0.0, min(ys), 0.0, max(ys))
                    gradient.add_color_stop_rgb(0.0, *shape[2])
                    gradient.add_color_stop_rgb(1.0, *shape[3])
                    context.set_source(gradient)
            context.fill()

    def extent(self) -> tuple[float, float, float, float] | None:
        """Left, top, right, bottom of everything drawn, or None when nothing is."""
        if not self._shapes:
            return None
        left = top = math.inf
        right = bottom = -math.inf
        for shape in self._shapes:
            if shape[0] == "disc":
                x, y, rx, ry = shape[1]
                lo_x, lo_y, hi_x, hi_y = x - rx, y - ry, x + rx, y + ry
            else:
                pad = shape[2] / 2.0 if shape[0] == "line" else 0.0
                xs = [point[0] for point in shape[1]]
                ys = [point[1] for point in shape[1]]
                lo_x, lo_y = min(xs) - pad, min(ys) - pad
                hi_x, hi_y = max(xs) + pad, max(ys) + pad
            left, top = min(left, lo_x), min(top, lo_y)
            right, bottom = max(right, hi_x), max(bottom, hi_y)
        return left, top, right, bottom

    def mask(self, width: int, height: int) -> tuple[int, int, NDArray[np.bool_]] | None:
        """The covered pixels of a ``width`` x ``height`` frame: left, top and a boolean crop.

        None when the drawing lies outside the frame.
        """
        extent = self.extent()
        if extent is None:
            return None
        left, top = max(int(extent[0]) - 1, 0), max(int(extent[1]) - 1, 0)
        right, bottom = min(int(extent[2]) + 2, width), min(int(extent[3]) + 2, height)
        if right <= left or bottom <= top:
            return None
        stride = (right - left + 3) // 4 * 4
        alpha = np.zeros((bottom - top, stride), np.uint8)
        surface = surface_of(alpha)
        context = new_context(surface)
        context.translate(-left, -top)
        self.paint(context, silhouette=True)
        surface.flush()
        return left, top, alpha[:, : right - left] >= COVERED


def new_context(surface: Any) -> Any:
    """A context with round caps and joins."""
    context = cairo.Context(surface)
    context.set_line_cap(cairo.LINE_CAP_ROUND)
    context.set_line_join(cairo.LINE_JOIN_ROUND)
    return context
