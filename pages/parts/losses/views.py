"""The views of lesson 2 on one set of logits: probabilities, shares and gradients, curves, and overflow."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from engine.functional import label_encoding, losses
from engine.plots import losses as figures
from engine.plots.signed import signed
from pages.parts.losses import activation_bars, formulas
from pages.parts.losses import tables as losses_tables
from pages.parts.shared import charts, page, tables

URL: Final = "query-params"
GRADIENTS = (
    losses.binary_cross_entropy_gradient,
    losses.mnist_loss_gradient,
    losses.binary_cross_entropy_as_printed_gradient,
)


def send_styles() -> None:
    """Send how bars and tables look; call it once, outside of what a slider redraws."""
    st.html(activation_bars.STYLE + losses_tables.STYLE + formulas.STYLE)


def show(
    bars,
    logits: np.ndarray,
    vocab: Sequence[str],
    present: list[str],
    hint: str,
    is_softmax_shown: bool = True,
) -> None:
    """Everything about one set of logits (C,): the probabilities in the place `bars`, the rest below.

    `hint` says how to make an overflow happen; until `is_softmax_shown` the softmax is a question mark.
    """
    targets = label_encoding.encode(present, vocab)
    bars.html(activation_bars.html(logits, targets, vocab, is_softmax_shown))
    target = None
    if is_softmax_shown:
        st.header("The loss of each class, and how training moves its logit")
        target = target_class(vocab, present)
        shares_and_gradients(logits, target, targets, vocab)
    st.header("The loss of one class")
    curves(logits, target, targets, vocab)
    page.image_first()
    with st.expander("Large logits overflow"):
        overflow(logits, target, targets, hint)


def target_class(vocab: Sequence[str], present: list[str]) -> int | None:
    """The one target of cross-entropy, chosen among the present classes; None where nothing is present."""
    if len(present) < 2:
        return label_encoding.class_index(present, vocab) if present else None
    if st.session_state.get("target") not in (None, *present):
        del st.session_state["target"]
    says = "Target for cross-entropy, which takes only one"
    target = st.segmented_control(says, present, default=present[0], required=True, key="target", bind=URL)
    return label_encoding.class_index([target], vocab)


def shares_and_gradients(
    logits: np.ndarray, target: int | None, targets: np.ndarray, vocab: Sequence[str]
) -> None:
    """Each class's share of both losses, and how hard each pushes its logit."""
    st.html(
        losses_tables.side_by_side(
            losses_tables.yes_or_no(logits, targets, vocab),
            losses_tables.one_of_all(logits, target, targets, vocab),
        )
    )
    st.caption(
        "● marks a present class. Training moves each logit against its gradient: a bar to the left raises the logit, "
        "a bar to the right lowers it. Cross-entropy pushes a second present class down, as if it were absent."
    )


def curves(logits: np.ndarray, target: int | None, targets: np.ndarray, vocab: Sequence[str]) -> None:
    """The loss of one class against its logit and its probability, next to its formulas with the same numbers."""
    focus = st.pills(
        "Class to look at", vocab, default=vocab[0], required=True, key="focus", bind=URL, wrap=True
    )
    place = list(vocab).index(focus)
    logit, is_there = float(logits[place]), int(targets[place])
    chart, text = st.columns([5, 4], gap="medium")
    with chart:
        still = figures.loss_curves(is_there, focus, figures.curves_reach(logit))
        says = figures.curves_title(is_there, focus)
        alt = f"Three losses for the class {focus}, by its logit and, below, by its probability"
        charts.show_marked(still, figures.current_prediction(logit, is_there), says, alt, key="curves")
    with text:
        _formulas(logits, place, target, is_there, vocab)
        _three_losses(logits[[place]], targets[[place]])


def _formulas(
    logits: np.ndarray, place: int, target: int | None, is_there: int, vocab: Sequence[str]
) -> None:
    """Each formula with the numbers of these logits in it, and the code that computes it."""
    logit = float(logits[place])
    says = "in the image, so *y* = 1" if is_there else "not in the image, so *y* = 0"
    st.markdown(f"*z* = **{signed(logit, '.4g')}** is the logit of {vocab[place]}. The class is {says}.")
    st.latex(formulas.sigmoid(logit))
    st.latex(formulas.binary_cross_entropy(logit, is_there))
    st.markdown("`-torch.where(targets==1, p, 1-p).log()`")
    if target is not None:
        st.latex(formulas.cross_entropy(logits, target))
        st.markdown(f"`F.cross_entropy(logits, t)`, where *t* is the target, **{vocab[target]}**.")


def _three_losses(logit: np.ndarray, target: np.ndarray) -> None:
    """The three losses of one prediction, with their gradients, and what differs between them."""
    rows = {
        name: [float(loss(logit, target)), float(gradient(logit, target)[0])]
        for (name, loss, _), gradient in zip(figures.CURVES, GRADIENTS, strict=True)
    }
    tables.show_rows(["loss", "gradient"], rows)
    st.markdown(
        "`mnist_loss` is the distance of *p* from the target. Its gradient vanishes where the prediction is most "
        "wrong, so the worst mistakes are corrected most slowly. The logarithm repairs that."
    )
    st.markdown(
        "The **formula as printed** is the loss in the source text, fastbook chapter 6. It swaps *p* and 1 − *p*, "
        "so it is smallest when every prediction is wrong. Its gradient pushes the logit the wrong way."
    )


def overflow(logits: np.ndarray, target: int | None, targets: np.ndarray, hint: str) -> None:
    """The same losses by the naive formulas, next to the stable ones."""
    rows = {
        "binary cross-entropy": _both(
            losses.binary_cross_entropy, losses.naive_binary_cross_entropy, logits, targets
        )
    }
    if target is not None:
        rows["cross-entropy"] = _both(losses.cross_entropy, losses.naive_cross_entropy, logits, target)
    tables.show_rows(["stable", "naive: exp first, log after"], rows)
    st.caption(
        "With small logits both agree. Beyond about ±37 a sigmoid rounds to exactly 0 or 1, and log(0) is -inf. Beyond "
        "±709, exp gives inf, and inf / inf is nan. The stable formulas work with the logarithms, so they never make a "
        f"number that large. {hint}"
    )


def _both(stable, naive, logits: np.ndarray, target) -> list[str]:
    return [f"{float(loss(logits, target)):.6g}" for loss in (stable, naive)]
