"""Lesson 2 on a photograph: the ready-to-use models' real outputs under sliders, and every class's loss."""

import numpy as np
import streamlit as st

from engine.data import example_photographs
from engine.images import ImageError, open_image
from engine.inference import photo_models, photo_showcase
from engine.tasks import MULTI_LABEL, SINGLE_LABEL
from engine.training.backbones import WeightsError
from pages.parts.losses import logits, real_outputs
from pages.parts.shared import choose_image, thumbnails
from pages.parts.shared.choose_image import Chosen
from pages.parts.shared.text import plain

EXAMPLES, OWN = "Examples", "Your own"


def show() -> None:
    """Choose a photograph, see the outputs of the models for it, and move them."""
    left, right = st.columns([2, 3], gap="large")
    with right:
        chosen = _choose()
        if chosen is None:
            return
        outputs, ce_terms, vocab = _predicted(chosen)
        filed = [label for label in chosen.labels or () if label in vocab]
        present = logits.ticked(vocab, filed, f"present_{chosen.stem}")
        if not (chosen.is_sample or present):
            st.caption(
                "Mark what your photograph shows. Until then, both losses treat it as showing none of these."
            )
    left.image(thumbnails.jpeg(chosen.source), width="stretch", alt=_alt(chosen))
    real_outputs.under_sliders(chosen, outputs, vocab, present)
    st.header(real_outputs.EVERY_LOSS)
    real_outputs.both_losses(outputs, ce_terms, vocab, present)
    st.caption(
        "The single-label model knows the 1,000 classes of ImageNet. Its probability of *dog* is the sum over all "
        "breeds. ImageNet has no class for people, so *person* has no cross-entropy bar."
    )


def _alt(chosen: Chosen) -> str:
    shows = f" of {' and '.join(chosen.labels)}" if chosen.labels else ""
    return f"The photograph {chosen.stem.replace('_', ' ')}{shows}"


def _choose() -> Chosen | None:
    """An example photograph, or the visitor's own; None where there is none to show."""
    origin = st.segmented_control(
        "Photograph from",
        [EXAMPLES, OWN],
        default=EXAMPLES,
        required=True,
        key="photograph_from",
        bind="query-params",
    )
    if origin == OWN and (uploaded := choose_image.upload("photograph")) is not None:
        return uploaded
    titles = {shown.title: shown for shown in photo_showcase.stored()}
    if not titles:
        st.info("The example photographs are missing. Choose “Your own” and upload one.")
        return None
    title = st.pills(
        "Example", list(titles), default=next(iter(titles)), required=True, key="example", bind="query-params",
        wrap=True,
    )  # fmt: skip
    shown = titles[title]
    return Chosen(shown.fname, shown.path, example_photographs.LABELS.get(shown.fname, ()), is_sample=True)


def _predicted(chosen: Chosen) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """The logits (C,) of the multi-label model, the cross-entropy (C,) of each class by the single-label one, and the
    classes; a page stops with a sentence where a model cannot be used."""
    try:
        by_label, probs = _outputs(chosen.content)
    except (ImageError, WeightsError, photo_models.PhotoModelError, OSError) as error:
        st.error(plain(error))
        st.stop()
    vocab = photo_models.load(MULTI_LABEL).vocab
    terms = [
        -np.log(max(probs[label], np.finfo(float).tiny)) if label in probs else np.nan for label in vocab
    ]
    return np.array([by_label[label] for label in vocab]), np.array(terms), vocab


@st.cache_data(max_entries=64, show_spinner="Predicting…")
def _outputs(source: bytes) -> tuple[dict[str, float], dict[str, float]]:
    """Label -> logit of the multi-label model, and label -> probability of the single-label one."""
    image = open_image(source)
    several = photo_models.load(MULTI_LABEL).predict([image])[0]
    return several.logits, photo_models.load(SINGLE_LABEL).label_probs(image)
