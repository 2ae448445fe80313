"""Random cameras and codecs, applied to whole batches on the training device."""

from __future__ import annotations

import math

import torch
from street.scene import MIN_SIDE_PX, MIN_VISIBILITY
from torch import Tensor
from torch.nn import functional as F


def augment(images: Tensor, boxes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Zoom, mirror, recolour, blur, add noise and compress.

    Args:
        images: (n, 3, h, w) in 0..1.
        boxes: (n, m, 6): class, ignore, left, top, right, bottom in pixels.
        generator: of the same device.

    Returns:
        New images in 0..1 and boxes of the same shapes.
    """

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        r = torch.rand(shape, generator=generator, device=images.device)
        return low + (high - low) * r

    n = len(images)
    images, boxes = _zoom(images, boxes, uniform)
    soft = uniform(-0.5, 1.0, n, 1, 1, 1).clamp(min=0.0)
    images = images + (_binomial(images) - images) * soft
    if float(uniform(0, 1, 1)) < 0.25:  # a smaller stream, scaled up again
        h, w = images.shape[-2:]
        factor = float(uniform(0.6, 0.95, 1))
        small = F.interpolate(images, scale_factor=factor, mode="bilinear", antialias=True)
        images = F.interpolate(small, size=(h, w), mode="bilinear")
    mean = images.mean(dim=(2, 3), keepdim=True)
    images = (images - mean) * uniform(0.75, 1.25, n, 1, 1, 1) + mean * uniform(
        0.8, 1.2, n, 1, 1, 1
    )
    gray = images.mean(dim=1, keepdim=True)
    images = gray + (images - gray) * uniform(0.6, 1.3, n, 1, 1, 1)
    images = images * uniform(0.93, 1.07, n, 3, 1, 1)
    images = images.clamp(0.0, 1.0) ** uniform(0.8, 1.25, n, 1, 1, 1)
    noise = torch.randn(images.shape, generator=generator, device=images.device)
    luma = torch.randn(images[:, :1].shape, generator=generator, device=images.device)
    amount = uniform(-0.01, 0.03, n, 1, 1, 1).clamp(min=0.0)
    images = images + (0.4 * noise + luma) * amount
    squeezed = _compress(images.clamp(0, 1), uniform(0.004, 0.045, n, 1, 1, 1))
    pick = uniform(0, 1, n, 1, 1, 1) < 0.7
    return torch.where(pick, squeezed, images).clamp(0.0, 1.0), boxes


def _zoom(images: Tensor, boxes: Tensor, uniform) -> tuple[Tensor, Tensor]:  # type: ignore[no-untyped-def]
    """Scale by 0.8..1.5 about a random place (60 % of pictures) and mirror half of them."""
    n, _, h, w = images.shape
    device = images.device
    active = uniform(0, 1, n) < 0.6
    scale = torch.where(
        active, torch.exp(uniform(math.log(0.8), math.log(1.5), n)), torch.ones(n, device=device)
    )
    flip = torch.where(uniform(0, 1, n) < 0.5, -1.0, 1.0)
    slack = (1.0 - 1.0 / scale).abs()
    tx, ty = uniform(-1, 1, n) * slack, uniform(-1, 1, n) * slack
    # Output point p looks at input point A p + t, in normalised coordinates -1..1.
    matrix = torch.zeros(n, 2, 3, device=device)
    matrix[:, 0, 0], matrix[:, 1, 1] = flip / scale, 1.0 / scale
    matrix[:, 0, 2], matrix[:, 1, 2] = tx, ty
    grid = F.affine_grid(matrix, [n, 3, h, w], align_corners=False)
    images = F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)

    x = (boxes[..., [2, 4]] / w * 2.0 - 1.0 - tx[:, None, None]) * (scale * flip)[:, None, None]
    y = (boxes[..., [3, 5]] / h * 2.0 - 1.0 - ty[:, None, None]) * scale[:, None, None]
    x, y = (x + 1.0) * (w / 2.0), (y + 1.0) * (h / 2.0)
    x = x.sort(dim=-1).values
    cx, cy = x.clamp(0, w), y.clamp(0, h)
    full = (x[..., 1] - x[..., 0]) * (y[..., 1] - y[..., 0])
    part = (cx[..., 1] - cx[..., 0]) * (cy[..., 1] - cy[..., 0])
    gone = part <= 4.0
    side = part.clamp(min=0.0).sqrt() * (640.0 / w)
    ignore = (boxes[..., 1] > 0) | (part < MIN_VISIBILITY * full) | (side < MIN_SIDE_PX)
    which = torch.where(gone, torch.full_like(part, -1.0), boxes[..., 0])
    out = torch.stack([which, ignore.float(), cx[..., 0], cy[..., 0], cx[..., 1], cy[..., 1]], -1)
    return images, out


def _binomial(images: Tensor) -> Tensor:
    kernel = torch.tensor([1.0, 2.0, 1.0], device=images.device) / 4.0
    weight = (kernel[:, None] * kernel[None, :]).expand(3, 1, 3, 3)
    return F.conv2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), weight, groups=3)


def _compress(images: Tensor, step: Tensor) -> Tensor:
    """Quantise 8 x 8 blocks in YCbCr with half-size chroma, about what a low bitrate does."""
    weights = torch.tensor(
        [[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], device=images.device
    )
    back = torch.linalg.inv(weights)
    ycc = torch.einsum("ij,njhw->nihw", weights, images)
    luma = _quantise(ycc[:, :1], step)
    h, w = ycc.shape[-2:]
    chroma = F.avg_pool2d(ycc[:, 1:], 2)
    chroma = _quantise(
        F.pad(chroma, (0, -(w // 2) % 8, 0, -(h // 2) % 8), mode="replicate"), step * 1.5
    )
    chroma = F.interpolate(chroma[..., : h // 2, : w // 2], size=(h, w), mode="bilinear")
    return torch.einsum("ij,njhw->nihw", back, torch.cat([luma, chroma], dim=1))


def _quantise(plane: Tensor, step: Tensor) -> Tensor:
    n, c, h, w = plane.shape
    k = torch.arange(8, device=plane.device, dtype=torch.float32)
    basis = torch.cos((2 * k[None, :] + 1) * k[:, None] * math.pi / 16) * 0.5
    basis[0] /= math.sqrt(2.0)
    blocks = plane.reshape(n, c, h // 8, 8, w // 8, 8)
    freq = torch.einsum("ua,ncxayb,vb->ncxyuv", basis, blocks, basis)
    steps = step[..., None, None] * (1.0 + 0.35 * (k[:, None] + k[None, :]))
    # A dead zone, as encoders have: small coefficients vanish.
    level = torch.sign(freq) * torch.floor(freq.abs() / steps + 0.35)
    out = torch.einsum("ua,ncxyuv,vb->ncxayb", basis, level * steps, basis)
    return out.reshape(n, c, h, w)
