"""Pixels drawn on one branch of a tee never show on another."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from packages.pyds.tests.pipelines import TIMEOUT_NS, planes_of, playing, wait

FRAMES = 300
WHITE = 235

# nvdsosd draws a black clock into every frame, in place.
SOURCE = (
    f"videotestsrc num-buffers={FRAMES} pattern=white ! video/x-raw,format=NV12,width=320,"
    "height=240,framerate=30/1,colorimetry=bt601 ! nvvideoconvert ! mux.sink_0 "
    "nvstreammux name=mux width=320 height=240 batch-size=1 ! tee name=t "
)
DRAWN = (
    "t. ! queue ! nvdsosd display-clock=true clock-color=255 ! {} ! appsink name=drawn sync=false "
)
PLAIN = "t. ! queue ! {} ! appsink name=plain sync=false"


def is_white(branch: str, pipeline_description: str) -> dict[str, list[bool]]:
    """For each branch, frame by frame: is every pixel white?"""
    result: dict[str, list[bool]] = {"drawn": [], branch: []}
    with playing(pipeline_description) as pipeline:

        def pull(name: str) -> None:
            sink = pipeline.get_by_name(name)
            while (sample := sink.emit("try-pull-sample", TIMEOUT_NS)) is not None:
                result[name].append(bool(np.all(planes_of(sample)["y"] == WHITE)))

        threads = [threading.Thread(target=pull, args=(name,)) for name in result]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait(pipeline)
    return result


LEAVE = "nvvideoconvert ! video/x-raw,format=NV12"
CONVERT = "nvvideoconvert ! video/x-raw,format=I420"


@pytest.mark.parametrize("plain", [CONVERT, LEAVE, f"{LEAVE} ! queue max-size-buffers=50"])
@pytest.mark.parametrize("drawn", [CONVERT, LEAVE])
def test_drawing_on_one_branch_never_shows_on_the_other(drawn: str, plain: str) -> None:
    """Also when a branch leaves NVMM by reference and holds on to what it refers to."""
    white = is_white("plain", SOURCE + DRAWN.format(drawn) + PLAIN.format(plain))
    assert white["plain"] == [True] * FRAMES
    assert white["drawn"] == [False] * FRAMES
