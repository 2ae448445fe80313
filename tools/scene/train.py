"""Train the detector on rendered streets and export it to ONNX.

    python tools/scene/train.py --out street_4class.onnx

Takes the GPU when there is one. Pictures are rendered once into --cache and reused.
"""

from __future__ import annotations

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch
from augment import augment
from dataset import FIRST_TRAINING_SEED, Pictures, render_pictures
from detectnet import decode, suppress
from metrics import Evaluation
from model import CLASSES, StreetNet, sides
from street import LABELS
from targets import loss
from torch import Tensor

SIZES = ((640, 368), (960, 544))


class Pool:
    """Pictures of one size, on the training device when they fit."""

    def __init__(self, pictures: Pictures, device: torch.device, batch: int) -> None:
        self.batch = batch
        self._device = device
        self._images = torch.from_numpy(pictures.images)
        self._boxes = torch.from_numpy(pictures.boxes).to(device)
        if device.type == "cuda":
            free, _ = torch.cuda.mem_get_info(device)
            if self._images.numel() < 0.55 * free:
                self._images = self._images.to(device)

    def __len__(self) -> int:
        return len(self._boxes)

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Images (n, 3, h, w) in 0..1 and boxes of some rows."""
        images = self._images[rows.to(self._images.device)].to(self._device, non_blocking=True)
        return images.permute(0, 3, 1, 2).float() / 255.0, self._boxes[rows.to(self._device)]


def validate(net: StreetNet, pictures: Pictures, device: torch.device) -> Evaluation:
    """Score the network without the H.264 step (evaluate.py does it with)."""
    evaluation = Evaluation()
    net.eval()
    pool = Pool(pictures, device, 16)
    height, width = pictures.images.shape[1:3]
    with torch.no_grad():
        for start in range(0, len(pool), 16):
            rows = torch.arange(start, min(start + 16, len(pool)))
            images, boxes = pool.take(rows)
            logits, params = net.raw(images.contiguous(memory_format=torch.channels_last))
            cov = torch.sigmoid(logits).float().cpu().numpy()
            box = sides(params.float()).cpu().numpy()
            for k in range(len(rows)):
                found = suppress(decode(cov[k], box[k], width, height, 0.03))
                truth = boxes[k].cpu().numpy()
                evaluation.add(found, truth[truth[:, 0] >= 0])
    net.train()
    return evaluation


def export(net: StreetNet, path: Path) -> None:
    """Write the ONNX file: dynamic batch, height and width; DetectNet_v2 names and outputs."""
    import onnx

    net = copy.deepcopy(net).float().cpu().eval()
    names = ["output_cov/Sigmoid", "output_bbox/BiasAdd"]
    axes = {name: {0: "batch", 2: "grid_height", 3: "grid_width"} for name in names}
    axes["input_1:0"] = {0: "batch", 2: "height", 3: "width"}
    torch.onnx.export(
        net,
        (torch.zeros(1, 3, 368, 640),),
        str(path),
        dynamo=False,
        opset_version=17,
        input_names=["input_1:0"],
        output_names=names,
        dynamic_axes=axes,
    )
    model = onnx.load(str(path))
    for key, value in (
        ("infer_dims", "3;368;640"),
        ("labels", ";".join(LABELS)),
        ("net_scale_factor", "0.00392156862745098"),
        ("licence", "Apache-2.0"),
    ):
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def calibrate(net: StreetNet, evaluation: Evaluation) -> None:
    """Make each class's confidence the probability of being right, as seen on held-out scenes.

    The order of detections, and so average precision, stays. F1 is then highest near a confidence
    of half its own value, that is 0.4 to 0.5 for every class.
    """
    with torch.no_grad():
        for c in range(CLASSES):
            slope, shift = evaluation.platt(c)
            net.cov.weight[c] *= slope
            net.cov.bias[c] = net.cov.bias[c] * slope + shift  # type: ignore[index]


def train(
    net: StreetNet,
    pools: list[Pool],
    device: torch.device,
    seconds: float,
    steps: int,
    rate: float,
    log: int,
) -> StreetNet:
    """Train for ``steps``, or for ``seconds`` when that is shorter; returns the averaged net."""
    generator = torch.Generator(device=device).manual_seed(0)
    net = net.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(net)
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}],
        lr=rate,
    )
    picker = np.random.default_rng(0)
    shares = np.array([len(pool) for pool in pools], float)
    shares /= shares.sum()
    start = time.monotonic()
    for step in range(steps):
        done = max(step / steps, (time.monotonic() - start) / seconds)
        if done >= 1.0:
            break
        lr = rate * min(step / 300.0, 0.5 * (1.0 + math.cos(math.pi * done)) + 0.002)
        for group in optimizer.param_groups:
            group["lr"] = lr
        pool = pools[int(picker.choice(len(pools), p=shares))]
        rows = torch.from_numpy(picker.integers(0, len(pool), pool.batch))
        images, boxes = pool.take(rows)
        with torch.no_grad():
            images, boxes = augment(images, boxes, generator)
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            logits, params = net.raw(images)
        cov_loss, box_loss = loss(logits, params, boxes)
        optimizer.zero_grad(set_to_none=True)
        (cov_loss + box_loss).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()
        with torch.no_grad():
            keep = min(0.999, (1 + step) / (10 + step))
            for slow, fast in zip(
                average.state_dict().values(), net.state_dict().values(), strict=True
            ):
                if slow.dtype.is_floating_point:
                    slow.lerp_(fast, 1.0 - keep)
                else:
                    slow.copy_(fast)
        if step % log == 0:
            print(
                f"step {step} {time.monotonic() - start:.0f} s lr {lr:.5f} "
                f"confidence {cov_loss.item():.4f} boxes {box_loss.item():.4f}",
                flush=True,
            )
    print(f"trained {step} steps in {time.monotonic() - start:.0f} s", flush=True)
    return average


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("street_4class.onnx"))
    parser.add_argument("--cache", type=Path, default=Path("build/scene_cache"))
    parser.add_argument("--scenes", type=int, default=5000, help="streets at 640x368")
    parser.add_argument("--wide-scenes", type=int, default=1200, help="streets at 960x544")
    parser.add_argument("--frames", type=int, default=4, help="pictures per street")
    parser.add_argument("--first-seed", type=int, default=FIRST_TRAINING_SEED)
    parser.add_argument("--start-from", type=Path, help="weights (.pt) of an earlier run")
    parser.add_argument("--steps", type=int, default=14000)
    parser.add_argument(
        "--seconds",
        type=float,
        default=math.inf,
        help="end training after this time, rendering included",
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--log", type=int, default=200, help="steps between two lines of progress")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.backends.cudnn.benchmark = True
    start = time.monotonic()
    counts = (options.scenes, options.wide_scenes)
    pools = []
    for (width, height), scenes, batch in zip(
        SIZES, counts, (options.batch, max(options.batch // 2, 1)), strict=True
    ):
        if scenes:
            pictures = render_pictures(
                options.cache, options.first_seed, scenes, options.frames, width, height
            )
            pools.append(Pool(pictures, device, batch))
            spent = time.monotonic() - start
            print(f"{len(pictures.boxes)} pictures {width}x{height}, {spent:.0f} s", flush=True)
    held_out = render_pictures(options.cache, 600_000, max(options.scenes // 50, 4), 4, 640, 368)
    left = options.seconds - (time.monotonic() - start)
    torch.manual_seed(0)
    net = StreetNet()
    if options.start_from:
        net.load_state_dict(torch.load(options.start_from, map_location="cpu"))
    net = train(net, pools, device, left, options.steps, options.rate, options.log)
    torch.save(net.state_dict(), options.out.with_suffix(".pt"))
    before = validate(net, held_out, device)
    print(before.table(LABELS), flush=True)
    calibrate(net, before)
    print(validate(net, held_out, device).table(LABELS), flush=True)
    export(net, options.out)


if __name__ == "__main__":
    main()
