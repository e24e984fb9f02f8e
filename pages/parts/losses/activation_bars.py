"""Sigmoid and softmax of the same logits as bars side by side, in plain HTML: they follow a slider at once."""

from collections.abc import Sequence
from html import escape

import numpy as np

from engine.functional import losses
from engine.plots.losses import PRESENT, sentence
from engine.plots.style import BASELINE, SIGMOID, SOFTMAX

PLACE = "activation_bars"
"""The key of the container that holds the bars: on a phone it stays in sight while the sliders below it move."""

STYLE = f"""<style>
@media (max-width: 640px) {{
  :has(> .st-key-{PLACE}) {{position: sticky; top: 3.25rem; z-index: 5; padding-bottom: .5rem;
    background: light-dark(#fff, #161513)}}
}}
.activations {{display: grid; grid-template-columns: max-content 1fr; column-gap: .8rem; align-items: center;
  font-variant-numeric: tabular-nums}}
.activations .class {{text-align: right}} .activations .there {{font-weight: 600}}
.activations .bars {{padding: .225rem 7rem .225rem 0; background: linear-gradient({BASELINE}, {BASELINE})
  calc((100% - 7rem) / 2) / 1px 100% no-repeat}}
.activations .axis {{display: flex; justify-content: space-between; padding-right: 6.4rem; font-size: .8rem;
  opacity: .75}}
.activations .one {{position: relative; height: 1.15rem}}
.activations i {{position: absolute; left: 0; height: 100%; min-width: 1px}}
.activations b {{position: absolute; padding-left: .4rem; font-size: .8rem; font-weight: 400; white-space: nowrap;
  line-height: 1.15rem}}
.activations b span {{background: light-dark(#fff, #161513)}}
.activations .sigmoid i {{background: {SIGMOID}}} .activations .softmax i {{background: {SOFTMAX}}}
</style>"""


_HIDDEN = "Each sigmoid looks at its own logit. Guess above what softmax gives."


def html(logits: np.ndarray, targets: np.ndarray, vocab: Sequence[str], is_softmax_shown: bool = True) -> str:
    """Both activations of the logits (C,); present classes carry a dot, and a line marks one half.

    Without `is_softmax_shown` a question mark stands for each softmax.
    """
    sigmoids, softmaxes = losses.sigmoid(logits), losses.softmax(logits)
    says = escape(sentence(sigmoids, softmaxes, targets, vocab)) if is_softmax_shown else _HIDDEN
    shown = softmaxes if is_softmax_shown else [None] * len(softmaxes)
    rows = "".join(_row(*values) for values in zip(vocab, targets, sigmoids, shown, strict=True))
    axis = '<span></span><span class="axis"><span>0</span><span>probability ½</span><span>1</span></span>'
    return f'<p><b>{says}</b></p><div class="activations">{rows}{axis}</div>'


def _row(label: str, there: int, sigmoid: float, softmax: float | None) -> str:
    mark = f'<span class="class there">{PRESENT}' if there else '<span class="class">'
    return f'{mark}{escape(label)}</span><div class="bars">{_bar("softmax", softmax)}{_bar("sigmoid", sigmoid)}</div>'


def _bar(name: str, prob: float | None) -> str:
    if prob is None:
        return f'<div class="one {name}"><b style="left:0"><span>{name} ?</span></b></div>'
    width = f"{prob * 100:.4f}%"
    return (
        f'<div class="one {name}" data-prob="{float(prob)!r}"><i style="width:{width}"></i>'
        f'<b style="left:{width}"><span>{name} {prob:.3f}</span></b></div>'
    )
