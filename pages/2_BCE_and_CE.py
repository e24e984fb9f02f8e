"""Two losses on the same outputs."""

import numpy as np
import streamlit as st

from engine import labels, losses
from engine.figures import losses as figures
from engine.runs import Run
from pages.parts import charts, logits, loss_views, network_outputs, page, pictures, runs, worked_case

OWN, REAL = "Your own logits", "A picture's real outputs"

page.begin(
    "BCE and CE",
    "softmax divides one certainty among all classes, so two present objects cannot both get more than a half. "
    "Each sigmoid answers its own yes/no question.",
)
origin = st.segmented_control(
    "Logits",
    [OWN, REAL],
    default=OWN,
    required=True,
    key="logits",
    label_visibility="collapsed",
    bind=logits.URL,
)


@st.fragment
def own_logits() -> None:
    chart = st.container()
    values, present = logits.own()
    views(chart, values, logits.FOUR, present)


@st.fragment
def real_logits(
    chosen: pictures.Chosen, outputs: np.ndarray, vocab: tuple[str, ...], present: list[str]
) -> None:
    left, chart = st.columns([2, 3], gap="large")
    left.image(pictures.jpeg(chosen.source), width="stretch", alt=f"The picture {chosen.name}")
    st.caption("The logits are the multi-label network's own. Move them and see what would change.")
    values = logits.sliders(vocab, outputs, f"z_{chosen.stem}_", step=0.01)
    views(chart, values, vocab, present)


def views(chart, values: np.ndarray, vocab: tuple[str, ...], present: list[str]) -> None:
    targets = labels.encode(present, vocab)
    with chart:
        charts.show(figures.two_activations(values, targets, vocab), key="activations")
    told = loss_views.told_class(vocab, present)
    loss_views.shares_and_gradients(values, told, targets, vocab)
    loss_views.curves(values, targets, vocab)
    loss_views.overflow(values, told, targets)


def both_networks(chosen: pictures.Chosen, several: Run, outputs: np.ndarray, present: list[str]) -> None:
    """Every class's loss under both losses, each by the network that was trained with it."""
    st.header("Every class's loss, by the two trained networks")
    single = runs.bundled("single-label")
    ce_terms = None if single is None else cross_entropy_terms(single, several.vocab, chosen)
    targets = labels.encode(present, several.vocab)
    bce_terms = losses.binary_cross_entropy(outputs, targets, reduction="none")
    charts.show(figures.both_losses(bce_terms, ce_terms, targets, several.vocab), key="both_losses")
    st.markdown(
        f"Binary cross-entropy of the multi-label network: **{bce_terms.mean():.4f}**, the mean of the blue bars."
    )


def cross_entropy_terms(single: Run, vocab: tuple[str, ...], chosen: pictures.Chosen) -> np.ndarray | None:
    """What cross-entropy would cost the single-label network for each class, were it the one label."""
    outputs = network_outputs.stored(single, chosen)
    asks = not chosen.is_sample or st.button("Ask the single-label network too (loads it, a few seconds)")
    if outputs is None and asks:
        outputs = network_outputs.asked(single, chosen)
    if outputs is None or single.vocab != vocab:
        return None
    return -losses.log_softmax(outputs)


if origin == OWN:
    own_logits()
else:
    run = runs.choose("multi-label")
    data = pictures.scenes().part(valid=True)
    chosen = pictures.choose_or_upload(data, first=pictures.with_labels(data, 2))
    filed = [label for label in chosen.labels or () if label in run.vocab]
    present = logits.ticked(run.vocab, filed, f"present_{chosen.stem}")
    outputs = network_outputs.stored(run, chosen)
    if outputs is None:
        outputs = network_outputs.asked(run, chosen)
    real_logits(chosen, outputs, run.vocab, present)
    both_networks(chosen, run, outputs, present)

worked_case.show()

page.fastai_code(
    """
from fastai.vision.all import *

logits = torch.tensor([[3.0, -2.0, 2.5, -3.0]])  # bear, cat, dog, horse

# picked by itself for a MultiCategoryBlock: bear and dog are there
BCEWithLogitsLossFlat()(logits, torch.tensor([[1.0, 0.0, 1.0, 0.0]]))

# picked by itself for a CategoryBlock: one index
CrossEntropyLossFlat()(logits, torch.tensor([0]))

def mnist_loss(probs, targets):
    return torch.where(targets == 1, 1 - probs, probs).mean()

def binary_cross_entropy(logits, targets):  # the same with a log
    probs = logits.sigmoid()
    return -torch.where(targets == 1, probs, 1 - probs).log().mean()
""".strip()
)
