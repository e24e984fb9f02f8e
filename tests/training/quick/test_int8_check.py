"""When a run may predict in 8-bit integers: only where that changes no label to speak of."""

import numpy as np
import pytest

from engine.training.quick import int8_check
from tests import tiny_runs


@pytest.fixture
def run(tmp_path):
    return tiny_runs.labels_run(tmp_path / "run")


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
    "text", ["", "[]", "{}", '{"version": 9, "agreement": 1, "shared_labels": 1}', '{"agreement": "x"}']
)
def test_a_run_that_was_not_checked_does_not_pass(run, text):
    assert not int8_check.is_passed(run.folder)
    (run.folder / int8_check.FILE).write_text(text)
    assert not int8_check.is_passed(run.folder)
