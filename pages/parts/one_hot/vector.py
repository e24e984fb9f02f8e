"""A picture's labels as words, as a vector of 0s and 1s, and as one index; a click on either changes all."""

import streamlit as st

from engine.functional import label_encoding
from engine.plots.style import TRUTH
from pages.parts.shared import address
from pages.parts.shared.choose_image import Chosen

_STYLE = f"""<style>
[class*="st-key-cell_"] button {{min-width: 4.3rem; padding: .15rem .2rem; line-height: 1.25}}
[class*="st-key-cell_"] button p {{font-size: .8rem}}
[class*="st-key-cell_"] button strong {{display: block; font-size: 1.3rem; font-variant-numeric: tabular-nums}}
[class*="st-key-cell_"] button[kind="primary"] {{background: {TRUTH}; border-color: {TRUTH}; color: #fff}}
</style>"""


@st.fragment
def labels_and_vector(chosen: Chosen, vocab: tuple[str, ...]) -> None:
    """Show the picture's labels in three forms; pressing a label or a cell of the vector changes all of them."""
    filed = list(chosen.labels or ())
    _start(chosen, vocab, filed)
    st.subheader("In words")
    labels = st.pills(
        "Labels of this picture: press to add or remove",
        vocab,
        selection_mode="multi",
        key="labels",
        wrap=True,
    )
    labels = [label for label in vocab if label in labels]
    address.remember_several("labels", labels, filed)
    _vector(vocab, labels)
    _one_index(vocab, labels)
    if chosen.is_sample and labels != filed:
        st.button("Back to the given labels", on_click=_set, args=(filed,))


def _start(chosen: Chosen, vocab: tuple[str, ...], filed: list[str]) -> None:
    if "labels_of" not in st.session_state:
        _set(address.recall_several("labels", vocab, filed))
    elif st.session_state["labels_of"] != chosen.name or "labels" not in st.session_state:
        _set(filed)
    st.session_state["labels_of"] = chosen.name


def _set(labels: list[str]) -> None:
    st.session_state["labels"] = labels


def _toggle(label: str, vocab: tuple[str, ...]) -> None:
    labels = set(st.session_state["labels"]) ^ {label}
    _set([label for label in vocab if label in labels])


def _vector(vocab: tuple[str, ...], labels: list[str]) -> None:
    ones = label_encoding.encode(labels, vocab)
    st.subheader("As a vector")
    st.html(_STYLE)
    st.caption("One cell for each class, in the order of the vocabulary. Press a cell to turn it over.")
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
    st.markdown(
        f"Read back where the 1s stand: **{' and '.join(read_back) or 'nothing of the vocabulary'}**."
    )


def _one_index(vocab: tuple[str, ...], labels: list[str]) -> None:
    st.subheader("As one index, the single-label way")
    if len(labels) == 1:
        st.success(
            f"**{label_encoding.class_index(labels, vocab)}**, the place of “{labels[0]}”. With one label, both ways "
            "say the same."
        )
    elif labels:
        choices = ", ".join(f"{label_encoding.class_index([label], vocab)} for {label}" for label in labels)
        st.warning(
            f"**No index says “{' and '.join(labels)}”.** One index names one class: it would have to be {choices}, "
            f"and {len(labels) - 1} of the {len(labels)} labels would be lost."
        )
    else:
        st.warning(
            f"**No index says “nothing”.** Each index from 0 to {len(vocab) - 1} names a class, so a single-label "
            f"answer to this picture is wrong whatever it is."
        )
    st.caption(
        f"An index can say {len(vocab)} different things; a vector of {len(vocab)} cells can say "
        f"2^{len(vocab)} = {2 ** len(vocab):,}."
    )
