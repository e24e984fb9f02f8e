"""Labels under an image as chips that say by sign, word and colour what became of them. All names are escaped."""

from html import escape

from engine.functional.label_changes import GAINED, KEPT, LOST, MISSED, LabelChange
from engine.plots.style import BASELINE, RIGHT, WRONG

SIGNS = {KEPT: "=", GAINED: "+", LOST: "−", MISSED: "○"}

STYLE = f"""<style>
.chips {{display: flex; flex-wrap: wrap; align-items: flex-start; gap: .25rem; min-height: 2rem; margin-bottom: .5rem}}
.chip {{border-radius: .6rem; padding: .05rem .5rem; font-size: .85rem; border: 2px solid; white-space: nowrap;
  display: flex; gap: .25em; min-width: 0; max-width: 100%; box-sizing: border-box}}
.chip bdi, .counts caption {{overflow: hidden; text-overflow: ellipsis; white-space: nowrap}}
.chip.said.right {{background: {RIGHT}; border-color: {RIGHT}; color: #fff}}
.chip.said.wrong {{background: {WRONG}; border-color: {WRONG}; color: #fff}}
.chip.silent.right {{border-color: {BASELINE}; text-decoration: line-through; opacity: .75}}
.chip.nothing {{border-color: {BASELINE}}}
.chip.silent.wrong {{border-color: {WRONG}; border-style: dashed}}
.counts {{display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem}}
.counts table {{width: 100%; table-layout: fixed; border-collapse: collapse; font-size: .85rem;
  font-variant-numeric: tabular-nums}}
.counts caption {{font-weight: 600; text-align: left; padding-bottom: .1rem}}
.counts td {{border: 1px solid rgba(128,128,128,.35); padding: .15rem .4rem; width: 50%}}
td {{white-space: nowrap}} .counts b {{font-size: 1.05rem}} .counts small {{opacity: .75}}
.counts .right b {{color: light-dark(#1B6FA8, #2E8BC9)}} .counts .wrong b {{color: light-dark(#C23B17, #E0532F)}}
</style>"""


def chips(changes: list[LabelChange], vocab: tuple[str, ...], probs) -> str:
    """The labels of one image as HTML, each with its probability.

    A long label is clipped, and its tooltip has all of it.
    """
    if not changes:
        return '<div class="chips"><span class="chip nothing">no label, correctly</span></div>'
    inside = "".join(
        _chip(change, vocab[change.class_index], float(probs[change.class_index])) for change in changes
    )
    return f'<div class="chips">{inside}</div>'


def _chip(change: LabelChange, label: str, prob: float) -> str:
    style = "said" if change.change in (KEPT, GAINED) else "silent"
    right = "right" if change.is_right else "wrong"
    return (
        f'<span class="chip {style} {right}" title="{change.change}, {right}: '
        f'{escape(label)}, probability {prob:.4f}">'
        f"{SIGNS[change.change]} <bdi>{escape(label)}</bdi> {prob:.2f}{_word(change)}</span>"
    )


def _word(change: LabelChange) -> str:
    if change.is_right:
        return ""
    return " wrong" if change.change in (KEPT, GAINED) else " missed"


def two_by_two(counts, vocab: tuple[str, ...]) -> str:
    """A table of two by two counts for each class as HTML; `counts` comes from `metrics.confusion_counts`."""
    tables = "".join(_table(label, row) for label, row in zip(vocab, counts.itertuples(), strict=True))
    return f'<div class="counts">{tables}</div>'


def _table(label: str, row) -> str:
    return (
        f'<table><caption title="{escape(label)}">{escape(label)}</caption>'
        f"<tr>{_cell('right', row.true_positives, 'found')}{_cell('wrong', row.false_negatives, 'missed')}</tr>"
        f"<tr>{_cell('wrong', row.false_positives, 'false yes')}{_cell('right', row.true_negatives, 'true no')}</tr>"
        f"</table>"
    )


def _cell(right: str, count: int, says: str) -> str:
    return f'<td class="{right}"><b>{count}</b> <small>{says}</small></td>'
