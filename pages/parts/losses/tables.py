"""What each class costs and how it is pushed, as tables with bars in their cells. All names are escaped."""

from collections.abc import Sequence
from html import escape

import numpy as np

from engine.functional import losses
from engine.plots.losses import PRESENT
from engine.plots.signed import signed
from engine.plots.style import BCE, CROSS_ENTROPY

STYLE = """<style>
.losses {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem 2rem;
  align-items: start}
.losses > div {overflow-x: auto}
.lossy {width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums}
.lossy caption {text-align: left; font-weight: 600; padding-bottom: .3rem}
.lossy th {text-align: right; font-weight: 400; opacity: .75; padding: .1rem .35rem}
.lossy td {text-align: right; padding: .15rem .35rem; border-top: 1px solid rgba(128,128,128,.25); white-space: nowrap}
.lossy th:first-child, .lossy td:first-child {text-align: left}
.lossy .there {font-weight: 600}
.bar {display: inline-block; height: .7rem; border-radius: 2px; vertical-align: middle; margin-left: .3rem}
.track {display: inline-block; width: 3.8rem; text-align: left}
.push {display: inline-block; width: 3.8rem; position: relative; height: .7rem; vertical-align: middle;
  margin-left: .3rem;
  background: linear-gradient(rgba(128,128,128,.7), rgba(128,128,128,.7)) center / 1px 100% no-repeat}
.push i {position: absolute; height: 100%; border-radius: 2px}
@media (max-width: 640px) {.track, .push {display: block; width: 100%; margin-left: 0} .track .bar {margin-left: 0}}
</style>"""


def side_by_side(*tables: str) -> str:
    """Tables next to each other, on a narrow screen below each other."""
    return f'<div class="losses">{"".join(f"<div>{table}</div>" for table in tables)}</div>'


def yes_or_no(logits: np.ndarray, targets: np.ndarray, vocab: Sequence[str]) -> str:
    """Each class's sigmoid, its share of the mean binary cross-entropy, and the gradient on its logit."""
    terms = losses.binary_cross_entropy(logits, targets, reduction="none")
    gradient = losses.binary_cross_entropy_gradient(logits, targets)
    says = f"Binary cross-entropy {terms.mean():.4f}: the mean over {len(vocab)} yes-or-no questions"
    return _table(says, "sigmoid", BCE, losses.sigmoid(logits), terms, gradient, targets, vocab)


def one_of_all(logits: np.ndarray, target: int | None, targets: np.ndarray, vocab: Sequence[str]) -> str:
    """Each class's softmax, its share of cross-entropy (all of it is on the target class), and the gradient."""
    if target is None:
        return (
            '<p class="lossy"><b>Cross-entropy is not defined here.</b> It needs the index of one target class, '
            "and no index means “nothing”.</p>"
        )
    loss = losses.cross_entropy(logits, target)
    terms = np.where(np.arange(len(vocab)) == target, loss, 0.0)
    gradient = losses.cross_entropy_gradient(logits, target)
    says = f"Cross-entropy {loss:.4f}: the target is “{escape(vocab[target])}” only"
    return _table(says, "softmax", CROSS_ENTROPY, losses.softmax(logits), terms, gradient, targets, vocab)


def _table(says, activation, colour, probs, terms, gradient, targets, vocab) -> str:
    shares = terms / terms.sum() if terms.sum() > 0 else np.zeros_like(terms)
    strongest = max(np.abs(gradient).max(), 1e-300)
    rows = "".join(
        f"<tr><td{' class=there' if there else ''}>{PRESENT if there else ''}{escape(label)}</td><td>{p:.4f}</td>"
        f"<td>{term:.4f}</td><td>{_share(share, colour)}</td><td>{_push(g, strongest, colour)}</td></tr>"
        for label, there, p, term, share, g in zip(
            vocab, targets, probs, terms, shares, gradient, strict=True
        )
    )
    head = "".join(f"<th>{heading}</th>" for heading in ("class", activation, "loss", "share", "gradient"))
    return f'<table class="lossy"><caption>{says}</caption><tr>{head}</tr>{rows}</table>'


def _share(share: float, colour: str) -> str:
    bar = f'<span class="bar" style="width:{share * 90:.1f}%;background:{colour}"></span>'
    return f'{share:.0%}<span class="track">{bar}</span>'


def _push(gradient: float, strongest: float, colour: str) -> str:
    width = abs(gradient) / strongest * 50
    start = 50 if gradient > 0 else 50 - width
    bar = f'<i style="left:{start:.1f}%;width:{width:.1f}%;background:{colour}"></i>'
    return f'{signed(gradient, "+.4f")}<span class="push">{bar}</span>'
