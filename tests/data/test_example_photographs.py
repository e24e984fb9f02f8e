"""What was marked by hand on the example photographs belongs to images that are there."""

import numpy as np
import pytest

from engine.data import example_photographs
from engine.functional.coordinates import in_frame, pixel_distance
from engine.images import open_image
from engine.inference import photo_showcase
from engine.training.photo_models.groups import SCENE_GROUPS

STORED = {shown.fname: shown for shown in photo_showcase.stored()}


def test_every_example_has_labels_of_the_scenes_and_those_with_a_point_show_a_person():
    assert set(example_photographs.LABELS) == set(photo_showcase.TITLES) == set(STORED)
    assert all(set(labels) <= set(SCENE_GROUPS) for labels in example_photographs.LABELS.values())
    people = {fname for fname, labels in example_photographs.LABELS.items() if "person" in labels}
    assert set(example_photographs.POINTS_PX) == people and set(example_photographs.HEADS_PX) <= people


@pytest.mark.parametrize("fname", example_photographs.POINTS_PX)
def test_a_point_lies_in_its_image_and_near_what_the_model_predicts(fname):
    point = np.array(example_photographs.POINTS_PX[fname])
    size = open_image(STORED[fname].path).size
    assert in_frame(point, np.array(size))
    assert pixel_distance(point, np.array(STORED[fname].points["point_px"])) < 0.05 * size[0]


def test_the_photographer_is_the_middle_of_the_man_with_a_camera():
    """The two files show one face at the same scale, so the two points differ by the same shift as the images do."""
    camera, photographer = (
        np.asarray(open_image(STORED[name].path), float).mean(2)
        for name in ("camera.jpg", "photographer.jpg")
    )
    x, y = np.subtract(
        example_photographs.POINTS_PX["camera.jpg"], example_photographs.POINTS_PX["photographer.jpg"]
    )
    shifts = [(dx, dy) for dx in range(int(x) - 3, int(x) + 4) for dy in range(int(y) - 3, int(y) + 4)]
    differences = [
        np.abs(camera[dy + 20 : dy + 140, dx + 60 : dx + 180] - photographer[20:140, 60:180]).mean()
        for dx, dy in shifts
    ]
    best = shifts[int(np.argmin(differences))]
    assert np.abs(np.subtract(best, (x, y))).max() <= 0.5


@pytest.mark.parametrize("fname", example_photographs.HEADS_PX)
def test_a_head_is_a_square_that_holds_the_point(fname):
    left, top, right, bottom = example_photographs.HEADS_PX[fname]
    head = example_photographs.head_of(fname)
    assert head.size == (right - left, bottom - top) and head.width == head.height
    assert in_frame(np.subtract(example_photographs.POINTS_PX[fname], (left, top)), np.array(head.size))
