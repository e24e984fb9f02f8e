"""The sidebar: Home, the lessons with a tick where they are complete, and the steps with one's own pictures."""

from pathlib import Path

import streamlit as st

from pages.parts.shared import account, learner_progress, present_mode, streamlit_internals
from pages.parts.shared.lessons import LESSONS
from pages.parts.shared.streamlit_internals import AUTOMATIC_NAVIGATION, SIDEBAR, SIDEBAR_CLOSER, SIDEBAR_LINK

HOME = "streamlit_app.py"
LEARN, USE, ADVANCED = "Learn", "Use my own pictures", "Advanced"
WORKFLOW = (
    ("Your data", "pages/9_Your_data.py"),
    ("Train", "pages/7_Train.py"),
    ("Label review", "pages/10_Label_review.py"),
    ("Your pictures", "pages/8_Your_pictures.py"),
)
"""The pages that work on a person's own images, in the order of the work."""

MORE = (("Sweep", "pages/11_Sweep.py"),)
"""Pages for people who want to go further; none is a step of the work."""

WIDTH_PX = 256
NARROW = "(max-width: 767.98px)"
"""Where Streamlit lays the sidebar over the page, as on a phone."""

STYLE = f"""
{AUTOMATIC_NAVIGATION} {{display: none}}
@media (min-width: 768px) {{
  {SIDEBAR}[aria-expanded="true"] {{width: {WIDTH_PX}px !important; min-width: {WIDTH_PX}px; max-width: {WIDTH_PX}px}}
}}
{SIDEBAR} .group {{font-size: .875rem; font-weight: 600; margin: .75rem 0 0}}
{SIDEBAR_LINK}[aria-current="page"] {{background: light-dark(rgba(0,114,178,.14), rgba(61,155,216,.24))}}
"""
_SCRIPT = Path(__file__).with_name("sidebar.js").read_text(encoding="utf-8")
_CURRENT = st.components.v2.component("sidebar", js=_SCRIPT)


def show(title: str) -> None:
    """Show the links; `title` is that of the page that is open."""
    with st.sidebar:
        with st.container(gap="xxsmall"):
            streamlit_internals.page_link(HOME, label="Home", query_params=_kept())
            st.html(f'<p class="group">{LEARN}</p>')
            for lesson in LESSONS.values():
                _link(lesson.path, lesson.heading, lesson.number)
            st.html(f'<p class="group">{USE}</p>')
            for number, (name, path) in enumerate(WORKFLOW, 1):
                _link(path, f"{number}. {name}")
            st.html(f'<p class="group">{ADVANCED}</p>')
            for name, path in MORE:
                _link(path, name)
        _CURRENT(key="sidebar_current", data={"title": title, "closer": SIDEBAR_CLOSER, "narrow": NARROW})
        learner_progress.load()
        if learner_progress.has_any():
            _forget()
        account.show()


def _link(path: str, label: str, lesson: int | None = None) -> None:
    tick = " ✓" if lesson is not None and learner_progress.is_complete(lesson) else ""
    streamlit_internals.page_link(path, label=label + tick, query_params=_kept())


def _kept() -> dict[str, str] | None:
    """A presentation goes on from page to page."""
    return {present_mode.PARAMETER: present_mode.ON} if present_mode.is_on() else None


def _forget() -> None:
    with st.popover("Forget my progress", type="tertiary"):
        st.markdown(
            "Your guesses, ticks and checks are kept in this browser only. Forgetting cannot be undone."
        )
        st.button("Forget it now", on_click=learner_progress.forget, key="forget_progress")
