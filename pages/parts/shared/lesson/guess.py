"""A guess before the visual: what a lesson hides until the learner has guessed, or asks to see it."""

import streamlit as st

from pages.parts.shared import learner_progress
from pages.parts.shared.lesson.questions import Question
from pages.parts.shared.lessons import Lesson

SHOWN = -1
"""What is kept where a learner asked to see the visual without a guess."""


def ask(lesson: Lesson, question: Question, key: str = "first") -> bool:
    """Ask, and explain the guess once it is made; returns whether to show what was asked for.

    A guess is kept in the browser: who comes back is not asked again.
    """
    guessed = learner_progress.get(lesson.number, learner_progress.GUESS, key)
    with st.container():  # what is open below stays open when the explanation replaces the question
        if guessed is None:
            _ask(lesson, question, key)
        else:
            _explain(question, guessed)
            learner_progress.save(f"guess_{lesson.number}_{key}")
    return guessed is not None


def _ask(lesson: Lesson, question: Question, key: str) -> None:
    with st.container(border=True):
        st.markdown(f"**Guess first.** {question.prompt}")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            for place, choice in enumerate(question.choices):
                _button(lesson, choice, key, place)
            _button(lesson, "Show me", key, SHOWN, type="tertiary")


def _button(lesson: Lesson, label: str, key: str, guess: int, **style) -> None:
    keep = (lesson.number, learner_progress.GUESS, key, guess)
    st.button(
        label,
        key=f"guess_{lesson.number}_{key}_{guess}",
        on_click=learner_progress.add,
        args=keep,
        **style,
    )


def _explain(question: Question, guessed: int) -> None:
    if not 0 <= guessed < len(question.choices):
        st.info(
            f"{question.prompt} **It is {question.right_choice}.** {question.explain(question.right_choice)}",
            icon=":material/lightbulb:",
        )
        return
    choice = question.choices[guessed]
    if choice == question.right_choice:
        st.success(f"**{choice} is right.** {question.explain(choice)}", icon=":material/check:")
    else:
        st.warning(
            f"You guessed {choice}. **It is {question.right_choice}.** {question.explain(choice)}",
            icon=":material/lightbulb:",
        )
