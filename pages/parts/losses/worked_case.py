"""The printed formula against the right one, on the worked case of fastbook issue 403."""

import numpy as np
import streamlit as st

from engine.functional import losses
from pages.parts.shared import code, tables

LOGITS = np.array([0.5, 0.4, 0.7, 1.5, 2.4, -2.7])
TARGETS = np.array([1, 1, 1, 1, 0, 0])
COLUMNS = ("logit", "sigmoid", "target", "prediction", "right formula", "printed formula (inverted)")


def show() -> None:
    """Show both formulas' terms and means; the printed one is marked as wrong wherever it appears."""
    right = losses.binary_cross_entropy(LOGITS, TARGETS, reduction="none")
    printed = losses.binary_cross_entropy_as_printed(LOGITS, TARGETS, reduction="none")
    with st.expander("The formula as printed in the source text is inverted: a worked case"):
        code.show(
            "# the formula as printed in the book: smallest when everything is wrong\n"
            "-torch.where(targets==1, 1-inputs, inputs).log().mean()\n"
            "# right: the same as BCEWithLogitsLoss\n"
            "-torch.where(targets==1, inputs, 1-inputs).log().mean()"
        )
        st.markdown(
            f"For these six predictions the right formula gives **{right.mean():.4f}**, as PyTorch does. "
            f"The printed one gives **{printed.mean():.4f}**. Look at the last column: the one wrong "
            "prediction has the smallest loss."
        )
        tables.show_rows(COLUMNS, _rows(right, printed))
        st.caption(
            "The case is from fastai/fastbook issue 403. Pull request 349 corrected the formula in the "
            "book's repository. Nothing in this app trains with the inverted formula unless you choose "
            "it."
        )


def _rows(right: np.ndarray, printed: np.ndarray) -> dict[str, list[object]]:
    probs = losses.sigmoid(LOGITS)
    verdicts = np.where((probs > 0.5) == (TARGETS == 1), "right", "wrong")
    rows = zip(LOGITS, probs, TARGETS, verdicts, right, printed, strict=True)
    return {f"prediction {number}": list(cells) for number, cells in enumerate(rows, 1)}
