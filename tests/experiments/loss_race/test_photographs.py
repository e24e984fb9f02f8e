"""The race over photographs needs no image, teaches what the one over drawings does, and shows what pooling forgets."""

import subprocess
import sys

import numpy as np
import pytest

from engine import paths
from engine.data import example_photographs
from engine.data.formats import DatasetError
from engine.experiments import loss_race
from engine.experiments.loss_race import photographs, train_heads
from engine.experiments.loss_race.photographs import GRID, POOLED
from engine.images import open_image
from engine.tasks import MULTI_LABEL, POINTS


def finished(task: str, sees: str = POOLED):
    course = photographs.load(task, sees).course
    return train_heads.run(photographs.start(task), course), course


def test_every_loss_learns_but_the_inverted_one_which_learns_to_be_wrong():
    raced, course = finished(MULTI_LABEL)
    ranking = loss_race.mean_average_precisions(raced, course)
    chance = loss_race.chance_average_precision(course.valid_targets)
    skill = loss_race.label_scores(raced, course, 0.5, ranking).groupby("lane").last()["skill"]
    for lane, precision in zip(raced.lanes, ranking[-1], strict=True):
        if lane.loss.name == "binary_cross_entropy_as_printed":
            assert precision < chance and skill[lane.name] < -0.2
        else:
            assert precision > chance + 0.3 and skill[lane.name] > 0.2


def test_pooled_features_do_not_beat_the_mean_point_and_the_grid_does():
    for sees, is_better in ((POOLED, False), (GRID, True)):
        raced, course = finished(POINTS, sees)
        last = loss_race.point_scores(raced, course).groupby("lane").last()["median_error_px"]
        assert (last < loss_race.point_baseline_px(course)).all() == is_better
        assert (last < 0.8 * loss_race.point_baseline_px(course)).any() == is_better


def test_the_parts_are_those_of_coco_and_no_person_is_in_both():
    labels = photographs.load(MULTI_LABEL).course
    assert labels.train_features.shape == labels.valid_features.shape == (128, 1280)
    assert labels.train_targets.shape[1] == len(labels.valid.vocab) == 12
    points = photographs.load(POINTS).course
    assert [len(points.train_targets), len(points.valid_targets)] == [160, 40]
    assert not set(points.train.table["group"]) & set(points.valid.table["group"])
    assert np.abs(points.train_targets).max() <= 1


@pytest.mark.parametrize(("task", "sees"), [(MULTI_LABEL, POOLED), (POINTS, POOLED), (POINTS, GRID)])
def test_the_stored_examples_are_what_the_backbone_computes(task, sees):
    fname = "astronaut.jpg"
    image = (
        example_photographs.head_of(fname)
        if task == POINTS
        else open_image(example_photographs.FOLDER / fname)
    )
    stored = photographs.load(task, sees).examples[fname]
    np.testing.assert_allclose(photographs.of_image(image, sees), stored, rtol=2e-3, atol=2e-3)


def test_missing_damaged_and_old_files_are_named(tmp_path):
    with pytest.raises(DatasetError, match=r"labels.safetensors is missing from"):
        photographs.load(MULTI_LABEL, source=tmp_path)
    (tmp_path / "points.safetensors").write_bytes(b"cut off")
    with pytest.raises(DatasetError, match=r"points.safetensors is damaged: restore it"):
        photographs.load(POINTS, source=tmp_path)
    arrays = {"pooled": np.zeros((2, 3)), "labels": np.zeros((2, 1)), "example_pooled": np.zeros((0, 3))}
    photographs.write(MULTI_LABEL, arrays, {"fnames": ["a", "b"], "vocab": ["cat"]}, tmp_path)
    with pytest.raises(DatasetError, match="damaged"):  # is_valid is not there
        photographs.load(MULTI_LABEL, source=tmp_path)


def test_no_torch_is_loaded_to_read_it():
    code = (
        "import sys\nfrom engine.experiments.loss_race import photographs\nphotographs.load('points', 'grid')\n"
        "print(sorted({'torch', 'timm', 'fastai'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
