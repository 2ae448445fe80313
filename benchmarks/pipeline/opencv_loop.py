"""The loop a user would write: OpenCV reads and prepares a frame, onnxruntime runs it, NMS."""

from __future__ import annotations

import argparse

import cv2
import numpy as np
import onnxruntime

from benchmarks.pipeline.measure import Measurement


def decode_detectnet(
    coverage: np.ndarray, boxes: np.ndarray, width: int, height: int, threshold: float
) -> int:
    """Boxes above the threshold after per-class NMS, counted."""
    classes, grid_height, grid_width = coverage.shape
    stride_x, stride_y = width / grid_width, height / grid_height
    found = 0
    for index in range(classes):
        rows, columns = np.nonzero(coverage[index] > threshold)
        if rows.size == 0:
            continue
        center_x = (columns * stride_x + 0.5) / 35
        center_y = (rows * stride_y + 0.5) / 35
        box = boxes[4 * index : 4 * index + 4, rows, columns]
        left, top = (center_x - box[0]) * 35, (center_y - box[1]) * 35
        right, bottom = (box[2] + center_x) * 35, (box[3] + center_y) * 35
        corners = np.stack([left, top, right - left, bottom - top], axis=1)
        scores = coverage[index, rows, columns]
        kept = cv2.dnn.NMSBoxes(corners.tolist(), scores.tolist(), threshold, 0.5)
        found += len(kept)
    return found


def main() -> None:
    """Reads the clip frame by frame, as fast as it goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", required=True)
    parser.add_argument("--passes", type=int, default=1, help="times the clip is read")
    parser.add_argument("--model", required=True)
    parser.add_argument("--input-shape", required=True, help="N,C,H,W")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--threshold", type=float, default=0.4)
    args = parser.parse_args()

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    session = onnxruntime.InferenceSession(args.model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    _, _, height, width = (int(axis) for axis in args.input_shape.split(","))
    measurement = Measurement()
    measurement.start()
    for _ in range(args.passes):
        capture = cv2.VideoCapture(args.clip)
        while True:
            there, frame = capture.read()
            if not there:
                break
            blob = cv2.dnn.blobFromImage(frame, 1 / 255, (width, height), swapRB=True)
            coverage, boxes = session.run(None, {name: blob})[:2]
            if coverage.shape[1] > boxes.shape[1]:
                coverage, boxes = boxes, coverage
            measurement.frames += 1
            measurement.objects += decode_detectnet(
                coverage[0], boxes[0], width, height, args.threshold
            )
    measurement.report()


if __name__ == "__main__":
    main()
