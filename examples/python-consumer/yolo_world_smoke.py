"""Reads frames of a live stream, runs an ONNX model on each, and proves that nothing leaks.

Subscribe, take frames, hand their luma over by DLPack without a copy, shrink it, run ONNX
inference, release. At the end the ring's occupancy, open descriptors, memory and video memory must
be what they were.

    python -m cuframes testsrc gate --size 2688x1520 &
    python yolo_world_smoke.py gate --frames 100

Needs numpy and onnxruntime (and onnx, to make the dummy model, unless --model names one). Frames in
CUDA memory are read through torch.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import cuframes

INPUT = (1, 1, 160, 160)
WARM_UP = 20  # frames before the first look at memory: allocators fill their pools


def dummy_model() -> bytes:
    """A network with the shape of a detector: luma in, five boxes of six numbers out."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(8, 1, 8, 8)).astype(np.float32)
    head = rng.normal(size=(8, 30)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["luma", "kernel"], ["features"], strides=[8, 8]),
            helper.make_node("GlobalAveragePool", ["features"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["flat"]),
            helper.make_node("MatMul", ["flat", "head"], ["scores"]),
            helper.make_node("Reshape", ["scores", "shape"], ["boxes"]),
        ],
        "dummy-detector",
        [helper.make_tensor_value_info("luma", TensorProto.FLOAT, INPUT)],
        [helper.make_tensor_value_info("boxes", TensorProto.FLOAT, (1, 5, 6))],
        [
            numpy_helper.from_array(kernel, "kernel"),
            numpy_helper.from_array(head, "head"),
            numpy_helper.from_array(np.array([1, 5, 6], np.int64), "shape"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    return bytes(model.SerializeToString())


def network_input(frame: cuframes.CuframesFrame) -> np.ndarray:
    """Luma as the network wants it. The frame's pixels are read in place, through DLPack."""
    _, _, height, width = INPUT
    if frame.device == "cpu":
        luma: Any = np.from_dlpack(frame.y)
    else:
        import torch

        luma = torch.from_dlpack(frame.y)
    rows = np.linspace(0, frame.height - 1, height).astype(int).tolist()
    step = max(frame.width // width, 1)
    small = luma[rows, : step * width : step]
    if frame.device != "cpu":
        small = small.cpu().numpy()
    return (small.astype(np.float32) / 255).reshape(INPUT)


def resources(sub: cuframes.CuframesSubscriber) -> dict[str, int]:
    """What must not grow."""
    status = Path("/proc/self/status").read_text()
    found = {
        "ring occupancy (own leases)": sub.held,
        "descriptors": len(os.listdir("/proc/self/fd")),
        "resident KiB": int(status.split("VmRSS:")[1].split()[0]),
    }
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.synchronize()
        found["video memory in use KiB"] = -(torch.cuda.mem_get_info()[0] // 1024)
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("key", help="name of the stream")
    options.add_argument("--frames", type=int, default=100)
    options.add_argument("--model", help="an ONNX file; by default a dummy is made")
    options.add_argument("--slack-kib", type=int, default=2048, help="memory that may come and go")
    arguments = options.parse_args()

    import onnxruntime

    session = onnxruntime.InferenceSession(
        arguments.model or dummy_model(), providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    before: dict[str, int] = {}
    start = time.monotonic()
    with cuframes.subscribe(arguments.key, timeout=20) as sub:
        for number in range(arguments.frames + WARM_UP):
            if number == WARM_UP:
                before = resources(sub)
                start = time.monotonic()
            with sub.next_frame(timeout=5) as frame:
                (boxes,) = session.run(None, {name: network_input(frame)})
            assert boxes.shape[-1] == 6, boxes.shape
        seconds = time.monotonic() - start
        after = resources(sub)
        stats = sub.stats()

    for what, was in before.items():
        slack = arguments.slack_kib if "KiB" in what else 0
        print(f"{what}: {was} -> {after[what]}")
        assert after[what] <= was + slack, f"{what} grew from {was} to {after[what]}"
    print(
        f"{arguments.frames} frames in {seconds:.1f} s, {stats['drop_count']} passed over, "
        f"latency {stats['latency_ms']:.2f} ms: no leaks"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
