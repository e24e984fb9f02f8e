"""Three questions at the end of a lesson, made from the numbers on screen; each wrong choice is explained."""

from collections.abc import Sequence

import streamlit as st

from pages.parts.shared import learner_progress
from pages.parts.shared.lesson.questions import Question
from pages.parts.shared.lessons import Lesson


@st.fragment
def ask(lesson: Lesson, questions: Sequence[Question]) -> None:
    """Ask the questions; a choice is explained at once, and may be changed."""
    number = lesson.number
    was_complete = learner_progress.is_complete(number)
    learner_progress.expect(number, learner_progress.CHECK, map(str, range(len(questions))))
    st.header("Check yourself")
    for place, question in enumerate(questions):
        _ask(number, place, question)
    learner_progress.save(f"check_{number}")
    if learner_progress.is_complete(number) and not was_complete:
        st.rerun()


def _ask(number: int, place: int, question: Question) -> None:
    choice = st.radio(
        f"**{place + 1}.** {question.prompt}",
        list(question.choices),
        index=None,
        key=f"check_{number}_{place}",
    )
    if choice is None:
        if learner_progress.get(number, learner_progress.CHECK, str(place)) is not None:
            st.caption("✓ You got this one right before.")
        return
    if choice == question.right_choice:
        learner_progress.add(number, learner_progress.CHECK, str(place))
        st.success(f"**Right.** {question.explain(choice)}", icon=":material/check:")
    else:
        st.warning(f"**Not quite.** {question.explain(choice)}", icon=":material/lightbulb:")
