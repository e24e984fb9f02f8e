"""When a run may predict in 8-bit integers: only where that changes no label to speak of."""

import shutil

import numpy as np
import pytest

from engine.functional.coordinates import pixel_distance, to_unit
from engine.runs import Run
from engine.training.quick import int8_check
from tests import tiny_runs


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny_runs.labels_run(tmp_path_factory.mktemp("made") / "run")


@pytest.fixture
def run(made, tmp_path):
    """A copy of its own, to be changed."""
    return Run(shutil.copytree(made.folder, tmp_path / "run"))


def logits(run, count=100):
    """Every tenth image has every label, clearly."""
    return np.where(np.arange(count)[:, None] % 10 == 0, 5.0, -5.0) * np.ones((count, len(run.vocab)))


def test_equal_labels_pass(run):
    int8_check.write(run, logits(run), logits(run) * 0.9)
    assert int8_check.is_passed(run.folder)


def test_labels_lost_among_many_absent_ones_do_not_pass(run):
    lost = logits(run)
    lost[0, 0] = -0.1
    same, shared = int8_check.agreement(run, logits(run), lost)
    assert same == pytest.approx(1 - 1 / logits(run).size)
    assert shared == pytest.approx(1 - 1 / (10 * len(run.vocab)))
    int8_check.write(run, logits(run), lost)
    assert int8_check.is_passed(run.folder) == (shared >= int8_check.LEAST_SHARED)
    lost[:50] = -5
    int8_check.write(run, logits(run), lost)
    assert not int8_check.is_passed(run.folder)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 9, "moved": 0, "agreement": 1, "shared_labels": 1}', '{"agreement": "x"}'],
)
def test_a_run_that_was_not_checked_does_not_pass(run, text):
    assert not int8_check.is_passed(run.folder)
    (run.folder / int8_check.FILE).write_text(text)
    assert not int8_check.is_passed(run.folder)


def test_points_may_move_by_a_tenth_of_the_median_error(tmp_path):
    run = tiny_runs.points_run(tmp_path / "run", tmp_path, tiny_runs.write_heads(tmp_path))
    predictions = run.predictions
    sizes = predictions.sizes_wh
    exact = to_unit(predictions.points_px, sizes)
    error = np.median(pixel_distance(predictions.points_px, predictions.targets_px))
    for share, is_small in ((0.05, True), (0.2, False)):
        rounded = to_unit(predictions.points_px + np.array([share * error, 0]), sizes)
        assert int8_check.moved(run, exact, rounded) == pytest.approx(share)
        int8_check.write(run, exact, rounded)
        assert int8_check.is_passed(run.folder) == is_small
