"""accuracy_multi and F1 as the threshold moves, next to the score for predicting nothing."""

from typing import Final

import streamlit as st

from pages.parts.shared import page

URL: Final = "query-params"
ONE, EACH = "One for all classes", "The best for each class"
ALT = "Six measures at every threshold, with what predicting nothing and saying yes to all would score"

THE_BOOK = (
    "Diamonds: the figures of fastbook, chapter 6, for another network on another dataset, PASCAL_2007 (5,011 "
    "pictures, 20 classes, where predicting nothing scores about 0.927): 0.9315 at 0.1, 0.9516 at 0.2, a peak of about "
    "0.9635 near 0.53, 0.9567 at 0.9, 0.9429 at 0.99. Compare the shape, not the height."
)

page.begin(
    "Threshold",
    "Watch accuracy_multi hardly move while the labels under the images change. Predicting nothing already "
    "scores high; skill and F1 show what the model adds.",
    terms=(
        "threshold",
        "accuracy_multi",
        "predicting nothing",
        "skill",
        "precision",
        "recall",
        "F1",
        "calibration",
    ),
)
with page.charts_loading():
    import numpy as np

    from engine.functional import metrics
    from engine.plots import threshold as figures
    from pages.parts.shared import charts, label_chips, tables
    from pages.parts.threshold import gallery, legend, prediction_source, scored_predictions

st.html(label_chips.STYLE + legend.STYLE)
subject = prediction_source.choose()
source, curve, predictions = subject.source, subject.scored, subject.predictions


@st.fragment
def move_the_threshold() -> None:
    place_of_chart, place_of_slider = st.container(), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        mode = st.segmented_control(
            "Thresholds", [ONE, EACH], default=ONE, required=True, key="mode", bind=URL
        )
        zoom = st.toggle("Zoom in on accuracy_multi", key="zoom_in", bind=URL)
        book = st.toggle("The book's figures", True, key="book", bind=URL)
    with place_of_slider:
        chosen, shared = choose(mode)
    here = metrics.all_metrics(predictions.probs, predictions.targets, chosen)
    with place_of_chart:
        still, marks = (
            scored_predictions.still(*source, book, zoom),
            figures.marks(shared, here, curve.do_nothing, zoom),
        )
        says = figures.sentence(shared, here, curve.do_nothing)
        lines = legend.html(figures.legend(here, curve.do_nothing, curve.all_yes, book, zoom))
        charts.show_marked(still, [marks], says, ALT, key="curves", legend=lines)
    page.image_first()
    if book:
        st.caption(THE_BOOK)
    st.subheader("The labels at this threshold")
    st.markdown(f"{gallery.in_all(predictions, subject.in_use, chosen, subject.counted)} {subject.shown}")
    gallery.show(subject.images, predictions.vocab, subject.in_use, chosen)
    subject.offer(chosen)
    st.subheader("Two by two for each class")
    st.html(
        label_chips.two_by_two(
            metrics.confusion_counts(predictions.probs, predictions.targets, chosen), predictions.vocab
        )
    )


def choose(mode: str) -> tuple[np.ndarray, float | None]:
    """The thresholds (C,), and the one for all where there is one."""
    if mode == ONE:
        says = "Threshold: a probability strictly above it means yes"
        shared = st.slider(says, 0.0, 1.0, in_use_for_all(), 0.01, key="threshold", bind=URL)
        return np.full(len(predictions.vocab), shared), shared
    measure = st.selectbox(
        "Best by", scored_predictions.METRICS, format_func=figures.NAMES.__getitem__, key="by", bind=URL
    )
    return scored_predictions.best(*source, measure, True), None


def in_use_for_all() -> float:
    """The threshold that was saved for every class; where classes have their own, that of the run's configuration."""
    in_use = set(subject.in_use)
    return float(in_use.pop()) if len(in_use) == 1 else subject.default


move_the_threshold()
gallery.send(subject.images)

subject.reliability()

st.header("The best threshold for each metric")
st.markdown(
    "Each cell is *threshold → value there*, found among all thresholds at which any answer changes. "
    "skill is best where accuracy_multi is. Recall is best where everything is yes and precision where hardly "
    "anything is: neither can choose a threshold by itself."
)
tables.show(scored_predictions.best_table(*source))
st.markdown(
    "**Thresholds look better on the pictures they were chosen on than on others.** So half of the pictures choose, "
    "and the other half are scored, and the other way round. What is left is what to expect:"
)
tables.show(scored_predictions.honest_table(*source, tuple(subject.in_use)))

st.header("Why plain accuracy fails here")
served = scored_predictions.top_predictions(*source)
images, wholly = served.sum()
st.markdown(
    f"`accuracy` takes the one class with the highest output and compares it with the one true class. Here that one "
    f"class is the whole truth for **{wholly / images:.1%}** of the pictures, and it could never be more than "
    f"**{served['pictures'].iloc[1] / images:.1%}**, those with exactly one label. It has no threshold to move: two "
    f"labels are half right at best, and no label is always wrong."
)
tables.show(served)

page.fastai_code(
    """
from fastai.vision.all import *

learn = vision_learner(dls, resnet18, metrics=partial(accuracy_multi, thresh=0.2))
learn.fine_tune(3, base_lr=3e-3, freeze_epochs=4)

probs, targets = learn.get_preds()                      # probabilities: the sigmoid is applied
thresholds = torch.linspace(0.05, 0.95, 29)
curve = [accuracy_multi(probs, targets, thresh=t, sigmoid=False) for t in thresholds]
nothing = 1 - targets.float().mean()                    # what all zeros would score
""".strip()
)
