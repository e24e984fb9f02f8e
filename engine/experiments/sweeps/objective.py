"""What a sweep improves: one metric per task that means the same whatever the loss."""

import math
from dataclasses import dataclass
from typing import Literal

from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Objective:
    """A metric of a run.

    Attributes:
        metric: its name in metrics.json.
        title, form: how people read it.
        epoch_metric: what is reported after every epoch, by which trials are pruned.
        lower_is_better: whether it is an error.
    """

    metric: str
    title: str
    form: str
    epoch_metric: str
    lower_is_better: bool = False

    @property
    def direction(self) -> Direction:
        return "minimize" if self.lower_is_better else "maximize"

    def is_better(self, value: float, than: float) -> bool:
        return value < than if self.lower_is_better else value > than

    def value_of(self, reached: dict) -> float | None:
        """The metric of a run; None where it has none, or one that is not finite."""
        value = reached.get(self.metric)
        return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


OBJECTIVES = {
    SINGLE_LABEL: Objective("accuracy", "accuracy", "{:.4f}", "accuracy"),
    MULTI_LABEL: Objective("mean_average_precision", "mean average precision", "{:.4f}", "accuracy_multi"),
    POINTS: Objective("median_error_px", "median error", "{:.2f} px", "median_error_px", True),
}
"""Mean average precision needs no threshold, so a loss that shifts all probabilities is not punished for that."""
