"""What lesson 6 asks: a guess before the chart, three tasks, and a check made from the numbers of the race."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np

from engine.experiments.loss_race import Lane, Race, RaceConfig, Standings
from engine.plots.race_titles import INVERTED, METRICS, front, joined
from pages.parts.race.findings import most_labels
from pages.parts.shared.lesson import Question, Task

CROSS_ENTROPY, BCE, FOCAL = "cross_entropy", "binary_cross_entropy", "focal"
TITLES = {BCE: "Binary cross-entropy", CROSS_ENTROPY: "Cross-entropy", FOCAL: "Focal loss"}
ASKED_THRESHOLD = 0.3
ON_THEIR_OWN_SCALES = "No, each loss has its own scale"
WHAT_YOU_SAW = (
    "Each loss falls on its own scale. Only a shared metric shows which head learned more.",
    "Cross-entropy's probabilities add up to 1. Above a threshold of 0.5 it can name one label, never two.",
    "Focal loss gives more careful probabilities. It often needs another threshold, not more training.",
    "A difference that another seed could reverse is a tie.",
)
STATES: Sequence[tuple[str, Mapping[str, str]]] = (
    ("The race", {}),
    ("A threshold of 0.3 lets cross-entropy name two labels", {"threshold": "0.3"}),
    (
        "Mean average precision needs no threshold",
        {"measure": "Mean average precision"},
    ),
    ("Too short a race to tell", {"epochs": "1", "lr": "0.0001"}),
    ("The inverted loss learns to be wrong", {"losses": "BCE,inverted", "measure": "Skill"}),
)
"""What the arrow keys step through with `?present=1`: a label, and what the address holds."""


def first_guess(labels: Sequence[tuple[str, int]], probs: Callable[[], Mapping[str, np.ndarray]]) -> Question:
    """Which loss can never name two labels.

    `labels` are those of the image, with their columns; `probs` gives the probabilities (C,) by the name of the loss,
    and is called once something is to be explained.
    """
    shows = (
        f"The image shows {joined([f'a {label}' for label, _ in labels])}."
        if len(labels) > 1
        else "An image shows two labels."
    )

    def explain(choice: str) -> str:
        reason = "Softmax probabilities add up to 1, so two of them can never both be above 0.5."
        if len(labels) < 2:
            return reason
        given = {
            name: " and ".join(f"{label} {values[at]:.2f}" for label, at in labels)
            for name, values in probs().items()
        }
        names = [CROSS_ENTROPY, next(name for name, title in TITLES.items() if title == choice)]
        if names[1] == CROSS_ENTROPY:
            names[1] = BCE
        return " ".join(
            [reason, *(f"{TITLES[name]} gives {given[name]}." for name in names if name in given)]
        )

    prompt = (
        f"Three heads learn from the same images, each with another loss. {shows} Which head can never name both at a "
        "threshold of 0.5?"
    )
    return Question(prompt, tuple(TITLES.values()), TITLES[CROSS_ENTROPY], explain)


def label_tasks(standings: Standings, metric: str, config: RaceConfig) -> list[Task]:
    """The tasks, done or not in the state of the page."""
    ends = {name: {lane.loss.name: end for lane, end in standings.at_end(name).items()} for name in METRICS}
    level = standings.baselines[metric][0]
    in_front = front(standings.at_end(metric), level, standings.margins[metric])
    everybody_ties = len(in_front.group) == len(standings.lanes) >= len(TITLES)
    is_wrong = ends["skill"].get(INVERTED, 0.0) < 0
    return [
        Task(
            "two_labels",
            "Let cross-entropy name two labels: get its exact match on images with several labels above 0.",
            ends["several_labels"].get(CROSS_ENTROPY, 0.0) > 0,
            "Two probabilities that add up to 1 can both be above 0.4, but not both above 0.5.",
        ),
        Task(
            "inverted",
            "Add the **inverted** loss. Choose the metric that shows it is worse than predicting nothing.",
            metric == "skill" and is_wrong,
            "Only one of the metrics can be negative.",
        ),
        Task(
            "tie",
            "Find settings at which three losses or more all tie.",
            everybody_ties,
            "Stop the race early: 1 epoch at the lowest learning rate.",
        ),
    ]


def label_check(race: Race, standings: Standings, config: RaceConfig, classes: int) -> list[Question]:
    """Three questions about the race that was last shown whole."""
    return [_scales(race, standings), _most_labels(classes), _lead_or_tie(standings, config)]


def _scales(race: Race, standings: Standings) -> Question:
    last = {lane: float(race.step_losses[at, -5:].mean()) for at, lane in enumerate(race.lanes)}
    lowest, highest = min(last, key=last.__getitem__), max(last, key=last.__getitem__)
    ends = standings.at_end("exact_match")
    yes = f"Yes, {lowest.short} learned more"

    def explain(choice: str) -> str:
        return (
            f"By exact match {lowest.short} reaches {ends[lowest]:.2f} and {highest.short} {ends[highest]:.2f}. The "
            "size of a loss depends on its formula, so it cannot compare two losses."
        )

    prompt = (
        f"At the end {lowest.short} has a training loss of {last[lowest]:.3g}, {highest.short} one of "
        f"{last[highest]:.3g}. Does that show that {lowest.short} learned more?"
    )
    return Question(prompt, (yes, ON_THEIR_OWN_SCALES), ON_THEIR_OWN_SCALES, explain)


def _most_labels(classes: int) -> Question:
    most = most_labels(ASKED_THRESHOLD, classes)

    def explain(choice: str) -> str:
        more = most + 1
        return (
            f"All {classes} softmax probabilities add up to 1. {most} can be above {ASKED_THRESHOLD:g}; {more} would "
            f"add up to more than {more * ASKED_THRESHOLD:g}."
        )

    choices = tuple(dict.fromkeys(map(str, (1, most, most + 1, classes))))
    prompt = f"How many of {classes} labels can cross-entropy name in one image at a threshold of {ASKED_THRESHOLD:g}?"
    return Question(prompt, choices, str(most), explain)


def _lead_or_tie(standings: Standings, config: RaceConfig) -> Question:
    metric = "exact_match"
    first, second, margin = closest_pair(standings, metric)
    ends = standings.at_end(metric)
    gap = abs(ends[first] - ends[second])
    choices = (f"{first.short} is better", f"{second.short} is better", "It is a tie")
    right = 2 if gap <= margin else int(ends[second] > ends[first])

    def explain(choice: str) -> str:
        verdict = "so it is a tie" if right == 2 else "so the difference is more than noise"
        return f"They differ by {gap:.3f}. Seeds and images alone move that by up to {margin:.3f}, {verdict}."

    prompt = (
        f"After {_epochs(config.epochs)}, {first.short} reaches an exact match of {ends[first]:.3f} and {second.short} "
        f"{ends[second]:.3f}. Another seed or other images can move the difference by {margin:.3f}. What follows?"
    )
    return Question(prompt, choices, right, explain)


def closest_pair(standings: Standings, metric: str) -> tuple[Lane, Lane, float]:
    """The two lanes whose scores are nearest to each other, and their margin; the only lane twice where it is alone."""
    ends, lanes = list(standings.at_end(metric).values()), standings.lanes
    pairs = list(combinations(range(len(lanes)), 2)) or [(0, 0)]
    first, second = min(pairs, key=lambda pair: abs(ends[pair[0]] - ends[pair[1]]))
    return lanes[first], lanes[second], float(standings.margins[metric][first, second])


def _epochs(count: int) -> str:
    return f"{count} epoch{'s' * (count != 1)}"
