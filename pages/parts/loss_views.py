"""The views of lesson 2 on one set of logits: probabilities, shares and gradients, curves, and overflow."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from engine import labels, losses
from engine.figures import losses as figures
from pages.parts import charts, loss_tables, page, tables

URL = "query-params"


def show(chart, logits: np.ndarray, vocab: Sequence[str], present: list[str]) -> None:
    """Everything about one set of logits (C,): the probabilities in the container `chart`, the rest below."""
    targets = labels.encode(present, vocab)
    with chart:
        charts.show(figures.two_activations(logits, targets, vocab), key="activations")
    page.picture_first()
    told = told_class(vocab, present)
    shares_and_gradients(logits, told, targets, vocab)
    curves(logits, targets, vocab)
    overflow(logits, told, targets)


def told_class(vocab: Sequence[str], present: list[str]) -> int | None:
    """The one class that cross-entropy is told, chosen among those present; None where nothing is."""
    if len(present) < 2:
        return labels.class_index(present, vocab) if present else None
    if st.session_state.get("told") not in (None, *present):
        del st.session_state["told"]
    told = st.segmented_control(
        "Cross-entropy takes one label only. Tell it",
        present,
        default=present[0],
        required=True,
        key="told",
        bind=URL,
    )
    return labels.class_index([told], vocab)


def shares_and_gradients(
    logits: np.ndarray, told: int | None, targets: np.ndarray, vocab: Sequence[str]
) -> None:
    """Each class's share of both losses, and how hard each pushes its logit."""
    st.subheader("Each class's share of the loss, and the push on its logit")
    st.html(loss_tables.STYLE)
    left, right = st.columns(2, gap="large")
    left.html(loss_tables.yes_or_no(logits, targets, vocab))
    right.html(loss_tables.one_of_all(logits, told, targets, vocab))
    st.caption(
        "● is present. Training moves every logit against its gradient: a bar to the left raises the logit, one to the "
        "right lowers it. Softmax minus 1 for the told class and softmax for every other: a second present class is "
        "pushed down like an absent one."
    )


def curves(logits: np.ndarray, targets: np.ndarray, vocab: Sequence[str]) -> None:
    """The loss of one class's answer against its logit and its probability, and the same without the log."""
    st.subheader("One class's loss, and mnist_loss beside its log")
    focus = st.pills("Class on the curves", vocab, default=vocab[0], required=True, key="focus", bind=URL)
    place = list(vocab).index(focus)
    logit, target = float(logits[place]), int(targets[place])
    left, right = st.columns(2, gap="large")
    with left:
        charts.show(figures.loss_against_logit(logit, target, focus), key="against_logit")
    with right:
        charts.show(figures.loss_against_probability(logit, target, focus), key="against_probability")


def overflow(logits: np.ndarray, told: int | None, targets: np.ndarray) -> None:
    """The same losses by the formulas as one first writes them, beside the stable ones."""
    st.subheader("The same numbers, written naively")
    rows = {
        "binary cross-entropy": _both(
            losses.binary_cross_entropy, losses.naive_binary_cross_entropy, logits, targets
        )
    }
    if told is not None:
        rows["cross-entropy"] = _both(losses.cross_entropy, losses.naive_cross_entropy, logits, told)
    tables.show_rows(["stable", "naive: exp first, log after"], rows)
    st.caption(
        "With small logits both agree. Beyond about ±37 a sigmoid rounds to exactly 0 or 1, and log(0) is -inf; beyond "
        "±709 exp no longer fits a 64-bit number and becomes inf, and inf / inf is nan. The stable formulas work "
        "with the logarithms and never make the large number. Press “Logits of 1000”."
    )


def _both(stable, naive, logits: np.ndarray, target) -> list[str]:
    return [f"{float(loss(logits, target)):.6g}" for loss in (stable, naive)]
