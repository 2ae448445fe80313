"""ReID in nvtracker: embeddings of objects by a network, and ids that survive by looks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import pyds
from packages.pyds.tests.inference_support import identity_model, model
from packages.pyds.tests.pipelines import DATA, Gst, PipelineError, needs_data, wait
from packages.pyds.tests.tracking import detections, tracking

Picture = npt.NDArray[np.uint8]
Embeddings = dict[tuple[int, int], npt.NDArray[np.float32]]

OSNET = model("osnet_x0_25_msmt17_dyn.onnx")
VIDEO = DATA / "videos/Retail02_short.mp4"
#: How osnet was trained: RGB, the mean of ImageNet, and the mean of its three deviations.
OSNET_KEYS = {
    "onnxFile": OSNET,
    "offsets": [123.675, 116.28, 103.53],
    "netScaleFactor": 0.01735207,
    "keepAspc": 0,
}


def write_config(folder: Path, *, reid: dict[str, Any], **sections: dict[str, Any]) -> Path:
    """A low-level configuration; JSON values are YAML."""
    lines = ["%YAML:1.0"]
    for section, keys in {**sections, "ReID": reid}.items():
        lines.append(f"{section}:")
        lines += [f"  {key}: {json.dumps(value, default=str)}" for key, value in keys.items()]
    file = folder / "tracker.yml"
    file.write_text("\n".join(lines) + "\n")
    return file


def embeddings_of(batch: pyds.NvDsBatchMeta) -> Embeddings:
    """The embeddings attached to the objects, by frame number and left edge."""
    found = {}
    for frame in batch.frames:
        for obj in frame.objects:
            for user in obj.user_metas:
                if user.base_meta.meta_type == pyds.NVDS_TRACKER_OBJ_REID_META:
                    reid = pyds.NvDsObjReid.cast(user.user_meta_data)
                    vector = reid.get_host_reid_vector()
                    assert reid.featureSize == len(vector)
                    found[frame.frame_num, round(obj.rect_params.left)] = vector
    return found


def golden() -> dict[tuple[int, tuple[int, ...]], npt.NDArray[np.float32]]:
    """The reference embeddings by frame number and box (x1, y1, x2, y2)."""
    with np.load(DATA / "golden/Retail02_short.osnet.npz") as file:
        parts = {name: [int(part) for part in name[1:].split("_")] for name in file}
        return {(p[0], tuple(p[2:])): file[name] for name, p in parts.items()}


def boxes_of_frame(number: int) -> npt.NDArray[np.float32]:
    rows = [(x1, y1, x2 - x1, y2 - y1, 0.9, 0) for n, (x1, y1, x2, y2) in golden() if n == number]
    return np.array(rows, np.float32).reshape(-1, 6)


@needs_data
def test_embeddings_are_those_of_the_reference(tmp_path: Path) -> None:
    """But for the scaling, and for colours: the reference takes 1080 rows for BT.601."""
    reid = {"reidType": 1, "outputReidTensor": 1, "minVisibility4GalleryUpdate": 0, **OSNET_KEYS}
    found: Embeddings = {}
    with tracking(
        lambda source, frame: boxes_of_frame(frame),
        size=(1920, 1080),
        source=f"filesrc location={VIDEO} ! qtdemux ! h265parse ! nvv4l2decoder "
        "! identity eos-after=302",
        ll_config_file=write_config(tmp_path, reid=reid),
    ) as (pipeline, _):
        pad = pipeline.get_by_name("tracker").get_static_pad("src")
        pyds.add_probe(pad, lambda batch: found.update(embeddings_of(batch)))
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    expected = {(number, box[0]): vector for (number, box), vector in golden().items()}
    assert found.keys() == expected.keys()
    for key, vector in found.items():
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
        alike = {k: float(vector @ e / np.linalg.norm(e)) for k, e in expected.items()}
        assert alike[key] > 0.96
        assert max(alike, key=alike.__getitem__) == key


#: Where two people of the video are in three of its frames (x1, y1, x2, y2).
_DENIM = {0: (697, 383, 963, 901), 100: (712, 362, 966, 900), 200: (809, 302, 1036, 835)}
_BLACK = {0: (1462, 100, 1577, 477), 100: (1456, 98, 1575, 475), 200: (1472, 107, 1575, 469)}
WIDTH, HEIGHT = 90, 200


@pytest.fixture(scope="module")
def people() -> list[list[Picture]]:
    """Three pictures each of two people, BGR, 90 x 200 pixels."""
    video = cv2.VideoCapture(str(VIDEO))
    frames = {}
    for number in range(201):
        read, picture = video.read()
        assert read
        if number in _DENIM:
            frames[number] = picture
    return [
        [
            cv2.resize(frames[number][y1:y2, x1:x2], (WIDTH, HEIGHT)).astype(np.uint8)
            for number, (x1, y1, x2, y2) in boxes.items()
        ]
        for boxes in (_DENIM, _BLACK)
    ]


@dataclass
class Sight:
    """One of the two people in one frame; one that is hidden is not detected."""

    person: int
    left: int
    top: int
    seen: bool = True


#: Who is there in a frame, the farthest first.
Walk = Callable[[int], list[Sight]]


def ids_of_people(
    people: list[list[Picture]], walk: Walk, frames: int, config: Path
) -> list[list[int]]:
    """The ids that each of the two gets over the whole walk."""

    def detector(source: int, frame: int) -> Any:
        rows = [(s.left, s.top, WIDTH, HEIGHT, 0.9, 0) for s in walk(frame) if s.seen]
        return np.array(rows, np.float32).reshape(-1, 6)

    source = (
        "appsrc name=in format=time "
        "caps=video/x-raw,format=BGR,width=640,height=480,framerate=25/1 ! nvvideoconvert"
    )
    with tracking(detector, source=source, ll_config_file=config) as (pipeline, tables):
        pipeline.set_state(Gst.State.PLAYING)
        feed = pipeline.get_by_name("in")
        for number in range(frames):
            picture = np.full((480, 640, 3), 96, np.uint8)
            for sight in walk(number):
                looks = people[sight.person][number // 20 % 3]
                rows = slice(sight.top, sight.top + HEIGHT)
                picture[rows, sight.left : sight.left + WIDTH] = looks
            buffer = Gst.Buffer.new_wrapped(picture.tobytes())
            buffer.pts = number * Gst.SECOND // 25
            feed.emit("push-buffer", buffer)
        feed.emit("end-of-stream")
        wait(pipeline)

    found: list[list[int]] = [[], []]
    for number, table in enumerate(tables):
        for sight in walk(number):
            place = (abs(table["left"] - sight.left) < 6) & (abs(table["top"] - sight.top) < 6)
            for value in table[place & sight.seen]["object_id"]:
                if int(value) not in found[sight.person]:
                    found[sight.person].append(int(value))
    return found


def turn_back(stay: int) -> Walk:
    """Two people meet, one hides the other for a while, and both go back where they came from."""

    def walk(frame: int) -> list[Sight]:
        steps = max(25 - frame, 0) + max(frame - 25 - stay, 0)
        left, right = 270 - 8 * steps, 290 + 8 * steps
        return [Sight(1, right, 140, seen=right - left >= 45), Sight(0, left, 150)]

    return walk


def come_back_elsewhere(frame: int) -> list[Sight]:
    """One leaves; while he is away another comes; then he comes from another side."""
    if frame < 50:
        return [Sight(0, 40 + 4 * frame, 150)]
    sights = [Sight(1, 60 + 3 * (frame - 50), 200)]
    if frame >= 65:
        sights.append(Sight(0, 540 - 4 * (frame - 65), 160))
    return sights


ASSOCIATION = {"matchingScoreWeight4ReidSimilarity": 1, "minMatchingScore4ReidSimilarity": 0.65}


@needs_data
@pytest.mark.parametrize(
    ("reid_type", "stay", "expected"),
    [
        (0, 6, [[0, 1], [1, 0]]),  # they change ids
        (1, 6, [[0], [1]]),
        (3, 6, [[0], [1]]),
        # Too long for being found where he was last seen.
        (1, 12, [[0], [1, 2]]),
        (3, 12, [[0], [1]]),
    ],
)
def test_looks_tell_who_comes_out_of_an_occlusion(
    people: list[list[Picture]],
    tmp_path: Path,
    reid_type: int,
    stay: int,
    expected: list[list[int]],
) -> None:
    config = write_config(
        tmp_path, reid={"reidType": reid_type, **OSNET_KEYS}, DataAssociator=ASSOCIATION
    )
    assert ids_of_people(people, turn_back(stay), 60, config) == expected


@needs_data
@pytest.mark.parametrize(("reid_type", "expected"), [(0, [[0, 2], [1]]), (2, [[0], [1]])])
def test_looks_find_a_person_again_who_comes_back_elsewhere(
    people: list[list[Picture]], tmp_path: Path, reid_type: int, expected: list[list[int]]
) -> None:
    config = write_config(
        tmp_path,
        reid={"reidType": reid_type, **OSNET_KEYS},
        TargetManagement={"maxShadowTrackingAge": 5},
    )
    assert ids_of_people(people, come_back_elsewhere, 90, config) == expected


def two(source: int, frame: int) -> Any:
    """Two objects beside each other that stand still."""
    return detections((100, 100), (300, 200))


def run_with(config: Path) -> list[Embeddings]:
    """The embeddings attached in each of ten frames."""
    found: list[Embeddings] = []
    with tracking(two, ll_config_file=config) as (pipeline, _):
        pad = pipeline.get_by_name("tracker").get_static_pad("src")
        pyds.add_probe(pad, lambda batch: found.append(embeddings_of(batch)))
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    return found


@pytest.mark.parametrize(
    ("reid_type", "interval", "expected"),
    [(1, 3, range(10)), (2, 3, [0, 4, 8]), (2, 0, range(10)), (2, -1, [0]), (0, 0, [])],
)
def test_looks_are_taken_in_every_frame_to_associate_and_at_an_interval_to_reassociate(
    tmp_path: Path, reid_type: int, interval: int, expected: Any
) -> None:
    config = write_config(
        tmp_path,
        reid={
            "reidType": reid_type,
            "outputReidTensor": 1,
            "onnxFile": identity_model(tmp_path, ("N", 3, 8, 4)).name,  # beside the configuration
            "batchSize": 1,
        },
        TrajectoryManagement={"reidExtractionInterval": interval},
    )
    found = run_with(config)
    assert [number for number, frame in enumerate(found) if frame] == list(expected)
    for embeddings in found:
        assert {len(vector) for vector in embeddings.values()} <= {3 * 8 * 4}
        assert len(embeddings) in (0, 2)


def test_embeddings_stay_inside_unless_asked_for(tmp_path: Path) -> None:
    network = identity_model(tmp_path, ("N", 3, 8, 4))
    assert run_with(write_config(tmp_path, reid={"reidType": 3, "onnxFile": network})) == [{}] * 10


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, r"tracker\.yml: ReID: reidType asks for a network.*set onnxFile, or reidType: 0"),
        ({"tltEncodedModel": "m.etlt"}, r"m\.etlt is an encrypted model.*onnxFile"),
        ({"uffFile": "m.uff"}, r"m\.uff is in a withdrawn format.*tf2onnx"),
        ({"modelEngineFile": "m.engine"}, r"m\.engine is an engine of TensorRT.*onnxFile"),
        ({"onnxFile": "nowhere.onnx"}, r"ReID: .*nowhere\.onnx"),
        ({"onnxFile": "identity.onnx", "inferDims": [3, 9, 4]}, r"ReID: .*3;9;4"),
        ({"inferDims": [3, 9]}, r"tracker\.yml:5: ReID.inferDims is no list of 3 numbers"),
        ({"offsets": "none"}, r"ReID.offsets is no list of 3 numbers"),
    ],
)
def test_a_network_that_cannot_be_used_is_an_error_with_advice(
    tmp_path: Path, keys: dict[str, Any], message: str
) -> None:
    identity_model(tmp_path, ("N", 3, 8, 4))
    config = write_config(tmp_path, reid={"reidType": 2, "outputReidTensor": 1, **keys})
    with tracking(two, ll_config_file=config) as (pipeline, _):
        pipeline.set_state(Gst.State.PLAYING)
        with pytest.raises(PipelineError, match=message):
            wait(pipeline)


def test_copied_metadata_has_its_own_embeddings(tmp_path: Path) -> None:
    network = identity_model(tmp_path, ("N", 3, 8, 4))
    reid = {"reidType": 1, "outputReidTensor": 1, "onnxFile": network}
    copies: list[Any] = []
    with tracking(two, frames=3, ll_config_file=write_config(tmp_path, reid=reid)) as (pipeline, _):

        def copy(pad: Any, info: Any) -> Any:
            copies.append(info.get_buffer().copy())
            return Gst.PadProbeReturn.OK

        pad = pipeline.get_by_name("tracker").get_static_pad("src")
        pad.add_probe(Gst.PadProbeType.BUFFER, copy)
        pipeline.set_state(Gst.State.PLAYING)
        wait(pipeline)
    assert len(copies) == 3
    for buffer in copies:
        embeddings = embeddings_of(pyds.gst_buffer_get_nvds_batch_meta(buffer))
        assert [len(vector) for vector in embeddings.values()] == [3 * 8 * 4] * 2
