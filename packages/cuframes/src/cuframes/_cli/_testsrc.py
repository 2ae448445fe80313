"""``testsrc``: a stream to try things with."""

from __future__ import annotations

import math
import time

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
    width, height = size
    where = int(device) if device is not None and device.isdigit() else device
    planes_of = [_Plane(shape, is_luma=shape[1] == width) for shape in _shapes(fmt, size)]
    with publish(key, width=width, height=height, format=fmt, fps=fps, device=where) as pub:
        print(
            f"publishing {key}: {width}x{height} {fmt} at {fps:g} fps, Ctrl-C ends it", flush=True
        )
        start = time.monotonic()
        number = 0
        while frames is None or number < frames:
            planes = [plane.picture(number) for plane in planes_of]
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


class _Plane:
    """One plane: the gradient for luma and colour, grey for chroma, and the bar."""

    def __init__(self, shape: tuple[int, ...], is_luma: bool) -> None:
        self.shape = shape
        self.width, self.channels = shape[1], math.prod(shape[2:])
        self.is_luma = is_luma
        step = 184 / max(self.width - 1, 1)
        gradient = (bytes([16 + int(x * step)]) * self.channels for x in range(self.width))
        self.row = b"".join(gradient) if is_luma else bytes([128]) * self.width * self.channels

    def picture(self, number: int) -> memoryview:
        """The plane of frame ``number``."""
        row = bytearray(self.row)
        digits = b""
        if self.is_luma:
            left = number * 4 % self.width
            right = min(left + max(self.width // 40, 1), self.width)
            row[left * self.channels : right * self.channels] = (
                bytes([235]) * (right - left) * self.channels
            )
            values = (int(digit) * 25 for digit in f"{number:08d}"[: self.width])
            digits = b"".join(bytes([value]) * self.channels for value in values)
        picture = row * self.shape[0]
        picture[: len(digits)] = digits
        return memoryview(picture).cast("B", self.shape)
