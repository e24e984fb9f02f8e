"""The lanes of a race: one per loss, for points each without and with a range that limits the predictions."""

from dataclasses import dataclass

from engine import tasks
from engine.functional.arrays import Array
from engine.functional.coordinates import sigmoid_range, sigmoid_range_gradient
from engine.functional.loss_registry import AS_IS, SOFTMAX, LossChoice, choices
from engine.functional.losses import log_softmax, logit

Y_RANGE = (-1.0, 1.0)
_NEAREST = 1e-3


@dataclass(frozen=True)
class Lane:
    """One head's loss: `loss`, and `y_range`, () or the (low, high) that its raw outputs are mapped into."""

    loss: LossChoice
    y_range: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """An identifier that is unique among the lanes."""
        return f"{self.loss.name}{' in y_range' if self.y_range else ''}"

    @property
    def title(self) -> str:
        """Its usual name."""
        return f"{self.loss.title}{', y_range' if self.y_range else ''}"

    @property
    def short(self) -> str:
        """An abbreviation of the title."""
        return f"{self.loss.short}{' y_range' if self.y_range else ''}"

    def outputs(self, raw: Array) -> Array:
        """The inputs of the loss for a head's raw outputs (..., C): logits, or points over -1..1."""
        return sigmoid_range(raw, *self.y_range) if self.y_range else raw

    def raw_at(self, predictions: Array) -> Array:
        """The raw outputs (..., C) that give these predictions: probabilities, or points over -1..1.

        For softmax they are those of the sigmoid. Predictions that need infinite outputs are approximated.
        """
        low, high = self.y_range or ((0.0, 1.0) if self.loss.activation != AS_IS else (0.0, 0.0))
        if low == high:
            return predictions
        return logit(((predictions - low) / (high - low)).clip(_NEAREST, 1 - _NEAREST))

    def losses_of(self, raw: Array, targets: Array) -> Array:
        """The loss of each image (N,) from a head's raw outputs (N, C); the head is trained on their mean."""
        terms = self.loss.function(self.outputs(raw), targets, reduction="none")
        return terms.reshape(len(terms), -1).mean(1)

    def gradient(self, raw: Array, targets: Array) -> Array:
        """The gradient of the mean loss with respect to the raw outputs (N, C)."""
        slopes = self.loss.gradient(self.outputs(raw), targets)
        return slopes * sigmoid_range_gradient(raw, *self.y_range) if self.y_range else slopes

    def predictions(self, raw: Array) -> Array:
        """Probabilities (..., C) for labels, points over -1..1 (..., 2) for points."""
        return self.loss.predictions(self.outputs(raw))

    def ranks(self, raw: Array) -> Array:
        """Scores (..., C) in the order of the predictions, which stay distinct where probabilities round to 0 or 1."""
        return log_softmax(raw) if self.loss.activation == SOFTMAX else self.outputs(raw)


def lanes(task: str) -> tuple[Lane, ...]:
    """The six lanes of a task: one per loss, for points without and with `y_range`."""
    ranges = ((), Y_RANGE) if tasks.get(task).has_points else ((),)
    return tuple(Lane(loss, y_range) for loss in choices(task) for y_range in ranges)
