"""What the network should say for a batch of boxes, and how wrong it is."""

from __future__ import annotations

import torch
from model import BOX_NORM, CLASSES, STRIDE
from torch import Tensor
from torch.nn import functional as F


def loss(logits: Tensor, params: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Confidence and box loss.

    Confidence: focal loss against a Gaussian bump around every object's middle cell (1 there).
    Boxes: GIoU and L1 on cells near an object's middle, weighted by the bump.

    Args:
        logits: (n, 4, h, w).
        params: (n, 16, h, w) as :meth:`model.StreetNet.raw` documents.
        boxes: (n, m, 6): class or -1, ignore, left, top, right, bottom in network pixels.
    """
    logits, params = logits.float(), params.float()
    _n, _, h, w = logits.shape
    device = logits.device
    which, ignore = boxes[..., 0].long(), boxes[..., 1] > 0
    size = (boxes[..., 4:6] - boxes[..., 2:4]).clamp(min=1.0)
    middle = (boxes[..., 4:6] + boxes[..., 2:4]) / 2.0
    column = torch.arange(w, device=device, dtype=torch.float32)
    row = torch.arange(h, device=device, dtype=torch.float32)
    cell = (middle / STRIDE).floor()
    spread = (size / STRIDE * 0.16).clamp(min=0.45)
    ex = ((column - cell[..., :1]) / spread[..., :1]) ** 2
    ey = ((row - cell[..., 1:]) / spread[..., 1:]) ** 2
    bump = torch.exp(-0.5 * (ey[..., :, None] + ex[..., None, :]))  # (n, m, h, w)
    bump = bump * (bump > 0.02)
    pixel_x, pixel_y = column * STRIDE + STRIDE / 2, row * STRIDE + STRIDE / 2
    pad = STRIDE / 2
    inside_x = (pixel_x >= boxes[..., 2:3] - pad) & (pixel_x <= boxes[..., 4:5] + pad)
    inside_y = (pixel_y >= boxes[..., 3:4] - pad) & (pixel_y <= boxes[..., 5:6] + pad)

    cov_loss = logits.new_zeros(())
    box_loss = logits.new_zeros(())
    positives = logits.new_zeros(())
    weight_sum = logits.new_zeros(())
    prob = torch.sigmoid(logits)
    for c in range(CLASSES):
        asked = (which == c) & ~ignore
        heat = bump * asked[..., None, None]
        best, owner = heat.max(dim=1)  # (n, h, w)
        skip = (which == c) & ignore
        free = (inside_y[..., :, None] & inside_x[..., None, :] & skip[..., None, None]).any(dim=1)
        p, z = prob[:, c], logits[:, c]
        top = best > 0.999
        hit = -((1 - p) ** 2) * F.logsigmoid(z)
        miss = -((1 - best) ** 4) * p**2 * F.logsigmoid(-z)
        cov_loss = cov_loss + torch.where(top, hit, miss * (~free | (best > 0.1))).sum()
        positives = positives + top.sum()

        n_i, y_i, x_i = torch.nonzero(best > 0.25, as_tuple=True)
        object_i = owner[n_i, y_i, x_i]
        weight = best[n_i, y_i, x_i]
        goal = boxes[n_i, object_i, 2:6]
        point = torch.stack([x_i, y_i], dim=1) * STRIDE + 0.5
        offset = params[n_i, 2 * c : 2 * c + 2, y_i, x_i]
        logs = params[n_i, 2 * CLASSES + 2 * c : 2 * CLASSES + 2 * c + 2, y_i, x_i]
        goal_offset = ((goal[:, :2] + goal[:, 2:]) / 2.0 - point) / BOX_NORM
        goal_size = (goal[:, 2:] - goal[:, :2]).clamp(min=1.0) / BOX_NORM
        l1 = ((offset - goal_offset).abs() / goal_size.clamp(min=0.1)).sum(1)
        l1 = l1 + (logs - goal_size.log()).abs().sum(1)
        scale = torch.exp(logs.clamp(max=4.0))
        found = torch.cat([offset - scale / 2, offset + scale / 2], dim=1)
        wanted = torch.cat([goal_offset - goal_size / 2, goal_offset + goal_size / 2], dim=1)
        box_loss = box_loss + (weight * (1.0 - _giou(found, wanted) + 0.3 * l1)).sum()
        weight_sum = weight_sum + weight.sum()
    return cov_loss / positives.clamp(min=1.0), box_loss / weight_sum.clamp(min=1.0)


def _giou(a: Tensor, b: Tensor) -> Tensor:
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0.0).prod(dim=1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared
    outer = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(dim=1)
    return shared / union.clamp(min=1e-6) - (outer - union) / outer.clamp(min=1e-6)
