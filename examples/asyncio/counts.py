"""Prints counts of objects from an asyncio program, while other tasks go on.

python counts.py VIDEO
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path

from pythia import Application, objects_per_batch

CONFIG = "/opt/nvidia/deepstream/deepstream/samples/configs/deepstream-app/config_infer_primary.txt"
app = Application.from_pipeline_string(
    "uridecodebin3 uri={uri} ! nvvideoconvert ! mux.sink_0 "
    "nvstreammux name=mux width=640 height=360 batch-size=1 "
    "! nvinfer name=pgie config-file-path={config} ! fakesink",
    params={"uri": Path(sys.argv[1]).resolve().as_uri(), "config": CONFIG},
)


@app.probe("pgie", "src", backend_uri="memory://?stream=labels")
def labels(batch_meta):
    for frame, detection in objects_per_batch(batch_meta):
        yield frame.frame_num, detection.obj_label


async def report(seen: Counter) -> None:
    while True:
        await asyncio.sleep(0.5)
        print(dict(seen))


async def main() -> None:
    seen: Counter = Counter()
    items = app.stream("labels")
    run = asyncio.create_task(app.run_async())
    reporter = asyncio.create_task(report(seen))
    async for _, label in items:
        seen[label] += 1
    await run
    reporter.cancel()
    print("in all:", dict(seen))


asyncio.run(main())
