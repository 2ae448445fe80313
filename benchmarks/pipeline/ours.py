"""Our pipeline with a Python probe that reads every object: decode, mux, nvinfer, fakesink."""

from __future__ import annotations

import argparse

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst

from benchmarks.pipeline.measure import Measurement, clip_source
from pythia import Application, objects_per_batch


def main() -> None:
    """Runs one or more copies of a clip through one pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", required=True)
    parser.add_argument("--config", required=True, help="nvinfer configuration")
    parser.add_argument("--passes", type=int, default=1, help="times the clip is read")
    parser.add_argument("--sources", type=int, default=1)
    args = parser.parse_args()

    if args.sources == 1:
        sources = clip_source(args.clip, args.passes, "nvv4l2decoder ! mux.sink_0")
    else:
        sources = " ".join(
            f"filesrc location={args.clip} ! qtdemux ! h264parse ! nvv4l2decoder ! mux.sink_{index}"
            for index in range(args.sources)
        )
    app = Application.from_pipeline_string(
        f"nvstreammux name=mux width=1280 height=720 batch-size={args.sources} "
        "batched-push-timeout=40000 "
        f"! nvinfer name=pgie config-file-path={args.config} ! fakesink sync=false {sources}"
    )
    measurement = Measurement()

    @app.probe("mux", pad_direction="src")
    def start(pad: Gst.Pad, info: Gst.PadProbeInfo) -> Gst.PadProbeReturn:
        measurement.start()
        return Gst.PadProbeReturn.REMOVE

    @app.probe("pgie", pad_direction="src")
    def read_objects(batch_meta: object) -> None:
        measurement.frames += batch_meta.num_frames_in_batch  # type: ignore[attr-defined]
        for frame, detection in objects_per_batch(batch_meta):
            box = detection.rect_params
            _ = (
                frame.frame_num,
                detection.obj_label,
                detection.confidence,
                box.left,
                box.top,
                box.width,
                box.height,
            )
            measurement.objects += 1

    app()
    measurement.report()


if __name__ == "__main__":
    main()
