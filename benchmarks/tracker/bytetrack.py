"""Milliseconds that ByteTrack of PyPI's `trackers` spends on a frame."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time

import numpy as np

from benchmarks.tracker import crowd


def main() -> None:
    """Tracks the crowd and prints what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, required=True)
    parser.add_argument("--frames", type=int, required=True)
    args = parser.parse_args()

    # Only this measurement needs them: pip install trackers
    supervision = importlib.import_module("supervision")
    tracker = importlib.import_module("trackers").ByteTrackTracker()
    spent = 0.0
    reported = 0
    for rows in crowd.detections(args.objects, args.frames):
        boxes = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
        detections = supervision.Detections(
            xyxy=boxes, confidence=rows[:, 4], class_id=np.zeros(len(rows), int)
        )
        start = time.perf_counter()
        tracked = tracker.update(detections)
        spent += time.perf_counter() - start
        reported += int(np.count_nonzero(tracked.tracker_id >= 0))
    json.dump(
        {
            "ms_per_frame": 1000 * spent / args.frames,
            "reported_per_frame": reported / args.frames,
        },
        sys.stdout,
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
