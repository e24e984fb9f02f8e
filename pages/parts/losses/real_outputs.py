"""Lesson 2 on an image: a trained model's outputs under sliders, and every class's loss under both losses."""

import numpy as np
import streamlit as st

from engine.functional import label_encoding, losses
from engine.plots import losses as figures
from engine.runs import Run
from pages.parts.losses import logits, network_outputs, views
from pages.parts.shared import charts, choose_image, runs, thumbnails
from pages.parts.shared.choose_image import Chosen
from pages.parts.shared.text import plain

EVERY_LOSS = "Each class's loss, by two trained models"
OVERFLOW = "To see it, choose “Your own logits” at the top, and press “Logits of 1000”."


def show() -> None:
    """Choose an image, see the outputs of the models for it, and move them."""
    run = runs.choose("multi-label", is_own=False)
    data = choose_image.scenes().part(valid=True)
    left, right = st.columns([2, 3], gap="large")
    with right:
        chosen = choose_image.choose_or_upload(data, first=choose_image.with_labels(data, 2))
        filed = [label for label in chosen.labels or () if label in run.vocab]
        present = logits.ticked(run.vocab, filed, f"present_{chosen.stem}")
        if not (chosen.is_sample or present):
            st.caption(
                "Mark what your image shows. Until then, both losses treat it as showing none of these."
            )
    left.image(thumbnails.jpeg(chosen.source), width="stretch", alt=f"The image {chosen.stem}")
    outputs = network_outputs.stored(run, chosen)
    if outputs is None:
        outputs = network_outputs.asked(run, chosen)
    under_sliders(chosen, outputs, run.vocab, present)
    st.header(EVERY_LOSS)
    single = runs.bundled("single-label")
    ce_terms = None if single is None else _cross_entropy_terms(single, run.vocab, chosen)
    both_losses(outputs, ce_terms, run.vocab, present)


@st.fragment
def under_sliders(chosen: Chosen, outputs: np.ndarray, vocab: tuple[str, ...], present: list[str]) -> None:
    """A slider for each of the network's own logits (C,), and everything that follows from them."""
    bars = st.empty()
    with st.expander(f"Move the {len(vocab)} logits"):
        st.caption(
            "The sliders start at the multi-label model's own outputs. Move them to see what would change."
        )
        values = logits.sliders(vocab, outputs, f"z_{chosen.stem}_", step=0.01)
    views.show(bars, values, vocab, present, OVERFLOW)


def both_losses(
    outputs: np.ndarray, ce_terms: np.ndarray | None, vocab: tuple[str, ...], present: list[str]
) -> None:
    """Each class's binary cross-entropy, by the logits (C,), next to its cross-entropy `ce_terms` (C,)."""
    targets = label_encoding.encode(present, vocab)
    bce_terms = losses.binary_cross_entropy(outputs, targets, reduction="none")
    charts.show(figures.both_losses(bce_terms, ce_terms, targets, vocab), key="both_losses")
    st.markdown(
        f"Binary cross-entropy of the multi-label model: **{bce_terms.mean():.4f}**, the mean of the blue bars. "
        f"{_about_cross_entropy(ce_terms, vocab, present)}"
    )


def _about_cross_entropy(ce_terms: np.ndarray | None, vocab: tuple[str, ...], present: list[str]) -> str:
    """What the orange bars say about the present classes; nothing where there are no orange bars."""
    if ce_terms is None:
        return ""
    costs = dict(zip(vocab, ce_terms, strict=True))
    bars = [f"**{costs[label]:.4f}** for {plain(label)}" for label in present if not np.isnan(costs[label])]
    missing = [plain(label) for label in present if np.isnan(costs[label])]
    if not present:
        return "Nothing is marked as present, so cross-entropy has no target: no orange bar counts."
    says = []
    if bars:
        choice = (
            ", the orange bar of the target" if len(bars) == 1 else ", but only one of them can be the target"
        )
        says.append(f"Cross-entropy of the single-label model: {' or '.join(bars)}{choice}.")
    if missing:
        says.append(
            f"The chart has no orange bar for {' or '.join(missing)}, because the single-label model has no such class."
        )
    return " ".join(says)


def _cross_entropy_terms(single: Run, vocab: tuple[str, ...], chosen: Chosen) -> np.ndarray | None:
    """The cross-entropy of the single-label model for each class, if that were the one label."""
    if single.vocab != vocab:
        return None
    outputs = network_outputs.stored(single, chosen)
    if outputs is None and (not chosen.is_sample or _wants_the_other_model()):
        outputs = network_outputs.asked(single, chosen)
    return None if outputs is None else -losses.log_softmax(outputs)


def _wants_the_other_model() -> bool:
    return st.toggle(
        "Add the single-label model (loading it takes a few seconds)",
        key="ask_single",
        bind="query-params",
    )
