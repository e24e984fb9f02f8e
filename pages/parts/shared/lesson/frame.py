"""How every lesson begins and ends: its goal and prerequisites, what was seen, its code, and the next lesson."""

import importlib
import importlib.util
from collections.abc import Sequence

import streamlit as st

from pages.parts.shared import code as shared_code
from pages.parts.shared import gc_freeze, learner_progress, page, present_mode, streamlit_internals
from pages.parts.shared.lessons import LESSONS, Lesson

MOST_LINES = 15
"""How long the fastai code of a lesson may be."""

_NOTEBOOKS = "engine.export.lesson_notebooks"
_FIRST, _LAST = ("streamlit_app.py", "Home"), ("pages/9_Your_data.py", "Use your own pictures")


def begin(lesson: Lesson, terms: Sequence[str] = ()) -> None:
    """Set the page up with the lesson's title, goal, prerequisites and terms. Call it first."""
    learner_progress.begin(lesson.number)
    note = f"About {lesson.minutes} minutes. You need: {lesson.prerequisites}"
    page.begin(lesson.heading, f"**Goal:** {lesson.goal}", terms, lesson.title, note)


def what_you_saw(sentences: Sequence[str]) -> None:
    """Sum the lesson up in a few sentences."""
    st.header("What you saw")
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def code(lesson: Lesson, code: str, title: str = shared_code.TITLE) -> None:
    """The lesson's fastai code, collapsed, with a button to copy it and one to open it as a notebook."""
    with shared_code.collapsed(code, title):
        if notebooks := _notebooks():
            st.download_button(
                "Open as notebook",
                notebooks.notebook(lesson.number),
                file_name=f"{lesson.number}_{lesson.address}.ipynb",
                mime="application/x-ipynb+json",
                key=f"notebook_{lesson.number}",
            )


def end(lesson: Lesson) -> None:
    """Offer the lessons before and after this one."""
    st.divider()
    before, after = LESSONS.get(lesson.number - 1), LESSONS.get(lesson.number + 1)
    left, right = st.columns(2)
    with left:
        _link(
            *((before.path, before.heading) if before else _FIRST),
            "Previous",
            ":material/arrow_back:",
            "left",
        )
    with right.container(horizontal_alignment="right"):
        _link(*((after.path, after.heading) if after else _LAST), "Next", ":material/arrow_forward:", "right")
    gc_freeze.set_aside()


def _link(path: str, title: str, says: str, icon: str, side) -> None:
    kept = {present_mode.PARAMETER: present_mode.ON} if present_mode.is_on() else None
    streamlit_internals.page_link(
        path, label=f"{says}: {title}", icon=icon, icon_position=side, query_params=kept
    )


def _notebooks():
    """The module that writes the lessons' notebooks, or None where there is none."""
    if importlib.util.find_spec(_NOTEBOOKS) is None:
        return None
    return importlib.import_module(_NOTEBOOKS)
