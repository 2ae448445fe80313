"""The scene draws what its truth says, and the shipped detector finds it."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cairo", reason="the scene is drawn with pycairo: apt install python3-cairo")
sys.path.insert(0, str(Path(__file__).parent))

from metrics import Evaluation
from street import LABELS, ClassId, Scene
from street.camera import Camera
from street.drawing import Drawing
from street.light import Light
from street.traffic import Actor, Pose, standing

MODEL = (
    Path(__file__).parents[2]
    / "packages/pyds/src/pyds/deepstream/samples/models/street_4class/street_4class.onnx"
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(4, 640, 368, light="day", lens=False)


def square(left: float, top: float, side: float) -> Callable[[Camera, Light, Pose], Drawing]:
    def draw(_camera: Camera, _light: Light, _pose: Pose) -> Drawing:
        drawing = Drawing()
        drawing.fill(
            [[left, top], [left + side, top], [left + side, top + side], [left, top + side]],
            (1.0, 0.0, 0.0),
        )
        return drawing

    return draw


def with_only(scene: Scene, actors: list[Actor]) -> Scene:
    """The same street with other actors and no scenery in front of them."""
    other = copy.copy(scene)
    other.actors = actors
    other._static = []
    return other


def test_same_seed_draws_the_same_pixels_and_truth() -> None:
    first, second = Scene(3, 320, 184), Scene(3, 320, 184)
    for frame in (0, 17):
        pixels, truth = first.render(frame)
        again, truth_again = second.render(frame)
        assert np.array_equal(pixels, again)
        assert truth == truth_again
    assert pixels.shape == (184, 320, 3)
    assert pixels.dtype == np.uint8


def test_another_seed_draws_another_street() -> None:
    assert not np.array_equal(Scene(3, 320, 184).render(0)[0], Scene(4, 320, 184).render(0)[0])


def test_truth_boxes_bound_the_drawn_pixels(scene: Scene) -> None:
    bare, _ = with_only(scene, []).render(0)
    checked = set()
    for actor in scene.actors:
        if actor.class_id in checked:
            continue
        flat = Actor(actor.class_id, 1, actor.path, True, actor.draw)  # casts no shadow
        pixels, truth = with_only(scene, [flat]).render(0)
        if not truth or truth[0].width * truth[0].height < 150:
            continue
        box = truth[0]
        change = np.abs(pixels.astype(int) - bare.astype(int)).max(axis=2) > 24
        rows, columns = np.flatnonzero(change.any(axis=1)), np.flatnonzero(change.any(axis=0))
        assert columns[0] == pytest.approx(box.left, abs=2)
        assert rows[0] == pytest.approx(box.top, abs=2)
        assert columns[-1] + 1 == pytest.approx(box.left + box.width, abs=2)
        assert rows[-1] + 1 == pytest.approx(box.top + box.height, abs=2)
        checked.add(actor.class_id)
    assert checked == set(ClassId)


def test_the_nearer_object_hides_its_share_of_the_farther_one(scene: Scene) -> None:
    far = Actor(ClassId.VEHICLE, 1, standing(0.0, 30.0, 0.0), True, square(100, 100, 40))
    near = Actor(ClassId.PERSON, 2, standing(0.0, 20.0, 0.0), True, square(130, 100, 40))
    _, truth = with_only(scene, [near, far]).render(0)
    by_id = {box.object_id: box for box in truth}
    assert by_id[2].visibility == pytest.approx(1.0)
    assert by_id[1].visibility == pytest.approx(0.75, abs=0.01)
    assert (by_id[1].left, by_id[1].width) == (100, 40)  # the box covers the hidden part too
    assert not by_id[1].ignore


@pytest.mark.parametrize(
    ("left", "side", "ignore"), [(135, 38, True), (100, 8, True), (100, 30, False)]
)
def test_hidden_and_tiny_objects_are_ignored(
    scene: Scene, left: int, side: int, ignore: bool
) -> None:
    far = Actor(ClassId.VEHICLE, 1, standing(0.0, 30.0, 0.0), True, square(left, 100, side))
    near = Actor(ClassId.PERSON, 2, standing(0.0, 20.0, 0.0), True, square(130, 100, 40))
    _, truth = with_only(scene, [near, far]).render(0)
    assert [box.ignore for box in truth if box.object_id == 1] == [ignore]


def test_an_object_cut_by_the_frame_is_partly_visible(scene: Scene) -> None:
    cut = Actor(ClassId.VEHICLE, 1, standing(0.0, 30.0, 0.0), True, square(-20, 100, 40))
    _, truth = with_only(scene, [cut]).render(0)
    assert (truth[0].left, truth[0].width) == (0, 20)
    assert truth[0].visibility == pytest.approx(0.5, abs=0.02)


def test_objects_keep_their_id_while_they_move_smoothly(scene: Scene) -> None:
    before = {box.object_id: box for box in scene.render(30)[1] if not box.ignore}
    after = {box.object_id: box for box in scene.render(31)[1]}
    shared = before.keys() & after.keys()
    assert len(shared) >= 0.9 * len(before)
    for key in shared:
        a, b = before[key], after[key]
        assert a.class_id == b.class_id
        assert abs(a.left - b.left) < 0.35 * a.width + 4


def test_layers_paint_far_to_near(scene: Scene) -> None:
    depths = [layer.z for layer in scene._layers(0.0)]
    assert depths == sorted(depths, reverse=True)


def test_a_loop_gives_a_new_id_every_lap() -> None:
    actor = Actor(ClassId.VEHICLE, 5, standing(0.0, 9.0, 0.0), True, square(0, 0, 9))
    ids = {actor.identity(Pose(0.0, 9.0, 0.0, 0.0, lap)) for lap in range(3)}
    assert len(ids) == 3


def test_average_precision_of_a_known_case() -> None:
    evaluation = Evaluation()
    truth = np.array([[0, 0, 0, 0, 10, 10], [0, 0, 50, 50, 60, 60]], np.float32)
    found = np.array(
        [[0, 0.9, 0, 0, 10, 10], [0, 0.8, 80, 80, 90, 90], [0, 0.7, 50, 50, 60, 60]], np.float32
    )
    evaluation.add(found, truth)
    # Recall 1/2 at precision 1, then 2/2 at precision 2/3.
    assert evaluation.score(0).ap == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_ignored_truth_neither_rewards_nor_punishes() -> None:
    evaluation = Evaluation()
    truth = np.array([[0, 1, 0, 0, 10, 10], [0, 0, 50, 50, 60, 60]], np.float32)
    found = np.array([[0, 0.9, 0, 0, 10, 10], [0, 0.7, 50, 50, 60, 60]], np.float32)
    evaluation.add(found, truth)
    assert evaluation.score(0).truths == 1
    assert evaluation.score(0).ap == pytest.approx(1.0)


def test_the_shipped_model_finds_objects_of_unseen_streets() -> None:
    pytest.importorskip("onnxruntime", reason="pip install onnxruntime")
    from detectnet import Detector
    from evaluate import truth_array

    detector = Detector(MODEL)
    evaluation = Evaluation()
    for seed in range(700, 712):
        pixels, truth = Scene(seed, 640, 368).render(60)
        evaluation.add(detector(pixels, threshold=0.01), truth_array(truth))
    table = evaluation.table(LABELS)
    assert evaluation.mean_ap() >= 0.85, table
    assert all(evaluation.score(c).precision >= 0.75 for c in range(4)), table
