"""Pipelines in which a table of detections stands in for the detector in front of nvtracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

import pyds
from packages.pyds.tests.pipelines import Gst, wait

#: Rows (left, top, width, height, confidence, class id) of one frame.
Detections = npt.NDArray[np.float32]
#: Finds them by source id and frame number; None where it did not look at the frame.
Detector = Callable[[int, int], Detections | None]

BOX = ("left", "top", "width", "height")


def no_detections() -> npt.NDArray[np.float32]:
    """A frame a detector looked at in vain."""
    return np.empty((0, 6), np.float32)


def detections(*rows: tuple[float, ...]) -> npt.NDArray[np.float32]:
    """Rows (left, top[, confidence[, class id]]) of boxes of 60 x 90 pixels."""
    full = [(*row[:2], 60, 90, *row[2:], *(0.9, 0)[len(row) - 2 :]) for row in rows]
    return np.array(full, np.float32)


def detect(batch: Any, detector: Detector) -> None:
    """Adds what the detector finds to every frame of a batch."""
    for index, frame in enumerate(batch.frames):
        found = detector(frame.source_id, frame.frame_num)
        frame.bInferDone = found is not None
        if found is None or not len(found):
            continue
        table = np.zeros(len(found), pyds.OBJECT_DTYPE)
        table["frame_index"] = index
        table["object_id"] = np.iinfo(np.uint64).max
        table["unique_component_id"] = 1
        table["label_id"] = pyds.label_id("person")
        for column, name in enumerate((*BOX, "confidence", "class_id")):
            table[name] = found[:, column]
        pyds.add_objects(batch, table)


@contextmanager
def tracking(
    detector: Detector,
    *,
    sources: int = 1,
    frames: int = 10,
    size: tuple[int, int] = (640, 480),
    source: str | None = None,
    **properties: Any,
) -> Iterator[tuple[Any, list[Any]]]:
    """A pipeline not yet started, and a list that gets the table of tracked objects of each batch.

    ``source`` describes what takes the place of the black pictures. Exceptions of ``detector`` are
    raised at the end.
    """
    width, height = size
    given = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in properties.items())
    inputs = (
        f"{source} ! mux.sink_0"
        if source
        else " ".join(
            f"videotestsrc num-buffers={frames} pattern=black ! video/x-raw,format=NV12,"
            f"width={width},height={height},framerate=25/1 ! nvvideoconvert ! mux.sink_{source}"
            for source in range(sources)
        )
    )
    pipeline = Gst.parse_launch(
        f"nvstreammux name=mux width={width} height={height} batch-size={sources} ! "
        f"nvtracker name=tracker {given} ! fakesink name=sink sync=false {inputs}"
    )
    tracker = pipeline.get_by_name("tracker")
    tables: list[Any] = []
    errors: list[BaseException] = []
    pyds.add_probe(
        tracker.get_static_pad("sink"),
        lambda batch: detect(batch, detector),
        on_error=errors.append,
    )
    pyds.add_probe(
        tracker.get_static_pad("src"),
        lambda batch: tables.append(batch.objects),
        on_error=errors.append,
    )
    try:
        yield pipeline, tables
    finally:
        pipeline.set_state(Gst.State.NULL)
    if errors:
        raise errors[0]


def track(detector: Detector, **options: Any) -> npt.NDArray[Any]:
    """The table of all tracked objects of a run to the end."""
    with tracking(detector, **options) as (pipeline, tables):
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    return np.concatenate(tables)
