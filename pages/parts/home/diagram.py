"""The diagram of Home as HTML: an image, the shared backbone, three heads and their losses. All texts are escaped."""

from collections.abc import Sequence
from html import escape

from engine.inference.diagram_heads import Head, loss_text
from engine.plots.style import CROSS_ENTROPY, MSE, SIGMOID
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.shared import svg_image

LOSS_NAMES = {
    SINGLE_LABEL: "Cross-entropy",
    MULTI_LABEL: "Binary cross-entropy",
    POINTS: "Mean squared error",
}
QUESTIONS = {
    SINGLE_LABEL: "Which one thing is it?",
    MULTI_LABEL: "What is in it?",
    POINTS: "Where is the face?",
}
COLOURS = {SINGLE_LABEL: CROSS_ENTROPY, MULTI_LABEL: SIGMOID, POINTS: MSE}

STYLE = """<style>
.flow {display: grid; grid-template-columns: minmax(9rem, 10.5rem) 1.5rem 7.5rem 2.5rem minmax(0, 1fr);
  align-items: center; font-size: .9rem; line-height: 1.3}
.flow figure {margin: 0}
.flow figure img {width: 100%; display: block; border-radius: .6rem}
.flow figcaption, .flow .small {font-size: .8125rem; color: light-dark(#595d6e, #b4b6bb)}
.flow .block {border: 1px solid light-dark(#b9bcc6, #55575d); border-radius: .6rem; padding: .35rem .75rem;
  background: light-dark(#fff, #1d1c1a)}
.flow .body {text-align: center; padding: 1.25rem .5rem; background: light-dark(#eef1f5, #2a2926)}
.flow .name {font-weight: 600; display: block}
.flow img.wires {width: 100%; height: 100%; display: block; align-self: stretch}
.flow img.arrow {width: 100%; height: 1.5rem; display: block; align-self: center}
.flow .heads {display: grid; gap: .5rem}
.flow .says {display: flex; flex-wrap: wrap; column-gap: .6rem; align-items: baseline; margin-bottom: .15rem}
.flow .row {display: grid; grid-template-columns: minmax(0, 3fr) 1.75rem minmax(0, 2fr); align-items: stretch}
.flow .row.on .block {border: 2px solid var(--colour); box-shadow: 0 0 0 3px
  color-mix(in srgb, var(--colour) 22%, transparent)}
.flow .predicts {font-weight: 700; font-size: 1.05rem; overflow-wrap: anywhere}
.flow .mark {font-weight: 600; font-size: .8125rem; white-space: nowrap}
.flow .mark.right {color: light-dark(#1b6fa8, #5fb3ea)} .flow .mark.wrong {color: light-dark(#b93a15, #ff8f6b)}
.flow .bar {display: grid; grid-template-columns: minmax(0, 6rem) minmax(2rem, 1fr) 2rem; gap: .5rem;
  align-items: center; font-size: .8125rem; font-variant-numeric: tabular-nums}
.flow .bar span:first-child {overflow: hidden; text-overflow: ellipsis; white-space: nowrap}
.flow .bar span:last-child {text-align: right}
.flow .bar i {display: block; height: .55rem; border-radius: .2rem; background: rgba(128,128,128,.18)}
.flow .bar i b {display: block; height: 100%; border-radius: .2rem; background: light-dark(#9a9da8, #74767c)}
.flow .row.on .bar i b {background: var(--colour)}
.flow .value {font-size: 1.2rem; font-weight: 700; font-variant-numeric: tabular-nums; line-height: 1.2}
.flow img.down {display: none}
@media (max-width: 900px) {
  .flow {grid-template-columns: minmax(0, 1fr)}
  .flow figure {display: grid; grid-template-columns: minmax(0, 11rem) 1fr; gap: .75rem; align-items: center}
  .flow img.wires {display: none} .flow img.down {display: block; height: 1.5rem; margin: .15rem auto}
  .flow .body {padding: .5rem}
  .flow .row {grid-template-columns: minmax(0, 6fr) 1.25rem minmax(0, 5fr)}
  .flow .block {padding: .45rem .55rem}
  .flow .bar {grid-template-columns: minmax(0, 4.6rem) 1fr 2.1rem; gap: .3rem}
}
</style>"""

