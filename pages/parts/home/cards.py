"""Home's two ways in, as cards: the lessons, and the steps with one's own images."""

import streamlit as st

from engine.inference import photo_showcase
from pages.parts.home import thumbnail_drawings
from pages.parts.home.next_lesson import minutes, next_lesson
from pages.parts.shared import learner_progress, thumbnails
from pages.parts.shared.lessons import LESSONS
from pages.parts.shared.sidebar import WORKFLOW

TRY = "pages/8_Your_pictures.py"
_ABOUT = {
    "pages/9_Your_data.py": "import and label",
    "pages/7_Train.py": "make a model and export it",
    "pages/10_Label_review.py": "find wrong labels",
    TRY: "predict with it",
}
_SHOWN = ("astronaut.jpg", "chelsea.jpg", "coffee.jpg")
_STYLE = """<style>
[class*="st-key-card_"] h2 {padding-top: 0}
.st-key-start a {background: light-dark(#0072b2, #3d9bd8); border-radius: .5rem; padding: .4rem .9rem}
.st-key-start a :is(p, span) {color: light-dark(#fff, #101820) !important}
.st-key-start a:hover {background: light-dark(#005f95, #63b3e6)}
.thumbs {display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem}
.thumbs img {width: 100%; aspect-ratio: 16 / 9; object-fit: cover; border-radius: .5rem; display: block;
  background: light-dark(#eef1f5, #2a2926)}
</style>"""


def start() -> None:
    """Where to begin, in sight on any screen: the next lesson, or a photograph of one's own."""
    st.html(_STYLE)
    number, label = next_lesson(_complete(), learner_progress.has_any())
    with st.container(horizontal=True, gap="small", key="start"):
        st.page_link(LESSONS[number].path, label=label, icon=":material/school:")
        st.page_link(TRY, label="Try a photo now", icon=":material/add_photo_alternate:")


def show() -> None:
    """Both cards, next to each other where there is room."""
    learn, use = st.columns(2, gap="medium")
    with learn, st.container(border=True, key="card_learn", height="stretch"):
        _learn()
    with use, st.container(border=True, key="card_use", height="stretch"):
        _use()


def _learn() -> None:
    st.html(f'<div class="thumbs" aria-hidden="true">{thumbnail_drawings.all_three()}</div>')
    st.header("Learn", anchor=False)
    st.markdown(f"Six lessons, about {minutes()} minutes. Guess first, then move the controls and see.")
    with st.container(gap="xxsmall"):
        for lesson in LESSONS.values():
            tick = " ✓" if lesson.number in _complete() else ""
            st.page_link(lesson.path, label=f"{lesson.heading}: {lesson.about}{tick}")


def _use() -> None:
    st.html(f'<div class="thumbs" aria-hidden="true">{_photographs()}</div>')
    st.header("Use my own pictures", anchor=False)
    st.markdown(
        "Four steps from your images to a model that you can export and use elsewhere. "
        "The images stay on the machine that runs this app."
    )
    with st.container(gap="xxsmall"):
        for number, (name, path) in enumerate(WORKFLOW, 1):
            st.page_link(path, label=f"{number}. {name}: {_ABOUT[path]}")


def _complete() -> list[int]:
    return [number for number in LESSONS if learner_progress.is_complete(number)]


def _photographs() -> str:
    by_fname = {shown.fname: shown for shown in photo_showcase.stored()}
    return "".join(
        thumbnails.tag(thumbnails.jpeg(by_fname[fname].path, 320), "")
        for fname in _SHOWN
        if fname in by_fname
    )
