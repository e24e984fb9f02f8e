"""What each head of the race predicts for one image, as chips and as a table. All names are escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from engine.experiments.loss_race import Lane
from engine.plots.race import colour
from engine.plots.style import BASELINE, RIGHT, WRONG

CHIPS = f"""
.predicted {{display: flex; flex-wrap: wrap; gap: .25rem}}
.predicted span {{border-radius: .6rem; padding: .05rem .5rem; border: 2px solid; white-space: nowrap}}
.predicted .right {{background: {RIGHT}; border-color: {RIGHT}; color: #fff}}
.predicted .wrong {{background: {WRONG}; border-color: {WRONG}; color: #fff}}
.predicted .missed {{border-color: {WRONG}; border-style: dashed}}
.predicted .nothing {{border-color: {BASELINE}}}
"""
STYLE = f"""<style>{CHIPS}
.heads {{display: grid; grid-template-columns: max-content 1fr; gap: .3rem .8rem; align-items: start;
  font-size: .875rem; margin-bottom: .6rem}}
.heads .loss {{white-space: nowrap; padding-top: .1rem}}
.dot {{display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .4rem}}
.numbers {{overflow-x: auto}}
.numbers table {{border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; border: 0}}
.numbers th, .numbers td {{border: 0; padding: .2rem .45rem; text-align: right; white-space: nowrap}}
.numbers th {{font-weight: 400}} .numbers tbody th {{text-align: left; white-space: normal}}
.numbers thead th {{vertical-align: bottom}}
.numbers tbody .there {{font-weight: 700}}
.numbers .yes {{outline: 2px solid currentColor; outline-offset: -2px; font-weight: 700}}
@media (max-width: 640px) {{
  .numbers th, .numbers td {{padding: .2rem .3rem}}
  .numbers thead .dot {{display: block; margin: 0 0 .1rem auto}}
}}
</style>"""

MOST_WRONG = 4
"""So many wrong labels are named; the inverted loss would name all twelve."""


class Chip(NamedTuple):
    """A label that a head predicts or misses: `kind` is right, wrong, missed or nothing."""

    kind: str
    text: str


@dataclass(frozen=True)
class HeadPredictions:
    """What each of H heads predicts for one image.

    Attributes: `probs` (H, C), over the labels of `vocab`; `present` (C,), 1 where a label is in the image, None where
    that is unknown; `threshold`, which a probability must exceed.
    """

    lanes: Sequence[Lane]
    probs: np.ndarray
    present: np.ndarray | None
    vocab: Sequence[str]
    threshold: float


def as_chips(heads: HeadPredictions) -> str:
    """Each head's prediction as chips: right, wrong and missed labels."""
    rows = "".join(
        f'<div class="loss">{_dot(lane)}{escape(lane.short)}</div><div class="predicted">'
        f"{_html(chips(probs, heads.present, heads.vocab, heads.threshold))}</div>"
        for lane, probs in zip(heads.lanes, heads.probs, strict=True)
    )
    return f'<div class="heads">{rows}</div>'


def as_table(heads: HeadPredictions) -> str:
    """Every class (rows) with every head's probability of it (columns); ● is present, a frame is a yes."""
    present = np.zeros(len(heads.vocab)) if heads.present is None else heads.present
    header = "".join(f"<th>{_dot(lane)}{escape(lane.short)}</th>" for lane in heads.lanes)
    rows = "".join(
        f"<tr><th{' class=there' if is_there else ''}>{'● ' if is_there else ''}{escape(label)}</th>"
        f"{''.join(_cell(lane, p, heads.threshold) for lane, p in zip(heads.lanes, column, strict=True))}</tr>"
        for label, is_there, column in zip(heads.vocab, present, heads.probs.T, strict=True)
    )
    return f'<div class="numbers"><table><thead><tr><th></th>{header}</tr></thead><tbody>{rows}</tbody></table></div>'


def _html(shown: Sequence[Chip]) -> str:
    return "".join(f'<span class="{chip.kind}">{escape(chip.text)}</span>' for chip in shown)


def _dot(lane: Lane) -> str:
    return f'<i class="dot" style="background:{colour(lane)}"></i>'


def _cell(lane: Lane, prob: float, threshold: float) -> str:
    yes = " class=yes" if prob > threshold else ""
    return f'<td{yes} style="background:{colour(lane)}{int(prob * 170):02x}">{prob:.2f}</td>'


def chips(
    probs: np.ndarray, present: np.ndarray | None, vocab: Sequence[str], threshold: float
) -> list[Chip]:
    """What a head with probabilities (C,) predicts: right labels, missed ones, and the surest wrong ones."""
    predicted = probs > threshold
    if present is None:
        return _all_predicted(probs, predicted, vocab)
    is_there = present == 1
    right = [_chip("right", "✓", vocab[at], probs[at]) for at in _positions(predicted & is_there)]
    missed = [
        _chip("missed", "○", vocab[at], probs[at], " missed") for at in _positions(~predicted & is_there)
    ]
    wrong = sorted(_positions(predicted & ~is_there), key=lambda at: -probs[at])
    named = [_chip("wrong", "✗", vocab[at], probs[at], " wrong") for at in wrong[:MOST_WRONG]]
    more = [Chip("wrong", f"and {len(wrong) - MOST_WRONG} more wrong")] if len(wrong) > MOST_WRONG else []
    nothing = [] if predicted.any() or missed else [Chip("nothing", "✓ no label")]
    return [*right, *missed, *named, *more, *nothing]


def _all_predicted(probs: np.ndarray, predicted: np.ndarray, vocab: Sequence[str]) -> list[Chip]:
    likeliest = sorted(_positions(predicted), key=lambda at: -probs[at])
    named = [Chip("nothing", f"{vocab[at]} {probs[at]:.2f}") for at in likeliest]
    return named or [Chip("nothing", "no label")]


def _positions(where: np.ndarray) -> list[int]:
    return np.flatnonzero(where).tolist()


def _chip(kind: str, sign: str, label: str, prob: float, suffix: str = "") -> Chip:
    return Chip(kind, f"{sign} {label} {prob:.2f}{suffix}")
