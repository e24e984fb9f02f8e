"""Whether a run learned anything, in a sentence: better than the best constant prediction, not, or too few to tell."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engine import tasks
from engine.data.formats.phrases import counted
from engine.functional import paired_gains
from engine.runs import constant_baselines
from engine.runs.run import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

BETTER, NO_BETTER, TOO_FEW = "better", "no better", "too few images"
"""The outcomes: better than the constant, not better, or too few validation images to tell."""

_SIGNIFICANT = 0.05
_USEFUL, _SMALL = 0.5, 0.1
"""Shares of what the constant gets wrong: a gain that a useful run has at least, and one too small to look for."""


@dataclass(frozen=True)
class Verdict:
    """A run compared with the best constant prediction.

    Attributes:
        score, baseline: accuracy (0..1), or the median error in pixels for points; of the run and of the constant.
        improvement, low, high: how much better the run is per image on average, in accuracy or
            in pixels, and the bootstrap interval that holds 95% of resamples.
        images, needed: how many validation images there are, and where they are too few to tell, how many would do.
        outcome: `BETTER`, `NO_BETTER` or `TOO_FEW`.
        sentence: the message for the user.
    """

    score: float
    baseline: float
    baseline_description: str
    improvement: float
    low: float
    high: float
    images: int
    needed: int | None
    outcome: str
    sentence: str = ""

    @property
    def is_better(self) -> bool:
        """Whether the run is better than the constant by more than chance would explain."""
        return self.outcome == BETTER


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
    low, high = paired_gains.bootstrap_interval(gains, run.config.seed)
    wrong = float(np.mean(constant.per_image if is_error else 1 - constant.per_image))
    outcome, needed = _outcome(gains, wrong, low, run.config.seed)
    verdict = Verdict(
        score, baseline, constant.description, float(gains.mean()), low, high, len(gains), needed, outcome
    )
    return replace(verdict, sentence=f"{_sentence(verdict, run)} {remark}".rstrip())


def _outcome(gains: np.ndarray, wrong: float, low: float, seed: int) -> tuple[str, int | None]:
    """What the gains per image show, and how many images would do where these are too few to tell.

    Better needs both the bootstrap interval and an exact test: of few images, the interval is too narrow. A gain that
    is seen but may be chance needs more images. Without one, there must be enough to have seen a useful gain.
    `wrong` is what the constant gets wrong per image on average.
    """
    improvement, count = float(gains.mean()), len(gains)
    if paired_gains.sign_flip_p_value(gains, seed) <= _SIGNIFICANT:
        if improvement < 0:
            return NO_BETTER, None
        if low > 0:
            return BETTER, None
    wrong = max(wrong, 1 / (count + 2))  # a constant that is always right here may not be on other images
    if improvement > _SMALL * wrong:
        return TOO_FEW, max(paired_gains.images_needed(gains, improvement), count + 1)
    needed = paired_gains.images_needed(gains, _USEFUL * wrong)
    return (TOO_FEW, needed) if needed > count else (NO_BETTER, None)


def metrics_of(verdict: Verdict) -> dict[str, float | str]:
    """What metrics.json keeps of a verdict; `images_needed` only where there were too few to tell."""
    kept: dict[str, float | str] = {
        "baseline": verdict.baseline,
        "baseline_is": verdict.baseline_description,
        "improvement": verdict.improvement,
        "improvement_low": verdict.low,
        "improvement_high": verdict.high,
        "verdict": verdict.sentence,
    }
    return kept if verdict.needed is None else kept | {"images_needed": verdict.needed}


def _summary(values: np.ndarray, is_error: bool) -> float:
    return float(np.median(values) if is_error else np.mean(values))


def _sentence(verdict: Verdict, run: Run) -> str:
    reached, constant, gain = _CLAUSES[run.task](verdict)
    if verdict.is_better:
        return f"{reached}; {constant}: {gain}."
    if verdict.needed is not None:
        return _too_few(f"{reached}; {constant}", verdict, run)
    return f"No better than a constant prediction: {reached.lower()}; {constant}. {_advice(run)}"


def _too_few(clauses: str, verdict: Verdict, run: Run) -> str:
    """How many validation images there are and would do, with how many images that makes at this split."""
    needed = _rounded_up(verdict.needed or 0)
    total = _rounded_up(needed * len(run.images) / verdict.images)
    held_out, enough = (counted(count, "validation image") for count in (verdict.images, needed))
    return (
        f"Too few validation images to tell: with only {held_out}, the result may be chance. {clauses}. "
        f"You need about {enough}: label about {counted(int(total), 'image')} in all, or validate on more."
    )


def _rounded_up(count: float) -> int:
    """An estimate needs no more than two digits.

    >>> _rounded_up(12), _rounded_up(43), _rounded_up(121), _rounded_up(2044)
    (12, 45, 130, 2100)
    """
    step = 1 if count <= 20 else max(5, 10 ** (len(str(math.ceil(count))) - 2))
    return math.ceil(count / step) * step


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
    if train < 100:
        return f"It learned from {counted(train, 'image')}: label more of them, and check the labels in Label review."
    if run.config.recipe == "quick":
        return "Try the recipe Better, which also trains the backbone, and check the labels in Label review."
    if run.config.recipe == "better":  # it starts from Quick's head
        return "Label more images, and check the labels in Label review."
    return (
        "Try the recipe Quick, a smaller learning rate or more epochs, and check the labels in Label review."
    )
