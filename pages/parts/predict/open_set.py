"""Page 8, "none of these": the book's exercise, asked live and measured."""

import numpy as np
import pandas as pd
import streamlit as st

from engine.experiments import open_set
from engine.experiments.open_set import ANIMALS, KINDS, METRICS, NONES
from engine.images import open_image
from engine.images.drawing import to_png
from engine.plots import open_set as plots_open_set
from engine.synthetic import scenes
from engine.training import features
from engine.training.backbones import DRAWINGS, WeightsError
from pages.parts.predict import open_set_cards
from pages.parts.shared import address, charts, choose_image, tables, thumbnails
from pages.parts.shared.text import plain

SIZE_WH = (400, 300)
EXAMPLES = {"Neither": ["sheep"], "One": ["bear"], "Two": ["bear", "dog"], "Nothing at all": []}
FIRST = "Neither"
SHORT = ["single-label", "… with “none”", "multi-label", "… with no class"]
"""The networks where there is little room, in the order of `KINDS`."""

COMMAND = "python -m engine open-set --out sample_data/none_of_these"


@st.fragment
def show() -> None:
    """Everything under "None of these"."""
    st.markdown(
        "A classifier of bears, cats and dogs must name one of them, even for a sheep. The book suggests training it "
        "for *several* labels, so that it may name none. Four networks predict below: is that enough?"
    )
    try:
        networks, measured = _networks(), open_set.table()
    except (OSError, ValueError) as error:
        st.info(plain(f"The measurements are missing: {error}"))
        st.code(COMMAND, language="bash")
        return
    _asked(networks)
    _measured(measured)


@st.cache_resource(max_entries=1, show_spinner=False)
def _networks() -> list[open_set.Network]:
    return open_set.networks()


def _asked(networks: list[open_set.Network]) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        place = st.empty()
        source, says, present = _picture()
        place.image(
            thumbnails.jpeg(source), width="stretch", caption=plain(says), alt=plain(f"The image: {says}")
        )
    try:
        seen = _seen(source)
    except (WeightsError, OSError) as error:
        st.error(plain(error))
        return
    with right:
        st.html(open_set_cards.cards(networks, seen, present))
        st.caption(
            "Bars are probabilities. With several labels, each above one half is named. With one label, the largest is "
            "named, and all add up to 1."
        )


def _picture() -> tuple[bytes, str, list[str] | None]:
    """A scene drawn to order, or the visitor's own image: its bytes, what it is, the animals that are there."""
    with st.container(horizontal=True, gap="small"):
        for says, kinds in EXAMPLES.items():
            st.button(says, key=f"none_{says}", on_click=_choose, args=(kinds,))
    kinds = address.pills("In the scene", scenes.KINDS, EXAMPLES[FIRST], "none_kinds")
    number = st.number_input("Scene number", 0, 9999, 0, key="none_scene", bind="query-params", width=160)
    with st.expander("An image of your own"):
        own = choose_image.upload("none")
    if own is not None:
        return own.content, own.name, None
    says = ", ".join(kinds) or "none of the labels"
    return (
        _drawn(tuple(kinds), number),
        f"A drawn scene: {says}",
        [animal for animal in ANIMALS if animal in kinds],
    )


def _choose(kinds: list[str]) -> None:
    st.session_state["none_kinds"] = kinds


@st.cache_data(max_entries=64, show_spinner="Drawing…")
def _drawn(kinds: tuple[str, ...], number: int) -> bytes:
    return to_png(scenes.draw(scenes.spec_with(kinds, number, SIZE_WH)))


@st.cache_data(max_entries=64, show_spinner="Computing features…")
def _seen(source: bytes) -> np.ndarray:
    return features.of_image(open_image(source), DRAWINGS)


def _measured(table: pd.DataFrame) -> None:
    st.header("Measured")
    rates = open_set.summary(table)
    cells = [_cells(rates, kind) for kind in KINDS]
    tables.show_rows(SHORT, dict(zip(METRICS.values(), zip(*cells, strict=True), strict=True)))
    counts = open_set.COUNTS
    st.caption(
        f"Mean ± standard deviation of {table['seed'].nunique()} seeds. Each trained a linear head on {open_set.ONES} "
        f"images of one animal, and on {NONES} without any where the column says so. Tested on "
        f"{counts[open_set.ONE]} images of one animal, {counts[open_set.NEITHER]} of none and {counts[open_set.TWO]} "
        "of two. Photographs are harder: compare the columns, not the values."
    )
    st.markdown(f"**{plain(plots_open_set.point(table))}**")
    for question, place in zip(
        plots_open_set.QUESTIONS, st.columns(len(plots_open_set.QUESTIONS)), strict=True
    ):
        with place:
            charts.show(plots_open_set.doses(table, question), key=f"none_{question}")
    st.markdown(lessons(rates))
    st.caption("This command repeats all measurements:")
    st.code(COMMAND, language="bash")


def _cells(rates: pd.DataFrame, kind: open_set.Kind) -> list[str]:
    row = _row(rates, kind)
    return [f"{row[measure, 'mean']:.3f} ± {row[measure, 'std']:.3f}" for measure in METRICS]


def _row(rates: pd.DataFrame, kind: open_set.Kind) -> pd.Series:
    """A kind's metrics, each with mean and std."""
    return rates.loc[[(kind.name, NONES if kind.has_nothing else 0)]].iloc[0]


def lessons(rates: pd.DataFrame) -> str:
    """What the table says, with its own numbers, as Markdown."""
    single, single_none, several, several_none = (_row(rates, kind).xs("mean", level=1) for kind in KINDS)
    cost = single["one_right"] - several_none["one_right"]
    return (
        "- **Softmax must name one.** With no animal there, the single-label network names one every "
        f"time. Half the time its probability is above {single['neither_sure']:.2f}.\n"
        "- **Several labels are not enough.** The multi-label network still names an animal in "
        f"{1 - several['neither_nothing']:.0%} of these images. It never saw one without animals.\n"
        f"- **Images without animals teach it.** Trained with {NONES} of them, it correctly predicts "
        f"nothing for {several_none['neither_nothing']:.1%}. A single-label network with a class “none” "
        f"reaches {single_none['neither_nothing']:.1%}, but can never name two animals.\n"
        f"- **Two animals** are both named in {several_none['two_both']:.0%} of the images. No network "
        "saw two together in training.\n"
        "- **What it costs:** on images of one animal, the share of exactly right predictions falls from "
        f"{single['one_right']:.3f} to {several_none['one_right']:.3f} ({100 * cost:.1f} points). Three "
        "questions can go wrong instead of one. The most probable animal is right in "
        f"{single['one_likeliest']:.3f} and {several_none['one_likeliest']:.3f}."
    )


FASTAI = """
from fastai.vision.all import *

# bears/none holds images of anything else; their list of labels is empty
def labels_of(path): return [] if path.parent.name == "none" else [path.parent.name]

bears = DataBlock(
    blocks=(ImageBlock, MultiCategoryBlock(vocab=["black", "grizzly", "teddy"])),
    get_items=get_image_files, get_y=labels_of, splitter=RandomSplitter(0.2, seed=42),
    item_tfms=Resize(128, method="squish"), batch_tfms=aug_transforms())
learn = vision_learner(bears.dataloaders("bears"), resnet18, metrics=accuracy_multi)
learn.fine_tune(4)
labels, yes, probs = learn.predict("sheep.jpg")    # no label at all, if it was trained on images without labels
""".strip()
"""The exercise in fastai; without the folder `none` it still names a bear."""
