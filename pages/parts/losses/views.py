"""The views of lesson 2 on one set of logits: probabilities, shares and gradients, curves, and overflow."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from engine.functional import label_encoding, losses
from engine.plots import losses as figures
from pages.parts.losses import activation_bars
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
    st.html(activation_bars.STYLE + losses_tables.STYLE)


def show(bars, logits: np.ndarray, vocab: Sequence[str], present: list[str], try_this: str) -> None:
    """Everything about one set of logits (C,): the probabilities in the place `bars`, the rest below.

    `try_this` says how to make an overflow happen.
    """
    targets = label_encoding.encode(present, vocab)
    bars.html(activation_bars.html(logits, targets, vocab))
    target = told_class(vocab, present)
    shares_and_gradients(logits, target, targets, vocab)
    curves(logits, targets, vocab)
    page.image_first()
    overflow(logits, target, targets, try_this)


def told_class(vocab: Sequence[str], present: list[str]) -> int | None:
    """The one class that cross-entropy is told, chosen among those present; None where nothing is."""
    if len(present) < 2:
        return label_encoding.class_index(present, vocab) if present else None
    if st.session_state.get("told") not in (None, *present):
        del st.session_state["told"]
    says = "Target for cross-entropy"
    target = st.segmented_control(says, present, default=present[0], required=True, key="told", bind=URL)
    return label_encoding.class_index([target], vocab)


def shares_and_gradients(
    logits: np.ndarray, target: int | None, targets: np.ndarray, vocab: Sequence[str]
) -> None:
    """Each class's share of both losses, and how hard each pushes its logit."""
    st.subheader("Each class's share of the loss, and the push on its logit")
    st.html(
        losses_tables.side_by_side(
            losses_tables.yes_or_no(logits, targets, vocab),
            losses_tables.one_of_all(logits, target, targets, vocab),
        )
    )
    st.caption(
        "● is present. Training moves every logit against its gradient: a bar to the left raises the logit, one to the "
        "right lowers it. Softmax minus 1 for the told class and softmax for every other: a second present class is "
        "pushed down like an absent one."
    )


def curves(logits: np.ndarray, targets: np.ndarray, vocab: Sequence[str]) -> None:
    """The loss of one class's prediction against its logit and its probability, and the same without the log."""
    st.subheader("The loss of one class, with and without the log")
    focus = st.pills(
        "Class on the curves", vocab, default=vocab[0], required=True, key="focus", bind=URL, wrap=True
    )
    place = list(vocab).index(focus)
    logit, target = float(logits[place]), int(targets[place])
    chart, text = st.columns([3, 2], gap="large")
    with chart:
        still = figures.loss_curves(target, focus, figures.curves_reach(logit))
        says = figures.curves_title(target, focus)
        alt = f"Three losses of {focus} against its logit, and against its probability"
        charts.show_marked(still, figures.current_prediction(logit, target), says, alt, key="curves")
    with text:
        _one_answer(logits[[place]], targets[[place]], focus)


def _one_answer(logit: np.ndarray, target: np.ndarray, label: str) -> None:
    """The three losses of one answer, with their gradients."""
    rows = {
        name: [float(loss(logit, target)), float(gradient(logit, target)[0])]
        for (name, loss, _), gradient in zip(figures.CURVES, GRADIENTS, strict=True)
    }
    tables.show_rows(["loss", "gradient"], rows)
    st.markdown(
        f"`mnist_loss` is the distance of the probability from the target, so it is at most 1. Its gradient vanishes "
        f"exactly where the prediction is most wrong, so the worst mistakes are corrected most slowly. "
        f"Binary cross-entropy is -log(1 - `mnist_loss`): here -log(1 - {rows['mnist_loss'][0]:.4f}) = "
        f"{rows['binary cross-entropy'][0]:.4f}. Its slope is sigmoid minus target, steepest at the worst answers. "
        f"The formula as printed pushes the logit of {label} the wrong way."
    )


def overflow(logits: np.ndarray, target: int | None, targets: np.ndarray, try_this: str) -> None:
    """The same losses by the naive formulas, next to the stable ones."""
    st.subheader("The same numbers, written naively")
    rows = {
        "binary cross-entropy": _both(
            losses.binary_cross_entropy, losses.naive_binary_cross_entropy, logits, targets
        )
    }
    if target is not None:
        rows["cross-entropy"] = _both(losses.cross_entropy, losses.naive_cross_entropy, logits, target)
    tables.show_rows(["stable", "naive: exp first, log after"], rows)
    st.caption(
        "With small logits both agree. Beyond about ±37 a sigmoid rounds to exactly 0 or 1, and log(0) is -inf; beyond "
        "±709 exp no longer fits a 64-bit number and becomes inf, and inf / inf is nan. The stable formulas work "
        f"with the logarithms and never make the large number. {try_this}"
    )


def _both(stable, naive, logits: np.ndarray, target) -> list[str]:
    return [f"{float(loss(logits, target)):.6g}" for loss in (stable, naive)]
