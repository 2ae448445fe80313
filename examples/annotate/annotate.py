"""Turns a video into pictures and JSON lines, to train or to judge another network.

python annotate.py VIDEO FOLDER
"""

import sys
from pathlib import Path

from pythia import AnnotateFramesBbox, InferenceEngine

CONFIG = Path(
    "/opt/nvidia/deepstream/deepstream/samples/configs/deepstream-app/config_infer_primary.txt"
)
video, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])

AnnotateFramesBbox.run(
    f"{video.as_uri()}?muxer_width=1280&muxer_height=720",
    InferenceEngine(labels_file=None, config_file=CONFIG),  # or the folder of a network
    folder,
)
print(f"{len(list((folder / 'frames').iterdir()))} pictures")
print((folder / "detections.jsonl").read_text().count("\n"), "objects")
