"""The losses that a network can be trained with, by task and name: their titles and functions.

Nothing here imports torch; the functions take NumPy arrays and torch tensors alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine import tasks
from engine.functional import losses
from engine.functional.arrays import Array
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

SIGMOID, SOFTMAX, AS_IS = "sigmoid", "softmax", "as is"
HUBER_DELTA = 0.1
"""Where Huber loss becomes linear, over -1..1: 5 % of a side. At torch's default of 1 it never would."""

_ACTIVATIONS: dict[str, Callable] = {
    SIGMOID: losses.sigmoid,
    SOFTMAX: losses.softmax,
    AS_IS: lambda outputs: outputs,
}


@dataclass(frozen=True)
class LossChoice:
    """One loss that a task can be trained with.

    Attributes:
        name: as in `engine.tasks.Task.losses` and in a configuration.
        title: its usual name.
        short: an abbreviation of it.
        description: one sentence on what it does.
        function: (outputs, targets) -> the mean loss, a scalar that carries gradients in torch. Targets are the
            class index (N,) for a single label, 0 and 1 (N, C) for several labels, -1..1 (N, 2) for points. Takes
            `reduction` as all of `engine.functional.losses` do.
        gradient: (outputs, targets) -> the gradient of the mean loss with respect to the outputs, written out.
        activation: how outputs become predictions: `SIGMOID`, `SOFTMAX`, or `AS_IS` for points.
    """

    name: str
    title: str
    short: str
    description: str
    function: Callable[..., Any]
    gradient: Callable[[Any, Any], Any]
    activation: str

    def predictions(self, outputs: Array) -> Array:
        """The predictions for outputs (N, C): probabilities for labels, the points themselves for points."""
        return _ACTIVATIONS[self.activation](outputs)


def choice(task: str, name: str) -> LossChoice:
    """The loss of that name for a task. Raises ValueError, listing the known names."""
    known = ", ".join(tasks.get(task).losses)
    loss = _BY_TASK[task].get(name)
    if loss is None:
        raise ValueError(f"loss should be one of {known} for {task}, but is {name!r}.")
    return loss


def choices(task: str) -> tuple[LossChoice, ...]:
    """Every loss for a task, in the order of `engine.tasks.Task.losses`; the first is fastai's default."""
    return tuple(choice(task, name) for name in tasks.get(task).losses)


_CROSS_ENTROPY = "cross-entropy"

_ALL = {
    SINGLE_LABEL: (
        LossChoice(
            "cross_entropy",
            _CROSS_ENTROPY,
            "CE",
            "Softmax divides a total probability of 1 among the classes; only the right class's part counts.",
            losses.cross_entropy,
            losses.cross_entropy_gradient,
            SOFTMAX,
        ),
    ),
    MULTI_LABEL: (
        LossChoice(
            "binary_cross_entropy",
            "binary cross-entropy",
            "BCE",
            "Every class is its own yes/no question.",
            losses.binary_cross_entropy,
            losses.binary_cross_entropy_gradient,
            SIGMOID,
        ),
        LossChoice(
            "cross_entropy",
            _CROSS_ENTROPY,
            "CE",
            "Softmax divides a total probability of 1 among the classes: two labels get a half each, and an image "
            "without labels has no effect.",
            losses.shared_cross_entropy,
            losses.shared_cross_entropy_gradient,
            SOFTMAX,
        ),
        LossChoice(
            "binary_cross_entropy_as_printed",
            "BCE as the book prints it (inverted)",
            "inverted",
            "The book's misprint: smallest when every prediction is wrong, so the model learns to be wrong.",
            losses.binary_cross_entropy_as_printed,
            losses.binary_cross_entropy_as_printed_gradient,
            SIGMOID,
        ),
        LossChoice(
            "focal",
            "focal",
            "focal",
            "Binary cross-entropy that hardly counts predictions that are already nearly right (Lin et al. 2017).",
            losses.focal_loss,
            losses.focal_loss_gradient,
            SIGMOID,
        ),
        LossChoice(
            "asymmetric",
            "asymmetric (ASL)",
            "ASL",
            "Binary cross-entropy that forgives easy absences, so that rare labels weigh more (Ridnik et al. 2021).",
            losses.asymmetric_loss,
            losses.asymmetric_loss_gradient,
            SIGMOID,
        ),
        LossChoice(
            "mean_squared_error",
            "mean squared error",
            "MSE",
            "The squared distance of each probability to 0 or 1; the gradient vanishes for confident mistakes.",
            losses.sigmoid_mean_squared_error,
            losses.sigmoid_mean_squared_error_gradient,
            SIGMOID,
        ),
    ),
    POINTS: (
        LossChoice(
            "mean_squared_error",
            "mean squared error",
            "MSE",
            "Squares every error: one large miss outweighs many small ones.",
            losses.mean_squared_error,
            losses.mean_squared_error_gradient,
            AS_IS,
        ),
        LossChoice(
            "mean_absolute_error",
            "mean absolute error",
            "MAE",
            "The size of every error: its gradient is the same at 1 px as at 100 px.",
            losses.mean_absolute_error,
            losses.mean_absolute_error_gradient,
            AS_IS,
        ),
        LossChoice(
            "huber",
            "Huber",
            "Huber",
            f"Squares errors up to {HUBER_DELTA:g}; larger ones count in proportion to their size.",
            partial(losses.huber, delta=HUBER_DELTA),
            partial(losses.huber_gradient, delta=HUBER_DELTA),
            AS_IS,
        ),
    ),
}

_BY_TASK = {task: {loss.name: loss for loss in task_losses} for task, task_losses in _ALL.items()}
