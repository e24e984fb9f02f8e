"""An image's labels as words, as a vector of 0s and 1s, and as one index; a click on either changes all."""

import numpy as np
import streamlit as st

from engine.functional import label_encoding
from engine.plots.style import TRUTH
from pages.parts.one_hot import exercises
from pages.parts.shared import address, streamlit_internals
from pages.parts.shared.choose_image import Chosen
from pages.parts.shared.lesson import LESSONS, tasks

_STYLE = f"""<style>
[class*="st-key-cell_"] button {{min-width: 4.3rem; padding: .15rem .2rem; line-height: 1.25}}
[class*="st-key-cell_"] button p {{font-size: .8rem}}
[class*="st-key-cell_"] button strong {{display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums}}
[class*="st-key-cell_"] button[kind="primary"],
[class*="st-key-cell_"] button[kind="primary"]:hover {{background: color-mix(in srgb, {TRUTH}, #000 28%);
  border-color: {TRUTH}; color: #fff}}
</style>"""
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@st.fragment
def labels_and_vector(
    chosen: Chosen,
    vocab: tuple[str, ...],
    targets: np.ndarray,
    wrong: dict[str, tuple[str, str]],
    is_index_shown: bool,
) -> None:
    """Show the image's labels in three forms; pressing a label or a cell of the vector changes all of them.

    `targets` (N, C) are the labels of the whole set and `wrong` its labels that are wrong on purpose, for the tasks.
    """
    given = list(chosen.labels or ())
    _start(chosen, vocab, given)
    st.header("In words")
    labels = st.pills(
        "Labels of this image: press to add or remove",
        vocab,
        selection_mode="multi",
        key="labels",
        wrap=True,
    )
    labels = [label for label in vocab if label in labels]
    address.remember_several("labels", labels, given)
    _vector(vocab, labels)
    if is_index_shown:
        _one_index(vocab, labels)
    if chosen.is_sample and labels != given:
        st.button("Restore the given labels", on_click=_set, args=(given,))
    tasks.show(
        LESSONS[1], exercises.tasks(labels, given, wrong.get(chosen.name), bool(wrong), targets, vocab)
    )


def _start(chosen: Chosen, vocab: tuple[str, ...], given: list[str]) -> None:
    if "labels_of" not in st.session_state or streamlit_internals.came_by_history():
        _set(address.recall_several("labels", vocab, given))
    elif st.session_state["labels_of"] != chosen.name or "labels" not in st.session_state:
        _set(given)
    st.session_state["labels_of"] = chosen.name


def _set(labels: list[str]) -> None:
    st.session_state["labels"] = labels


def _toggle(label: str, vocab: tuple[str, ...]) -> None:
    labels = set(st.session_state["labels"]) ^ {label}
    _set([label for label in vocab if label in labels])


def _vector(vocab: tuple[str, ...], labels: list[str]) -> None:
    ones = label_encoding.encode(labels, vocab)
    st.header("As a vector")
    st.html(_STYLE)
    st.caption("One cell for each class, in the order of the vocabulary. Press a cell to switch it.")
    with st.container(horizontal=True, gap="xsmall"):
        for place, (label, is_one) in enumerate(zip(vocab, ones, strict=True)):
            st.button(
                f"**{is_one}** {label}",
                key=f"cell_{place}",
                type="primary" if is_one else "secondary",
                on_click=_toggle,
                args=(label, vocab),
            )
    read_back = label_encoding.decode(ones, vocab)
    st.markdown(f"Read back from the 1s: **{' and '.join(read_back) or 'no label'}**.")


def _one_index(vocab: tuple[str, ...], labels: list[str]) -> None:
    st.header("As a single index")
    if len(labels) == 1:
        st.success(
            f"**{label_encoding.class_index(labels, vocab)}**, the position of “{labels[0]}”. "
            "With one label, the index and the vector say the same."
        )
    elif labels:
        choices = ", ".join(f"{label_encoding.class_index([label], vocab)} for {label}" for label in labels)
        st.warning(
            f"**No index says “{' and '.join(labels)}”.** An index names one class: {choices}. Whichever you pick, you "
            f"lose {len(labels) - 1} of the {len(labels)} labels."
        )
    else:
        st.warning(
            f"**No index says “no label”.** Each index from 0 to {len(vocab) - 1} names a class. A single-label "
            "dataset has no room for this image."
        )
    st.caption(
        f"An index can say {len(vocab)} different things. A vector of {len(vocab)} cells can say "
        f"2{str(len(vocab)).translate(_RAISED)} = {2 ** len(vocab):,}."
    )
