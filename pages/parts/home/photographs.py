"""Home: a photograph, the three predictions for it and their losses, from stored predictions."""

import streamlit as st

from engine.images import open_image
from engine.inference import photo_diagram, photo_showcase
from engine.inference.photo_showcase import ShowcasePhotograph
from pages.parts.home import diagram
from pages.parts.home.marked import marked_tag

BACKBONE = "EfficientNet-Lite, pretrained and frozen. All three use it; the second also uses a larger one."
_NOTES = {
    "photographer.jpg": "All three are right: a tripod, a person, and the point between his eyes.",
    "coffee.jpg": "All three are right: an espresso, none of the 20 labels, and no face.",
    "chelsea.jpg": "Softmax must split its certainty among three kinds of cat, and picks the wrong one.",
    "astronaut.jpg": "*Person* is not among ImageNet's 1,000 classes, so softmax can only guess.",
    "camera.jpg": "A person from the side, in black and white: the sigmoid stays below its threshold.",
    "rocket.jpg": "No ImageNet class fits a space rocket. Softmax must still name one.",
}


def show(chosen: str) -> None:
    """The diagram, in which the head and loss of the task `chosen` light up, and a choice of photographs.

    Where none are stored, a sentence says so.
    """
    examples = sorted(photo_showcase.stored(), key=lambda shown: not photo_diagram.is_all_right(shown))
    if not examples:
        st.info("The example photographs are missing: run `python -m engine.inference.photo_showcase`.")
        return
    by_title = {shown.title: shown for shown in examples}
    place = st.container()
    title = st.pills(
        "Photograph",
        list(by_title),
        default=next(iter(by_title)),
        format_func=lambda title: _titled(by_title[title]),
        required=True,
        key="photograph",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
    shown = by_title[title]
    with place:
        heads = photo_diagram.heads(shown)
        tag = marked_tag(
            open_image(shown.path),
            f"Photograph: {shown.title.lower()}. Mark: {heads[2].prediction}.",
            shown.points["point_px"],
        )
        st.html(diagram.html(tag, shown.title, BACKBONE, heads, chosen))
    st.markdown(_NOTES.get(shown.fname, ""))


def _titled(shown: ShowcasePhotograph) -> str:
    return shown.title if photo_diagram.is_all_right(shown) else f"Fails: {shown.title.lower()}"
