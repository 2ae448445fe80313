"""What lens and sensor do to the picture: softness, colour cast, vignette and noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass
class Lens:
    """Faults of one camera."""

    soft: float  #: weight of the 3 x 3 binomial blur, 0..1
    gain: NDArray[np.float32]  #: (h, w, 3): colour cast, exposure and vignette
    noise: float  #: standard deviation in grey levels
    tile: NDArray[np.int16]

    def apply(self, rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
        """A new picture; ``rng`` places the noise."""
        picture = rgb.astype(np.float32)
        if self.soft > 0.02:
            blurred = picture.copy()
            blurred[1:-1] = (picture[:-2] + 2.0 * picture[1:-1] + picture[2:]) * 0.25
            across = blurred.copy()
            across[:, 1:-1] = (blurred[:, :-2] + 2.0 * blurred[:, 1:-1] + blurred[:, 2:]) * 0.25
            picture += (across - picture) * np.float32(self.soft)
        picture *= self.gain
        if self.noise > 0.2:
            h, w, _ = rgb.shape
            dy, dx = rng.integers(0, 64, 2)
            picture += self.tile[dy : dy + h, dx : dx + w] * np.float32(self.noise / 64.0)
        out: NDArray[np.uint8] = np.clip(picture + 0.5, 0.0, 255.0).astype(np.uint8)
        return out


def make_lens(rng: np.random.Generator, width: int, height: int, dark: bool) -> Lens:
    """A random camera; at night it is noisier."""
    cast = 1.0 + rng.normal(0.0, 0.025, 3)
    exposure = rng.uniform(0.92, 1.08)
    y = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    x = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    vignette = 1.0 - np.float32(rng.uniform(0.0, 0.14)) * (x * x + y * y)
    gain = (vignette[..., None] * (cast * exposure).astype(np.float32)).astype(np.float32)
    luma = rng.normal(0.0, 64.0, (height + 64, width + 64, 1))
    chroma = rng.normal(0.0, 24.0, (height + 64, width + 64, 3))
    return Lens(
        soft=float(max(rng.uniform(-0.3, 0.8), 0.0)),
        gain=gain,
        noise=float(rng.uniform(2.0, 6.0) if dark else rng.uniform(0.3, 3.0)),
        tile=(luma + chroma).astype(np.int16),
    )
