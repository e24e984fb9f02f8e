"""The evidence below lesson 3, in tabs: counts for each class, the best thresholds, reliability, and plain accuracy."""

import numpy as np
import streamlit as st

from engine.functional import metrics
from pages.parts.shared import label_chips, tables
from pages.parts.threshold import scored_predictions
from pages.parts.threshold.prediction_source import Subject


def show(subject: Subject, chosen: np.ndarray) -> None:
    """The tabs at the chosen thresholds (C,); only the open one is computed, and it is kept in the address."""
    st.header("Evidence")
    counts, best, trusted, plain = st.tabs(
        ["Two by two", "Best thresholds", "Reliability", "Plain accuracy"],
        key="evidence",
        bind="query-params",
    )
    if counts.open:
        with counts:
            _two_by_two(subject, chosen)
    if best.open:
        with best:
            _best(subject)
    if trusted.open:
        with trusted:
            subject.reliability()
    if plain.open:
        with plain:
            _plain_accuracy(subject)


def _two_by_two(subject: Subject, chosen: np.ndarray) -> None:
    predictions = subject.predictions
    st.markdown("Every image counts once for each class:")
    st.html(
        label_chips.two_by_two(
            metrics.confusion_counts(predictions.probs, predictions.targets, chosen), predictions.vocab
        )
    )


def _best(subject: Subject) -> None:
    st.markdown(
        "Each cell shows the best threshold and the score it reaches. Recall is best where everything is named, and "
        "precision where hardly anything is. So neither can choose a threshold alone."
    )
    tables.show(scored_predictions.best_table(*subject.source))
    st.markdown(
        "**Thresholds look better on the images they were chosen on.** So we choose on one half and score on the "
        "other, then swap. Expect the last rows on new images:"
    )
    tables.show(scored_predictions.honest_table(*subject.source, tuple(subject.in_use)))


def _plain_accuracy(subject: Subject) -> None:
    served = scored_predictions.top_predictions(*subject.source)
    images, right = served.sum()
    st.markdown(
        "`accuracy` compares the class with the highest output with the one true class. Here that output "
        f"names the only label of **{right / images:.1%}** of the images. Plain accuracy can reach at most "
        f"**{served['images'].iloc[1] / images:.1%}**, the share of images with exactly one label. It has no threshold "
        "to move."
    )
    tables.show(served)
