"""One sentence on whether a run learned anything: how much it improves on the best constant prediction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engine import tasks
from engine.data.formats.phrases import counted
from engine.runs import constant_baselines
from engine.runs.run import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

RESAMPLES = 2000
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True)
class Verdict:
    """A run compared with the best constant prediction.

    Attributes:
        score, baseline: accuracy (0..1), or the median error in pixels for points; of the run and of the constant.
        improvement, low, high: how much better the run is per image on average, in accuracy or
            in pixels, and the bootstrap interval that holds 95% of resamples.
        sentence: the message for the user.
    """

    score: float
    baseline: float
    baseline_description: str
    improvement: float
    low: float
    high: float
    sentence: str

    @property
    def is_better(self) -> bool:
        """Whether the run is better than the constant by more than chance would explain."""
        return self.low > 0


def judge(run: Run, remark: str = "") -> Verdict:
    """The verdict on a run with predictions; its sentence ends with `remark`, where there is one.

    Raises `RunError` where its tables are broken.
    """
    predictions = run.predictions
    constant = constant_baselines.best_constant(run, predictions)
    own = constant_baselines.per_image_score(run, predictions)
    is_error = tasks.get(run.task).has_points
    score, baseline = (_summary(values, is_error) for values in (own, constant.per_image))
    gains = constant.per_image - own if is_error else own - constant.per_image
    improvement = float(gains.mean())
    low, high = np.percentile(resampled_means(gains, run.config.seed), _INTERVAL)
    verdict = Verdict(score, baseline, constant.description, improvement, float(low), float(high), "")
    return replace(verdict, sentence=f"{_sentence(verdict, run)} {remark}".rstrip())


def metrics_of(verdict: Verdict) -> dict[str, float | str]:
    """What metrics.json keeps of a verdict."""
    return {
        "baseline": verdict.baseline,
        "baseline_is": verdict.baseline_description,
        "improvement": verdict.improvement,
        "improvement_low": verdict.low,
        "improvement_high": verdict.high,
        "verdict": verdict.sentence,
    }


def resampled_means(gains: np.ndarray, seed: int) -> np.ndarray:
    """The mean of `gains` (N,) in bootstrap resamples of the images, (`RESAMPLES`,)."""
    rng = np.random.default_rng(seed)
    means = [
        gains[rng.integers(len(gains), size=(100, len(gains)))].mean(axis=1) for _ in range(RESAMPLES // 100)
    ]
    return np.concatenate(means)


def _summary(values: np.ndarray, is_error: bool) -> float:
    return float(np.median(values) if is_error else np.mean(values))


def _sentence(verdict: Verdict, run: Run) -> str:
    reached, constant, gain = _CLAUSES[run.task](verdict)
    if verdict.is_better:
        return f"{reached}; {constant}: {gain}."
    return f"No better than a constant prediction: {reached.lower()}; {constant}. {_advice(run)}"


def _clauses_on_points(verdict: Verdict) -> tuple[str, str, str]:
    return (
        f"Median error {verdict.score:.1f} px",
        f"{verdict.baseline_description} misses by {verdict.baseline:.1f} px",
        f"{verdict.improvement:.1f} px closer on average (95% interval {verdict.low:.1f} to {verdict.high:.1f})",
    )


def _clauses_on_labels(what: str, verdict: Verdict) -> tuple[str, str, str]:
    low, high = 100 * verdict.low, 100 * verdict.high
    return (
        f"{verdict.score:.1%} of the {what} are right",
        f"{verdict.baseline_description} gets {verdict.baseline:.1%}",
        f"{100 * verdict.improvement:.1f} points better (95% interval {low:.1f} to {high:.1f})",
    )


_CLAUSES: dict[str, Callable[[Verdict], tuple[str, str, str]]] = {
    SINGLE_LABEL: partial(_clauses_on_labels, "images"),
    MULTI_LABEL: partial(_clauses_on_labels, "yes/no decisions"),
    POINTS: _clauses_on_points,
}
"""What a sentence is made of: what was reached, what the constant gets, and what was gained."""


def _advice(run: Run) -> str:
    """What to try next."""
    train = int((~run.images["is_valid"].astype(bool)).sum())
    valid = len(run.images) - train
    if valid < 30:
        few = counted(valid, "validation image is", "validation images are")
        return f"{few} too few to tell a difference from chance: label more, or hold out more."
    if train < 100:
        return f"It learned from {counted(train, 'image')}: label more of them, and check the labels in Label review."
    if run.config.recipe == "quick":
        return "Try the recipe Better, which also trains the backbone, and check the labels in Label review."
    if run.config.recipe == "better":  # it starts from Quick's head
        return "Label more images, and check the labels in Label review."
    return (
        "Try the recipe Quick, a smaller learning rate or more epochs, and check the labels in Label review."
    )
