"""How labels become a vector of 0s and 1s, and why a single index cannot do the same."""

import streamlit as st

from pages.parts.shared import address, page
from pages.parts.shared.lesson import LESSONS, check, frame, guess, presenting

LESSON = LESSONS[1]
frame.begin(LESSON, terms=("label", "class", "vocabulary", "one-hot vector", "target", "predicting nothing"))

with page.charts_loading():
    from engine.functional import metrics
    from engine.plots import one_hot
    from pages.parts.one_hot import exercises, vector
    from pages.parts.shared import charts, choose_image, thumbnails

data = choose_image.scenes()
targets, names = data.targets(), data.table["fname"].tolist()
wrong = choose_image.labelled_wrong(data)

is_guessed = guess.ask(LESSON, exercises.which_index(data.vocab))
image_side, vector_side = st.columns([2, 3], gap="large")
with image_side:
    place_of_image = st.container()
    chosen = choose_image.choose_or_upload(data, first=choose_image.with_labels(data, 2))
    choose_image.examples(data)
    if chosen.name in wrong:
        given, right = wrong[chosen.name]
        st.warning(
            f"This image is labelled “{given}”, but it shows “{right}”. The label is wrong on purpose."
        )
    shows = f": {' and '.join(chosen.labels)}" if chosen.labels else ""
    place_of_image.image(
        thumbnails.jpeg(chosen.source), width="stretch", alt=f"The image {chosen.stem}{shows}"
    )
with vector_side:
    vector.labels_and_vector(chosen, data.vocab, targets, wrong, is_guessed)

st.header("The whole set as vectors")
nothing = metrics.do_nothing_accuracy(targets)
charts.show(one_hot.images_by_classes(targets, data.vocab, names, chosen.name))
page.image_first()
st.markdown(
    f"**Predicting 0 everywhere is right in {nothing:.1%} of the cells**, without looking at any image. "
    f"This app shows that score next to every accuracy."
)
together, how_many = st.columns([3, 2], gap="large")
with together:
    charts.show(one_hot.labels_together(targets, data.vocab))
with how_many:
    charts.show(one_hot.labels_per_image(targets))

single = int((targets.sum(axis=1) == 1).sum())
frame.what_you_saw(
    [
        f"A vector has one cell for each of the {len(data.vocab)} classes, so it can hold any set of labels, or none.",
        "A single index names exactly one class, so it loses labels or makes one up.",
        f"Only {single:,} of {len(names):,} images here have exactly one label.",
        f"Most cells are 0, so predicting nothing already scores {nothing:.1%}.",
    ]
)
check.ask(LESSON, exercises.questions(targets, data.vocab))
frame.code(
    LESSON,
    """
from fastai.vision.all import *

table = pd.read_csv("sample_data/scenes/train.csv", keep_default_na=False)
block = DataBlock(
    blocks=(ImageBlock, MultiCategoryBlock),               # for one index: CategoryBlock
    get_x=ColReader("fname", pref="sample_data/scenes/train/"),
    get_y=ColReader("labels", label_delim=" "),
    splitter=ColSplitter("is_valid"),
)
datasets = block.datasets(table)
image, vector = datasets.train[0]                          # vector: 0. or 1. for each class
[datasets.vocab[i] for i in torch.where(vector == 1)[0]]   # and back to labels
""".strip(),
)
frame.end(LESSON)
presenting.step_through(
    [
        ("two labels", {}),
        ("one label", {"labels": "dog"}),
        ("no label", {"labels": address.NONE}),
        ("four labels", {"labels": "bear,cat,dog,person"}),
    ]
)
