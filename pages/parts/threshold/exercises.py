"""What lesson 3 asks: a guess before the chart, three tasks, and a check made from the predictions on the page."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from engine.functional import metrics
from engine.functional.threshold_search import RECALL, threshold_with
from pages.parts.shared.lesson import Question, Task

WANTED_RECALL = 0.9
_NEAR = 0.002
"""How far from the best an F1 may be: near it, one step of the slider changes F1 by about so much."""
WHAT_YOU_SAW = (
    "Most yes-or-no decisions are “no”. So accuracy_multi is high even for a model that predicts nothing.",
    "A lower threshold names more labels: recall rises and precision falls. Ask which mistake costs more.",
    "F1 weighs both. Its best threshold is rarely the best for accuracy_multi.",
    "A threshold looks better on the images it was chosen on than on new ones.",
)
STATES: Sequence[tuple[str, Mapping[str, str]]] = (
    ("Three lines: the model hardly beats predicting nothing", {}),
    ("A low threshold: nearly everything is named", {"threshold": "0.05"}),
    ("A high threshold: only sure labels are left", {"threshold": "0.95"}),
    ("What changes: precision and recall", {"curves": "precision,recall", "zoom_in": "false"}),
    ("Plain accuracy cannot count several labels", {"evidence": "Plain accuracy"}),
)
"""What the arrow keys step through with `?present=1`: a label, and what the address holds."""


def first_guess(targets: np.ndarray) -> Question:
    """What accuracy_multi predicting nothing scores, for targets (N, C) of 0 and 1."""
    nothing = metrics.do_nothing_accuracy(targets)
    images, classes = targets.shape
    positives = int(targets.sum())

    def explain(choice: str) -> str:
        return (
            f"{images:,} images × {classes} classes make {targets.size:,} yes-or-no decisions. Only {positives:,} of "
            f"them are yes. A “no” everywhere is right in the other {nothing:.1%}."
        )

    right = f"{nothing:.2f}"
    choices = tuple(dict.fromkeys(["0.00", "0.50", right]))
    prompt = (
        "A lazy model predicts nothing: no label for any image. accuracy_multi counts the right yes-or-no decisions. "
        "What does the lazy model score?"
    )
    return Question(prompt, choices, right, explain)


def tasks(
    here: Mapping[str, float], moved_to: float | None, grid: pd.DataFrame, do_nothing: float
) -> list[Task]:
    """The tasks: `here` holds the metrics now, `grid` those at all steps of the slider.

    `moved_to` is the threshold of all classes; None where there is none, or where it was not moved yet.
    """
    wanted = threshold_with(grid, RECALL, WANTED_RECALL)
    best_f1 = float(np.nanmax(grid["f1"]))
    return [
        Task(
            "recall",
            f"Find the **highest threshold with a recall of {WANTED_RECALL:.2f}**. What does it cost in precision?",
            moved_to is not None and wanted is not None and abs(moved_to - wanted) < _NEAR,
            "Move the slider, or press Find below it. The sentence next to the button says what it costs.",
        ),
        Task(
            "nothing",
            "Find a threshold at which the model is **no better than predicting nothing**.",
            moved_to is not None and here["accuracy"] <= do_nothing,
            "Try both ends of the slider.",
        ),
        Task(
            "f1",
            "Move the slider to a threshold with the **best F1** that it can reach.",
            moved_to is not None and here["f1"] >= best_f1 - _NEAR,
            f"The slider reaches an F1 of {best_f1:.3f}. The tab Best thresholds says near which value.",
        ),
    ]


def cost(here: Mapping[str, float], threshold: float | None) -> str:
    """Recall and precision as counts of a hundred; undefined precision is said in words.

    `threshold` is None where every class has one of its own.
    """
    where = "With a threshold for each class" if threshold is None else f"At {threshold:.2f}"
    recall, precision = here["recall"], here["precision"]
    if np.isnan(precision):
        return f"**{where}, nothing is named.** Every label in the images is missed."
    named, wrong = round(100 * recall), round(100 * (1 - precision))
    return (
        f"**{where}, recall is {recall:.2f}, precision {precision:.2f}.** Of every 100 labels in the images, "
        f"{named} {'is' if named == 1 else 'are'} named. Of every 100 labels named, {wrong} "
        f"{'is' if wrong == 1 else 'are'} wrong."
    )


def questions(grid: pd.DataFrame, in_use: float, do_nothing: float) -> list[Question]:
    """Three questions; `grid` is the threshold curve at every step of the slider."""
    return [_skill(grid, in_use, do_nothing), _trade(grid), _filter(grid)]


def _row(grid: pd.DataFrame, threshold: float) -> pd.Series:
    return grid.iloc[int((grid["threshold"] - threshold).abs().to_numpy().argmin())]


def _skill(grid: pd.DataFrame, threshold: float, do_nothing: float) -> Question:
    accuracy = float(_row(grid, threshold)["accuracy"])
    gain, room = accuracy - do_nothing, 1 - do_nothing
    right = f"{gain / room:.2f}"
    others = [f"{gain:.2f}", f"{accuracy:.2f}", f"{1 - gain / room:.2f}"]
    choices = tuple(dict.fromkeys([others[0], right, *others[1:]]))

    def explain(choice: str) -> str:
        return (
            f"Skill is the gain over predicting nothing, divided by the most that could be gained: {gain:.4f} / "
            f"{room:.4f} = {right}."
        )

    prompt = (
        f"At a threshold of {threshold:.2f}, accuracy_multi is {accuracy:.4f}. Predicting nothing scores "
        f"{do_nothing:.4f}. How large is the skill?"
    )
    return Question(prompt, choices, right, explain)


def _trade(grid: pd.DataFrame) -> Question:
    low, high = _row(grid, 0.3), _row(grid, 0.7)
    before, after = float(low["precision"]), float(high["precision"])
    choices = ("It rises", "It falls", "It stays the same")
    right = 0 if after > before else 1 if after < before else 2

    def explain(choice: str) -> str:
        return (
            f"Precision goes from {before:.3f} to {after:.3f}, recall from {low['recall']:.3f} to "
            f"{high['recall']:.3f}. Fewer labels are named, and those that remain are surer."
        )

    prompt = "You raise the threshold from 0.30 to 0.70. What happens to precision on these images?"
    return Question(prompt, choices, right, explain)


def _filter(grid: pd.DataFrame) -> Question:
    """Which threshold misses at most one label in ten."""
    reached = threshold_with(grid, RECALL, WANTED_RECALL)
    best_f1 = float(grid["threshold"].iloc[int(np.nanargmax(grid["f1"]))])
    right = 0.0 if reached is None else reached
    others = [value for value in (best_f1, 0.5, 0.9, 0.99) if _row(grid, value)["recall"] < WANTED_RECALL]
    wrong = [*others, 1.0][:2] if len(others) > 1 else [*others, 1.0]
    choices = tuple(dict.fromkeys(f"{value:.2f}" for value in sorted({right, *wrong})))

    def explain(choice: str) -> str:
        recall = float(_row(grid, float(choice))["recall"])
        says = f"At {choice} recall is {recall:.3f}: {round(100 * (1 - recall))} of 100 labels are missed."
        return (
            says
            if choice == f"{right:.2f}"
            else f"{says} At {right:.2f} it is {_row(grid, right)['recall']:.3f}."
        )

    prompt = "A search must miss at most 1 label in 10. Which threshold do you choose?"
    return Question(prompt, choices, f"{right:.2f}", explain)
