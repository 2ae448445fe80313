"""``testsrc``: a stream to try things with."""

from __future__ import annotations

import time
from typing import Any

from cuframes._api import publish

FORMATS = ("NV12", "I420", "RGB", "BGR", "RGBA", "GRAY8")


def testsrc(
    key: str,
    size: tuple[int, int],
    fps: float,
    fmt: str,
    frames: int | None,
    device: str | None,
) -> int:
    """Publishes a gradient with a moving bar until it is interrupted.

    The frame's number is in its first row, one byte per decimal digit times 25, so that a reader
    can check that it sees what was sent.
    """
    import numpy as np

    width, height = size
    where = int(device) if device is not None and device.isdigit() else device
    background = np.linspace(16, 200, width, dtype=np.uint8)
    with publish(key, width=width, height=height, format=fmt, fps=fps, device=where) as pub:
        print(
            f"publishing {key}: {width}x{height} {fmt} at {fps:g} fps, Ctrl-C ends it", flush=True
        )
        start = time.monotonic()
        number = 0
        while frames is None or number < frames:
            planes = [_picture(np, shape, background, number) for shape in _shapes(fmt, size)]
            pub.write(planes, int(number / fps * 1e9), timeout=1.0)
            number += 1
            time.sleep(max(start + number / fps - time.monotonic(), 0))
    return 0


def _shapes(fmt: str, size: tuple[int, int]) -> list[tuple[int, ...]]:
    width, height = size
    half = (-(-height // 2), -(-width // 2))
    if fmt == "NV12":
        return [(height, width), (*half, 2)]
    if fmt == "I420":
        return [(height, width), half, half]
    channels = {"RGB": 3, "BGR": 3, "RGBA": 4}.get(fmt)
    return [(height, width) if channels is None else (height, width, channels)]


def _picture(np: Any, shape: tuple[int, ...], background: Any, number: int) -> Any:
    """One plane: the gradient for luma and colour, grey for chroma, and the bar."""
    luma = shape[1] == len(background)
    picture = np.full(shape, 128, np.uint8)
    if luma:
        picture[:] = background.reshape(1, -1, *(1,) * (len(shape) - 2))
        bar = number * 4 % shape[1]
        picture[:, bar : bar + max(shape[1] // 40, 1)] = 235
        for place, digit in enumerate(f"{number:08d}"[: shape[1]]):
            picture[0, place] = int(digit) * 25
    return picture