_ORDER = (SINGLE_LABEL, MULTI_LABEL, POINTS)
_GREY = "#8a8d96"


def html(image_tag: str, caption: str, backbone: str, heads: Sequence[Head], chosen: str) -> str:
    """The diagram; `image_tag` is HTML, `chosen` the task whose head and loss light up."""
    on = f"--colour: {COLOURS[chosen]}"
    rows = "".join(_row(head, is_on=head.task == chosen) for head in heads)
    return (
        f'{STYLE}<div class="flow" role="group" style="{on}" '
        'aria-label="An image goes through one backbone into three heads, each with its own loss">'
        f"<figure>{image_tag}<figcaption>{escape(caption)}</figcaption></figure>"
        f"{_wires(_straight(chosen))}{_down(chosen)}"
        f'<div class="block body"><span class="name">Backbone</span><span class="small">{escape(backbone)}</span></div>'
        f"{_wires(_fan(chosen))}{_down(chosen)}"
        f'<div class="heads">{rows}</div></div>'
    )


def _fan(chosen: str) -> str:
    """A line to each head; the one to the chosen head last, so that it lies on top."""
    ends = dict(zip(_ORDER, (17, 50, 83), strict=True))
    ordered = [task for task in _ORDER if task != chosen] + [chosen]
    return "".join(_curve(task, ends[task], is_on=task == chosen) for task in ordered)


def _curve(task: str, end: int, is_on: bool) -> str:
    return _line(f"M0 50 C55 50 45 {end} 100 {end}", task if is_on else None)


def _straight(chosen: str) -> str:
    return _line("M0 50 H100", chosen)


def _line(path: str, lit: str | None) -> str:
    """A line, wide and in the colour of the task where it is lit."""
    colour, width = (COLOURS[lit], 4) if lit else (_GREY, 1.5)
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" vector-effect="non-scaling-stroke"/>'


def _wires(paths: str) -> str:
    return svg_image.tag("0 0 100 100", paths, "wires", stretched=True)


def _down(chosen: str) -> str:
    """The arrow between parts that stand below each other, on a narrow screen."""
    return svg_image.tag("0 0 40 24", _line("M20 0 V20 M12 12 L20 21 L28 12", chosen), "down")


def _row(head: Head, is_on: bool) -> str:
    arrow = _line("M0 12 H36 M28 5 L37 12 L28 19", head.task if is_on else None)
    return (
        f'<div class="row{" on" if is_on else ""}" style="--colour: {COLOURS[head.task]}">{_head(head)}'
        f"{svg_image.tag('0 0 40 24', arrow, 'arrow')}{_loss(head)}</div>"
    )


def _head(head: Head) -> str:
    mark, word = ("right", "✓ right") if head.is_right else ("wrong", "✗ wrong")
    bars = "".join(_bar(label, prob) for label, prob in head.bars)
    return (
        f'<div class="block"><div class="says"><span class="small">{QUESTIONS[head.task]}</span>'
        f'<div><span class="predicts">{escape(head.prediction)}</span> '
        f'<span class="mark {mark}">{word}</span></div></div>'
        f"{bars}</div>"
    )


def _bar(label: str, prob: float) -> str:
    return (
        f'<div class="bar"><span title="{escape(label)}">{escape(label)}</span>'
        f'<i><b style="width:{prob:.1%}"></b></i><span>{prob:.2f}</span></div>'
    )


def _loss(head: Head) -> str:
    return (
        f'<div class="block"><span class="name">{LOSS_NAMES[head.task]}</span>'
        f'<span class="value">{loss_text(head.loss)}</span>'
        f'<div class="small">target: {escape(head.target)}<br>{escape(head.working)}</div></div>'
    )
