"""A pinhole camera above a street.

World axes: x to the right, y up, z along the street, in metres; the camera stands at
``(x, height, 0)``. Image axes: x to the right, y down, in pixels.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Points nearer than this (metres along the optical axis) are pushed to this depth.
NEAR_M = 0.6


class Camera:
    """Position, direction and lens of the camera; angles in radians."""

    def __init__(
        self,
        width: int,
        height: int,
        x_m: float,
        height_m: float,
        pitch: float,
        yaw: float,
        field_of_view: float,
    ) -> None:
        """``pitch`` is positive downwards, ``yaw`` to the right, ``field_of_view`` horizontal."""
        cp, sp = math.cos(pitch), math.sin(pitch)
        cy, sy = math.cos(yaw), math.sin(yaw)
        self.width = width
        self.height = height
        self.focal_px = width / (2.0 * math.tan(field_of_view / 2.0))
        self.position = np.array([x_m, height_m, 0.0])
        #: Rows: the image's right, the image's down, the optical axis.
        self.rotation = np.array(
            [(cy, 0.0, -sy), (-sy * sp, -cp, -cy * sp), (sy * cp, -sp, cy * cp)]
        )

    def project(self, points: Array) -> tuple[Array, Array]:
        """Image positions, shape (n, 2), and depths, shape (n,), of world points, shape (n, 3)."""
        eye = (points - self.position) @ self.rotation.T
        depth = np.maximum(eye[:, 2], NEAR_M)
        image = eye[:, :2] * (self.focal_px / depth)[:, None]
        image[:, 0] += self.width / 2.0
        image[:, 1] += self.height / 2.0
        return image, depth

    def point(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Image position and depth of one world point."""
        image, depth = self.project(np.array([[x, y, z]], dtype=np.float64))
        return float(image[0, 0]), float(image[0, 1]), float(depth[0])

    def clip(self, polygon: Array, near_m: float = NEAR_M) -> Array:
        """The part of a world polygon (n, 3) in front of the camera (Sutherland-Hodgman)."""
        depths = (polygon - self.position) @ self.rotation[2]
        if np.all(depths >= near_m):
            return polygon
        kept = []
        for i in range(len(polygon)):
            a, b = polygon[i - 1], polygon[i]
            da, db = depths[i - 1] - near_m, depths[i] - near_m
            if (da >= 0.0) != (db >= 0.0):
                kept.append(a + (b - a) * (da / (da - db)))
            if db >= 0.0:
                kept.append(b)
        return np.array(kept) if kept else np.empty((0, 3))

    def ground(self) -> tuple[Array, Array, Array]:
        """World x, z and depth of the ground seen by every pixel; nan above the horizon."""
        u = (np.arange(self.width) + 0.5 - self.width / 2.0) / self.focal_px
        v = (np.arange(self.height) + 0.5 - self.height / 2.0) / self.focal_px
        r = self.rotation
        dx = u[None, :] * r[0, 0] + v[:, None] * r[1, 0] + r[2, 0]
        dy = u[None, :] * r[0, 1] + v[:, None] * r[1, 1] + r[2, 1]
        dz = u[None, :] * r[0, 2] + v[:, None] * r[1, 2] + r[2, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.where(dy < -1e-4, -self.position[1] / dy, np.nan)
        return self.position[0] + dx * depth, dz * depth, depth
