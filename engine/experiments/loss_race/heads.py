"""The lanes of a race: each is a loss, for points also with or without a range that the answers are squeezed into."""

from dataclasses import dataclass

from engine.functional.coordinates import sigmoid_range, sigmoid_range_gradient
from engine.functional.loss_registry import AS_IS, SOFTMAX, LossChoice, choices
from engine.functional.losses import log_softmax, logit
from engine.tasks import POINTS

Y_RANGE = (-1.0, 1.0)
_NEAREST = 1e-3


@dataclass(frozen=True)
class Lane:
    """One head's loss: `loss`, and `y_range`, () or the (low, high) that its raw outputs are squeezed into."""

    loss: LossChoice
    y_range: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """What tells it from the other lanes."""
        return f"{self.loss.name}{' in y_range' if self.y_range else ''}"

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.loss.title}{', y_range' if self.y_range else ''}"

    @property
    def short(self) -> str:
        """The same where there is little room."""
        return f"{self.loss.short}{' y_range' if self.y_range else ''}"

    def outputs(self, raw):
        """What the loss is told, from a head's raw numbers (..., C): logits, or points over -1..1."""
        return sigmoid_range(raw, *self.y_range) if self.y_range else raw

    def raw_at(self, answers):
        """The raw numbers at which a head gives these answers (..., C): probabilities, or points over -1..1.

        For softmax they are those of the sigmoid. What only an infinite number would give is given nearly.
        """
        low, high = self.y_range or ((0.0, 1.0) if self.loss.activation != AS_IS else (0.0, 0.0))
        if low == high:
            return answers
        return logit(((answers - low) / (high - low)).clip(_NEAREST, 1 - _NEAREST))

    def losses_of(self, raw, targets):
        """The loss of each picture (N,) from a head's raw numbers (N, C); their mean is what the head is trained by."""
        terms = self.loss.function(self.outputs(raw), targets, reduction="none")
        return terms.reshape(len(terms), -1).mean(1)

    def gradient(self, raw, targets):
        """How the mean loss of all pictures changes with each raw number (N, C)."""
        slopes = self.loss.gradient(self.outputs(raw), targets)
        return slopes * sigmoid_range_gradient(raw, *self.y_range) if self.y_range else slopes

    def answers(self, raw):
        """Probabilities (..., C) for labels, points over -1..1 (..., 2) for points."""
        return self.loss.predictions(self.outputs(raw))

    def ranks(self, raw):
        """Numbers in the order of the answers (..., C), which stay apart where probabilities round to 0 or 1."""
        return log_softmax(raw) if self.loss.activation == SOFTMAX else self.outputs(raw)


def lanes(task: str) -> tuple[Lane, ...]:
    """The six lanes of a task: every loss of it, for points each without and with `y_range`."""
    ranges = ((), Y_RANGE) if task == POINTS else ((),)
    return tuple(Lane(loss, y_range) for loss in choices(task) for y_range in ranges)
