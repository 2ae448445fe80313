"""Render a synthetic street to an mp4 file with exact ground truth as JSON lines.

python tools/scene/render.py --seed 7 --frames 240 --size 1280x720 --out clip.mp4 \
        --truth clip.jsonl
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from street import LABELS, Scene


def size(text: str) -> tuple[int, int]:
    """``1280x720`` as (1280, 720)."""
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) % 2 or int(height) % 2:
        raise argparse.ArgumentTypeError(
            f"size {text!r} is not WIDTHxHEIGHT in even pixels; write for example 1280x720"
        )
    return int(width), int(height)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--size", type=size, default=(1280, 720))
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--light", help="day, overcast, dusk, night, fog or rain; default: random")
    parser.add_argument("--bitrate", type=int, default=1800, help="kbit/s")
    parser.add_argument("--out", type=Path, help="mp4 file")
    parser.add_argument("--truth", type=Path, help="JSON lines, one per frame")
    parser.add_argument("--image", type=Path, help="write frame 0 as PNG")
    options = parser.parse_args()
    width, height = options.size
    scene = Scene(options.seed, width, height, options.fps, options.light)
    if options.image:
        write_png(options.image, scene)
    writer = None
    if options.out:
        from video import Mp4Writer

        writer = Mp4Writer(options.out, width, height, options.fps, options.bitrate)
    truth = options.truth.open("w") if options.truth else None
    for index in range(options.frames if writer or truth else 0):
        rgb, boxes = scene.render(index)
        if writer:
            writer.write(rgb)
        if truth:
            objects = [{**box.as_dict(), "label": LABELS[box.class_id]} for box in boxes]
            line = {"frame_num": index, "objects": objects}
            truth.write(json.dumps(line, separators=(",", ":")) + "\n")
    if writer:
        writer.close()
    if truth:
        truth.close()


def write_png(path: Path, scene: Scene) -> None:
    """Frame 0 as a picture."""
    import numpy as np
    from street.drawing import surface_of

    rgb, _ = scene.render(0)
    bgrx = np.zeros((*rgb.shape[:2], 4), np.uint8)
    bgrx[..., :3] = rgb[..., ::-1]
    surface_of(bgrx).write_to_png(str(path))


if __name__ == "__main__":
    main()
