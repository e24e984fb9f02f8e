"""Home: one photograph and the three predictions for it, from stored predictions."""

import streamlit as st

from engine.images import open_image
from engine.inference import photo_showcase
from engine.inference.photo_showcase import ShowcasePhotograph
from pages.parts.shared import photo_cards

_NOTES = {
    "photographer.jpg": "All three are right: a tripod, a person, and the point between his eyes.",
    "chelsea.jpg": "All three are right: it is a cat, an Egyptian cat to be precise, and no human face is in sight.",
    "astronaut.jpg": "Where one label is not enough: the class *person* is not among ImageNet's 1,000, so the "
    "single-label model guesses. The other two are right.",
    "camera.jpg": "A hard one: a face in profile and a person seen from the side, in black and white.",
    "coffee.jpg": "Nothing here is among the multi-label model's labels, so it names none.",
    "rocket.jpg": "Nothing here is among the multi-label model's labels, so it names none.",
}


@st.fragment
def show() -> None:
    """A photograph with its three predictions; a sentence where none are stored."""
    shown_by_title = {shown.title: shown for shown in photo_showcase.stored()}
    if not shown_by_title:
        st.info("The example photographs are missing: run `python -m engine.inference.photo_showcase`.")
        return
    titles = list(shown_by_title)
    image_side, prediction_side = st.columns([5, 6], gap="large")
    with image_side:
        place = st.container()
        title = st.pills(
            "Photograph",
            titles,
            default=titles[0],
            required=True,
            key="photograph",
            bind="query-params",
            wrap=True,
        )
        shown = shown_by_title[title]
        st.markdown(_NOTES.get(shown.fname, ""))
        st.page_link("pages/8_Your_pictures.py", label="Try your own photograph", icon=":material/upload:")
        place.image(
            _jpeg(shown.fname),
            width="stretch",
            alt=f"Photograph: {shown.title.lower()}, with the predicted point",
        )
    with prediction_side:
        _predictions(shown)


def _predictions(shown: ShowcasePhotograph) -> None:
    photo_cards.one_thing(
        shown.single_label["labels"], shown.single_label["probs"], shown.single_label["is_familiar"]
    )
    photo_cards.everything(shown.multi_label["labels"], shown.multi_label["probs"])
    photo_cards.point(shown.points["point_px"], shown.points["probs"]["face"])


@st.cache_data(max_entries=16, show_spinner=False)
def _jpeg(fname: str) -> bytes:
    shown = next(example for example in photo_showcase.stored() if example.fname == fname)
    return photo_cards.image(open_image(shown.path), shown.points["point_px"])
