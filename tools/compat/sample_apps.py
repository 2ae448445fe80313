"""NVIDIA's sample applications: how each is run and how its output is checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tools.compat.samples_tree import ROAD_FRAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tools.compat.samples_tree import SamplesTree

#: Frames of the sample stream; what a file gives unless the application ends early.
FRAMES = 300
#: How the application for classes of pixels paints them: blue, green, red.
_PAINT = (("background", (128, 128, 64)), ("car", (0, 0, 64)))
_BLUR = 24  # by which JPEG changes them
_COUNTS = re.compile(r"Frame Number\s*=\s*(\d+).*?Number of Objects\s*=\s*(\d+)", re.DOTALL)


class CheckError(Exception):
    """What an application printed or wrote is not right."""


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise CheckError(what)


def _counts(output: str, streams: int = 1) -> str:
    """Every frame of every stream is counted, and most have objects."""
    objects = [int(count) for _, count in _COUNTS.findall(output)]
    _require(len(objects) >= FRAMES * streams, f"{len(objects)} of {FRAMES * streams} frames")
    seen = sum(count > 0 for count in objects)
    _require(seen > len(objects) // 2, f"objects in {seen} of {len(objects)} frames only")
    return f"{len(objects)} frames counted, {sum(objects)} objects"


def _messages(output: str) -> str:
    """Every frame is counted; test4 counts vehicles and persons apart."""
    counts = re.findall(r"Vehicle Count =\s*(\d+) Person Count =\s*(\d+)", output)
    _require(len(counts) >= FRAMES, f"{len(counts)} of {FRAMES} frames")
    return f"{len(counts)} frames counted"


def _matches(output: str, pattern: str, least: int) -> int:
    found = len(re.findall(pattern, output))
    _require(found >= least, f"{found} lines like {pattern!r}, expected at least {least}")
    return found


@dataclass(frozen=True)
class App:
    """One application."""

    name: str
    script: str
    arguments: Callable[[SamplesTree], list[str]]
    #: Looks at the output and the folder of the run; says what it saw or raises CheckError.
    check: Callable[[str, Path], str]
    elements: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    needs_classifiers: bool = False
    needs_segmentation_model: bool = False
    needs: str = ""  # hardware or a model nobody has
    broker: str = ""  # protocol of the message broker it sends to
    rtsp: str = ""  # address it serves, which is watched while it runs
    #: Seconds after which it is interrupted, for applications that do not end by themselves.
    interrupt_after_s: float | None = None
    timeout_s: float = 180
    #: Seconds it may take to end once interrupted.
    patience_s: float = 20

    @property
    def folder(self) -> str:
        """Where the script is, below ``apps``."""
        return self.name.partition(" ")[0]


def _h264(tree: SamplesTree) -> list[str]:
    return [str(tree.h264)]


def _uri(tree: SamplesTree) -> list[str]:
    return [tree.video.as_uri()]


def _long_uri(tree: SamplesTree) -> list[str]:
    return [tree.long_video.as_uri()]


def _uris(tree: SamplesTree) -> list[str]:
    return [tree.video.as_uri()] * 2


def _check_test2(output: str, _: Path) -> str:
    past = _matches(output, r"(?m)^frameNum: \d+", 1)
    return f"{_counts(output)}, {past} past frames of targets"


def _check_changing_sources(output: str, _: Path) -> str:
    added = _matches(output, r"Calling Start \d", 3)
    removed = _matches(output, r"Calling Stop \d", 1)
    return f"{added} sources added, {removed} removed while it runs"


def _check_custom_binding(output: str, _: Path) -> str:
    # The line of another thread may stand between the two things that a print() writes.
    output = output.replace("adding user meta", "")
    ids = _matches(output, r"custom meta structId::\s+\d+", FRAMES)
    _matches(output, r"custom meta msg::\s+\S+", FRAMES)
    _matches(output, r"custom meta sampleInt::\s+\d+", FRAMES)
    return f"{ids} structs arrive with id, message and number"


def _check_images(output: str, folder: Path) -> str:
    images = list((folder / "out").rglob("*.jpg"))
    for image in images:
        _require(image.read_bytes()[:2] == b"\xff\xd8", f"{image.name} is no JPEG")
    return f"{_counts(output, 2)}; {len(images)} annotated JPEGs"


def _check_redaction(output: str, folder: Path) -> str:
    crops = [path for path in (folder / "out_crops").rglob("*.jpg") if path.stat().st_size > 0]
    _require(bool(crops), "no crops")
    return f"{_counts(output, 2)}; {len(crops)} crops"


def _pictures(folder: Path) -> list[NDArray[Any]]:
    """The JPEGs an application wrote."""
    found = []
    for path in sorted(folder.rglob("*.jpg")):
        picture = cv2.imread(str(path))
        if picture is None:
            raise CheckError(f"{path.name} is no JPEG")
        found.append(picture)
    return found


def _check_masks(output: str, folder: Path) -> str:
    masks = _pictures(folder / "out")
    _require(len(masks) == FRAMES // 30, f"{len(masks)} masks of {FRAMES // 30}")
    shares = [float(np.mean(mask > 127)) for mask in masks]
    _require(min(shares) > 0.05 and max(shares) < 0.95, f"objects fill {shares} of their boxes")
    return f"{_counts(output)}; {len(masks)} masks of objects"


def _check_classes(_: str, folder: Path) -> str:
    maps = _pictures(folder / "out")
    _require(len(maps) == ROAD_FRAMES, f"{len(maps)} maps of {ROAD_FRAMES}")
    shares = [
        {
            name: float(np.mean(abs(one.astype(int) - colour).max(axis=2) < _BLUR))
            for name, colour in _PAINT
        }
        for one in maps
    ]
    cars = sum(share["car"] > 0.05 for share in shares)
    _require(cars > 5, f"a car in {cars} maps only")
    _require(all(share["background"] > 0.3 for share in shares), "little background")
    return f"{len(maps)} maps of classes, {cars} with a car"


def _check_flow(output: str, folder: Path) -> str:
    _matches(output, r"Frame Number=", FRAMES)
    images = list((folder / "out").rglob("*.jpg"))
    _require(len(images) == FRAMES - 1, f"{len(images)} images of {FRAMES - 1} motions")
    video = folder / "out.mp4"
    _require(video.stat().st_size > 100_000, f"{video.stat().st_size} bytes of video")
    return f"{len(images)} images of motion, none of the first frame; a video of it"


def _check_analytics(output: str, _: Path) -> str:
    lines = _matches(output, r"Objs in ROI|Linecrossing|direction|roi status|Overcrowding", 1)
    return f"{_counts(output)}; {lines} lines of analytics"


def _check_silent(output: str, _: Path) -> str:
    rates = [float(rate) for rate in re.findall(r"'stream\d': ([\d.]+)", output)]
    _require("End-of-stream" in output, "no end of stream")
    _require(bool(rates) and min(rates) > 0, f"frame rates {rates}")
    _require("Frame Number" not in output, "not silent")
    return f"end of stream; {max(rates):.0f} frames/s of each of 4 sources"


_BASE = ("nvstreammux", "nvv4l2decoder", "nvvideoconvert", "nvdsosd", "nveglglessink")
_INFER = (*_BASE, "nvinfer")
_RTSP = "rtsp://127.0.0.1:8554/ds-test"

APPS = (
    App(
        "deepstream-test1",
        "deepstream_test_1.py",
        _h264,
        lambda output, _: _counts(output),
        elements=_INFER,
    ),
    App(
        "deepstream-test1-rtsp-out",
        "deepstream_test1_rtsp_out.py",
        lambda tree: ["-i", str(tree.h264), "-c", "H264", "-e", "1"],
        lambda output, _: _counts(output),
        elements=(*_INFER, "x264enc"),
        modules=("gi.repository.GstRtspServer",),
        rtsp=_RTSP,
    ),
    App(
        "deepstream-test1-usbcam",
        "deepstream_test_1_usb.py",
        lambda _: ["/dev/video0"],
        lambda output, _: _counts(output),
        elements=(*_INFER, "v4l2src"),
        needs="/dev/video0",
    ),
    App(
        "deepstream-test2",
        "deepstream_test_2.py",
        _h264,
        _check_test2,
        elements=(*_INFER, "nvtracker"),
        needs_classifiers=True,
    ),
    App(
        "deepstream-test3",
        "deepstream_test_3.py",
        lambda tree: ["-i", *_uris(tree)],
        lambda output, _: _counts(output, 2),
        elements=(*_INFER, "nvmultistreamtiler"),
    ),
    App(
        "deepstream-test3 --no-display -s",
        "deepstream_test_3.py",
        # Four sources keep it busy for longer than the 5 s after which it prints rates.
        lambda tree: ["-i", *_uris(tree), *_uris(tree), "--no-display", "-s"],
        _check_silent,
        elements=("nvstreammux", "nvinfer", "nvv4l2decoder"),
    ),
    *(
        App(
            f"deepstream-test4 {protocol}",
            "deepstream_test_4.py",
            lambda tree: ["-i", str(tree.h264), "--no-display"],
            lambda output, _: _messages(output),
            elements=(*_INFER, "nvmsgconv", "nvmsgbroker"),
            broker=protocol,
        )
        for protocol in ("amqp", "kafka", "mqtt", "redis")
    ),
    App(
        "deepstream-custom-binding-test",
        "deepstream_custom_binding_test.py",
        _h264,
        _check_custom_binding,
        elements=("nvstreammux", "nvv4l2decoder"),
    ),
    App(
        "deepstream-demux-multi-in-multi-out",
        "deepstream_demux_multi_in_multi_out.py",
        lambda tree: ["-i", *_uris(tree)],
        lambda output, _: _counts(output, 2),
        elements=(*_INFER, "nvstreamdemux"),
    ),
    App(
        "deepstream-imagedata-multistream",
        "deepstream_imagedata-multistream.py",
        lambda tree: [*_uris(tree), "out"],
        _check_images,
        elements=(*_INFER, "nvmultistreamtiler"),
        modules=("cv2",),
    ),
    App(
        "deepstream-imagedata-multistream-cupy",
        "deepstream_imagedata-multistream_cupy.py",
        lambda tree: ["-i", *_uris(tree)],
        lambda output, _: _counts(output, 2),
        elements=(*_INFER, "nvmultistreamtiler"),
        modules=("cupy",),
    ),
    App(
        "deepstream-imagedata-multistream-redaction",
        "deepstream_imagedata-multistream_redaction.py",
        lambda tree: ["-i", *_uris(tree), "-c", "H264"],
        _check_redaction,
        elements=(*_INFER, "nvmultistreamtiler", "nvv4l2h264enc"),
        modules=("cv2", "gi.repository.GstRtspServer"),
        rtsp=_RTSP,
    ),
    App(
        "deepstream-nvdsanalytics",
        "deepstream_nvdsanalytics.py",
        _uri,
        _check_analytics,
        elements=(*_INFER, "nvtracker", "nvdsanalytics", "nvmultistreamtiler"),
    ),
    App(
        "deepstream-opticalflow",
        "deepstream-opticalflow.py",
        lambda tree: [*_uri(tree), "out"],
        _check_flow,
        elements=("nvof", "nvofvisual", "nvmultistreamtiler", "avenc_mpeg4"),
        modules=("cv2",),
    ),
    App(
        "deepstream-preprocess-test",
        "deepstream_preprocess_test.py",
        lambda tree: ["-i", *_uri(tree), "-c", "H264"],
        lambda output, _: _counts(output),
        elements=(*_INFER, "nvdspreprocess", "nvv4l2h264enc"),
        modules=("gi.repository.GstRtspServer",),
        rtsp=_RTSP,
    ),
    App(
        "deepstream-rtsp-in-rtsp-out",
        "deepstream_test1_rtsp_in_rtsp_out.py",
        lambda tree: ["-i", *_uri(tree), "-c", "H264"],
        lambda output, _: f"{_matches(output, r'Frame Number', FRAMES)} frames counted",
        elements=(*_INFER, "nvmultistreamtiler", "nvv4l2h264enc"),
        modules=("gi.repository.GstRtspServer",),
        rtsp=_RTSP,
    ),
    App(
        "deepstream-segmask",
        "deepstream_segmask.py",
        lambda tree: ["-i", *_uri(tree), "-o", "out"],
        _check_masks,
        elements=(*_INFER, "nvmultistreamtiler"),
        modules=("cv2",),
    ),
    App(
        "deepstream-segmentation",
        "deepstream_segmentation.py",
        lambda tree: ["dstest_segmentation_config_semantic.txt", str(tree.pictures), "out"],
        _check_classes,
        elements=("nvstreammux", "nvinfer", "nvsegvisual"),
        modules=("cv2",),
        needs_segmentation_model=True,
    ),
    App(
        "deepstream-ssd-parser",
        "deepstream_ssd_parser.py",
        _h264,
        lambda output, _: _counts(output),
        elements=("nvstreammux", "nvinferserver"),
    ),
    App(
        "runtime_source_add_delete",
        "deepstream_rt_src_add_del.py",
        _long_uri,
        _check_changing_sources,
        elements=(*_INFER, "nvtracker", "nvmultistreamtiler"),
        needs_classifiers=True,
        interrupt_after_s=60,  # a source more after 10, 20 and 30 seconds, then one less
    ),
)
