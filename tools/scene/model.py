"""The detector: a small fully convolutional network with DetectNet_v2 outputs.

Plain 3 x 3 convolutions with few channels: on CPUs they run faster than depthwise ones of the
same accuracy. Features go down to stride 32 for large vehicles and come back up to stride 8, where
one head tells for every cell and class how sure it is and how far the four sides are.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CLASSES: Final = 4
STRIDE: Final = 8
#: Box outputs are distances in units of this many network pixels.
BOX_NORM: Final = 35.0


class Conv(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two convolutions added to their input."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        self.a = Conv(channels, inner)
        self.b = nn.Sequential(
            nn.Conv2d(inner, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``."""
        return F.relu(x + self.b(self.a(x)))


def _up(x: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(x, size=like.shape[-2:], mode="nearest")


class StreetNet(nn.Module):
    """RGB in 0..1, (n, 3, h, w) with h and w multiples of 16, to confidences and boxes."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 32, 64, 96), head: int = 32) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = widths
        self.to4 = nn.Sequential(Conv(3, c2, 3, 2), Conv(c2, c4, 3, 2))
        self.to8 = nn.Sequential(Conv(c4, c8, 3, 2), Residual(c8, c8))
        self.to16 = nn.Sequential(Conv(c8, c16, 3, 2), Residual(c16, c16))
        self.to32 = nn.Sequential(Conv(c16, c32, 3, 2), Residual(c32, c32), Conv(c32, c16, 1))
        self.merge16 = Conv(c16, c16, 3)
        self.down16 = Conv(c16, c8, 1)
        self.merge8 = Conv(c8, head, 3)
        self.cov_tower = Conv(head, head, 3)
        self.cov = nn.Conv2d(head, CLASSES, 1)
        self.box = nn.Conv2d(head, 4 * CLASSES, 1)
        # Focal loss wants rare positives from the start; boxes start about 40 pixels wide.
        nn.init.constant_(self.cov.bias, -4.6)  # type: ignore[arg-type]
        nn.init.normal_(self.cov.weight, std=0.01)
        nn.init.normal_(self.box.weight, std=0.01)
        nn.init.zeros_(self.box.bias)  # type: ignore[arg-type]

    def raw(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Confidence logits (n, 4, h/8, w/8) and box parameters (n, 16, h/8, w/8).

        The parameters come as 4 x (dx, dy) and then 4 x (log w, log h), in units of BOX_NORM:
        offset of the box's middle from the cell's point, and the logarithm of its size.
        """
        x8 = self.to8(self.to4(image))
        x16 = self.to16(x8)
        x32 = self.to32(x16)
        x16 = self.merge16(x16 + _up(x32, x16))
        x8 = self.cov_tower(self.merge8(x8 + _up(self.down16(x16), x8)))
        return self.cov(x8), self.box(x8)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Confidences and DetectNet_v2 distances, as exported."""
        logits, box = self.raw(image)
        return torch.sigmoid(logits), sides(box)


def _side_matrix() -> Tensor:
    """Linear map from (dx, dy) and (w, h) of each class to its four DetectNet_v2 channels.

    The parser computes left = x - 35 b0, top = y - 35 b1, right = x + 35 b2, bottom = y + 35 b3
    around the cell's point (x, y); so b0 = w / 2 - dx and b2 = w / 2 + dx.
    """
    matrix = torch.zeros(4 * CLASSES, 4 * CLASSES)
    for c in range(CLASSES):
        for axis in range(2):
            offset, size = 2 * c + axis, 2 * CLASSES + 2 * c + axis
            matrix[4 * c + axis, offset], matrix[4 * c + axis, size] = -1.0, 0.5
            matrix[4 * c + 2 + axis, offset], matrix[4 * c + 2 + axis, size] = 1.0, 0.5
    return matrix[:, :, None, None]


def sides(box: Tensor) -> Tensor:
    """DetectNet_v2 distances (n, 16, h, w) from the head's parameters."""
    offset, size = box[:, : 2 * CLASSES], box[:, 2 * CLASSES :]
    values = torch.cat([offset, torch.exp(size.clamp(max=4.0))], dim=1)
    return F.conv2d(values, _side_matrix().to(box))
