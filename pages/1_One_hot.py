"""Labels become vectors, and back."""

import streamlit as st

from pages.parts.shared import page

page.begin(
    "One-hot",
    "See how labels become a vector: each label of the image is a 1 at its own position, everything else "
    "is 0. Switch a cell on to add a label; switch them all off to say: none of these.",
    terms=("label", "class", "vocabulary", "one-hot vector", "target", "predicting nothing"),
)
with page.charts_loading():
    from engine.functional import metrics
    from engine.plots import one_hot
    from pages.parts.one_hot import vector
    from pages.parts.shared import charts, choose_image, thumbnails

data = choose_image.scenes()

image_side, prediction_side = st.columns([2, 3], gap="large")
with image_side:
    place_of_picture = st.container()
    chosen = choose_image.choose_or_upload(data, first=choose_image.with_labels(data, 2))
    choose_image.examples(data)
    if chosen.name in (wrong := choose_image.filed_wrong(data)):
        given, right = wrong[chosen.name]
        st.warning(
            f"Labelled “{given}”, but it shows “{right}”: one of the labels that are wrong on purpose."
        )
    place_of_picture.image(thumbnails.jpeg(chosen.source), width="stretch", alt=f"The picture {chosen.name}")
with prediction_side:
    vector.labels_and_vector(chosen, data.vocab)

st.header("The whole set, once its labels are vectors")
targets, names = data.targets(), data.table["fname"].tolist()
nothing = metrics.do_nothing_accuracy(targets)
charts.show(one_hot.images_by_classes(targets, data.vocab, names, chosen.name))
page.image_first()
st.markdown(
    f"**Predicting 0 everywhere is right in {nothing:.1%} of the cells**, without looking at a single image. "
    f"That is the score for predicting nothing. Every accuracy in this app is shown next to it."
)
together, how_many = st.columns([3, 2], gap="large")
with together:
    charts.show(one_hot.labels_together(targets, data.vocab))
with how_many:
    charts.show(one_hot.labels_per_image(targets))

page.fastai_code(
    """
from fastai.vision.all import *

table = pd.read_csv("sample_data/scenes/train.csv", keep_default_na=False)
block = DataBlock(
    blocks=(ImageBlock, MultiCategoryBlock),  # for one index: CategoryBlock
    get_x=ColReader("fname", pref="sample_data/scenes/train/"),
    get_y=ColReader("labels", label_delim=" "),
    splitter=ColSplitter("is_valid"),
)
datasets = block.datasets(table)
picture, vector = datasets.train[0]                # vector: a 0. or a 1. for each class
[datasets.vocab[i] for i in torch.where(vector == 1)[0]]   # and back to labels
""".strip()
)
