"""Keeps a clip of each time that people are in the picture.

python clips.py VIDEO [FOLDER]
"""

import sys
from pathlib import Path

from pythia import Application, label_text
from pythia.recording import ClipRecorder

app = Application.from_pipeline_file(
    Path(__file__).with_name("pipeline.txt"), params={"input": Path(sys.argv[1]).resolve()}
)
recorder = ClipRecorder(
    app,
    "encoder",
    folder=sys.argv[2] if len(sys.argv) > 2 else "clips",
    pre_s=1,
    post_s=1,
    on_clip=lambda clip: print(f"{clip.path.name}: {(clip.end_ns - clip.start_ns) / 1e9:.1f} s"),
)


@app.probe("pgie", "src")
def watch(objects):
    confident = objects[objects["confidence"] > 0.8]
    if any(label_text(label_id) == "Person" for label_id in confident["label_id"]):
        recorder.trigger("person")


app()
