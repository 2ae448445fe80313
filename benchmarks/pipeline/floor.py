"""The floor: decode the clip and run the model once per frame, nothing else.

Decoding runs in GStreamer into a fakesink. Inference runs beside it on a constant input, in as
many threads with one-thread sessions as our pipeline uses. No pixel goes from one to the other.
"""

from __future__ import annotations

import argparse
import threading
from typing import Any

import gi
import numpy as np
import onnxruntime

gi.require_version("Gst", "1.0")
from gi.repository import Gst

from benchmarks.pipeline.measure import Measurement, clip_source


def main() -> None:
    """Decodes the clip and infers as many times as it has frames."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", required=True)
    parser.add_argument("--passes", type=int, default=1, help="times the clip is read")
    parser.add_argument("--model", required=True)
    parser.add_argument("--frames", type=int, required=True, help="frames of the clip")
    parser.add_argument("--input-shape", required=True, help="N,C,H,W")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()

    Gst.init(None)
    source = clip_source(args.clip, args.passes, "avdec_h264")
    decode: Any = Gst.parse_launch(f"{source} ! fakesink sync=false")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    sessions = [
        onnxruntime.InferenceSession(args.model, options, providers=["CPUExecutionProvider"])
        for _ in range(args.workers)
    ]
    shape = [int(axis) for axis in args.input_shape.split(",")]
    picture = np.random.default_rng(1).random(shape, dtype=np.float32)
    name = sessions[0].get_inputs()[0].name

    def infer(session: onnxruntime.InferenceSession, count: int) -> None:
        for _ in range(count):
            session.run(None, {name: picture})

    frames = args.frames * args.passes
    shares = [frames // args.workers] * args.workers
    shares[0] += frames - sum(shares)
    threads = [
        threading.Thread(target=infer, args=pair) for pair in zip(sessions, shares, strict=True)
    ]
    measurement = Measurement()
    measurement.frames = frames
    measurement.start()
    decode.set_state(Gst.State.PLAYING)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    decode.get_bus().timed_pop_filtered(
        Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR
    )
    measurement.report()
    decode.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()
