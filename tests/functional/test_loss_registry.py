"""The registry of losses holds every loss of every task, and each is the formula that it says."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from engine import paths
from engine.functional import loss_registry, losses
from engine.functional.loss_registry import AS_IS, SIGMOID, SOFTMAX, choice, choices
from engine.tasks import LOSSES, MULTI_LABEL, POINTS, SINGLE_LABEL

EVERY = [(task, name) for task, names in LOSSES.items() for name in names]


def targets_of(task: str):
    return {
        SINGLE_LABEL: np.array([2, 0]),
        MULTI_LABEL: np.array([[1, 0, 1], [0, 0, 0]]),
        POINTS: np.array([[0.5, -0.25], [0.0, 1.0]]),
    }[task]


def outputs_of(task: str) -> np.ndarray:
    return np.array([[1.5, -2.0], [0.25, 3.0]]) if task == POINTS else np.array([[3.0, -1, 0.5], [1, 2, -4]])


@pytest.mark.parametrize(("task", "name"), EVERY)
def test_every_loss_of_every_task_is_one_number_with_gradients(task, name):
    loss = choice(task, name)
    assert loss.name == name and loss.title and loss.description.endswith(".")
    outputs = torch.tensor(outputs_of(task), requires_grad=True)
    value = loss.function(outputs, torch.tensor(targets_of(task)))
    value.backward()
    value = value.detach()
    assert value.shape == () and float(value) > 0
    assert torch.isfinite(outputs.grad).all() and (outputs.grad != 0).any()
    assert float(loss.function(outputs_of(task), targets_of(task))) == pytest.approx(float(value))
    np.testing.assert_allclose(loss.gradient(outputs_of(task), targets_of(task)), outputs.grad, atol=1e-12)


@pytest.mark.parametrize("task", LOSSES)
def test_choices_are_in_the_order_of_the_tasks(task):
    assert tuple(loss.name for loss in choices(task)) == LOSSES[task]
    assert len({loss.title for loss in choices(task)}) == len(LOSSES[task])


def test_only_cross_entropy_predicts_by_softmax():
    for task, name in EVERY:
        wanted = AS_IS if task == POINTS else SOFTMAX if name == "cross_entropy" else SIGMOID
        assert choice(task, name).activation == wanted
    logits = outputs_of(MULTI_LABEL)
    assert np.allclose(choice(MULTI_LABEL, "cross_entropy").predictions(logits).sum(1), 1)
    assert np.allclose(choice(MULTI_LABEL, "focal").predictions(logits), losses.sigmoid(logits))
    assert choice(POINTS, "huber").predictions(logits) is logits


def test_each_name_is_its_own_formula():
    logits, targets = outputs_of(MULTI_LABEL), targets_of(MULTI_LABEL)
    formulas = {
        "binary_cross_entropy": losses.binary_cross_entropy,
        "cross_entropy": losses.shared_cross_entropy,
        "binary_cross_entropy_as_printed": losses.binary_cross_entropy_as_printed,
        "focal": losses.focal_loss,
        "asymmetric": losses.asymmetric_loss,
        "mean_squared_error": losses.sigmoid_mean_squared_error,
    }
    for name, formula in formulas.items():
        assert choice(MULTI_LABEL, name).function(logits, targets) == formula(logits, targets)


def test_hubers_loss_is_neither_of_the_others_on_errors_as_they_occur():
    off, nothing = np.full((1, 2), 0.2), np.zeros((1, 2))
    delta = loss_registry.HUBER_DELTA
    assert choice(POINTS, "huber").function(off, nothing) == pytest.approx(delta * (0.2 - delta / 2))


@pytest.mark.parametrize(("task", "name"), [(MULTI_LABEL, "huber"), (POINTS, "")])
def test_an_unknown_loss_is_told_with_those_that_there_are(task, name):
    with pytest.raises(ValueError, match=r"loss should be one of .* but is"):
        choice(task, name)


def test_an_unknown_task_has_no_losses():
    with pytest.raises(ValueError, match=r"task should be one of .* but is 'dance'"):
        choice("dance", "focal")


def test_the_registry_loads_no_torch():
    code = "import sys; import engine.functional.loss_registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT).returncode == 0
