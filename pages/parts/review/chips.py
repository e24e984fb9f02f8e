"""Given and seen labels of an image as chips. All names are escaped."""

from html import escape

from engine.experiments.label_review.ranking import Ranking
from engine.plots.style import BASELINE, RIGHT, WRONG

_STYLE = f"""<style>
.review {{display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem .8rem; align-items: baseline}}
.review .chips {{display: flex; flex-wrap: wrap; gap: .25rem}}
.review .chip {{border-radius: .6rem; padding: .05rem .5rem; border: 2px solid {BASELINE}; white-space: nowrap;
  display: flex; gap: .25em; min-width: 0; max-width: 100%; box-sizing: border-box}}
.review .chip bdi {{overflow: hidden; text-overflow: ellipsis}}
.review .doubted {{border-color: {WRONG}; border-style: dashed}}
.review .new {{background: {RIGHT}; border-color: {RIGHT}; color: #fff}}
</style>"""


def given_and_seen(ranking: Ranking, place: int) -> str:
    """Two rows: the labels that are given, the doubted ones dashed; those that are seen, with their probability."""
    row = ranking.table.iloc[place]
    probs = dict(zip(ranking.vocab, ranking.probs[place], strict=True))
    given = [_chip(label, "" if label in row.seen else " doubted", probs.get(label)) for label in row.given]
    seen = [_chip(label, "" if label in row.given else " new", probs.get(label)) for label in row.seen]
    return (
        f'{_STYLE}<div class="review"><div>Labelled</div><div class="chips">{_or_nothing(given)}</div>'
        f'<div>Predicted</div><div class="chips">{_or_nothing(seen)}</div></div>'
    )


def _chip(label: str, kind: str, prob: float | None) -> str:
    number = "" if prob is None else f" {prob:.2f}"
    return f'<span class="chip{kind}" title="{escape(label)}"><bdi>{escape(label)}</bdi>{number}</span>'


def _or_nothing(chips: list[str]) -> str:
    return "".join(chips) or '<span class="chip">none of the labels</span>'
