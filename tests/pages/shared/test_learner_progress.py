"""What a browser may store and send back, and when a lesson counts as complete."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.shared import learner_progress


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "text",
        [1, 2],
        {"7.task.both": 1},
        {"2.task.<b>": 1},
        {"2.other.a": 1},
        {"2.task.a": "1"},
        {"2.task.a": True},
        {"2.task.a": 1e9},
        {"2.task.a": -2},
        {5: 1},
    ],
)
def test_what_is_no_mark_is_left_out(stored):
    assert learner_progress.accepted(stored) == {}


def test_marks_are_read_and_their_number_is_bounded():
    assert learner_progress.accepted({"2.task.both": 1, "3.guess.first": -1, "x": 1}) == {
        "2.task.both": 1,
        "3.guess.first": -1,
    }
    many = {f"1.task.t{number}": 1 for number in range(1000)}
    assert len(learner_progress.accepted(many)) == learner_progress.MOST


def test_a_mark_needs_a_valid_key():
    with pytest.raises(ValueError, match="is no name of a mark"):
        learner_progress.add(1, learner_progress.TASK, "two words")


def _script() -> None:
    import streamlit as st

    from pages.parts.shared import learner_progress

    learner_progress.begin(2)
    learner_progress.expect(2, learner_progress.TASK, ["a", "b"])
    learner_progress.expect(2, learner_progress.CHECK, ["0"])
    for kind, key in (("task", "a"), ("task", "b"), ("check", "0")):
        if st.button(f"{kind} {key}"):
            learner_progress.add(2, kind, key)
    if st.button("forget"):
        learner_progress.forget()
    st.text(f"{learner_progress.is_complete(2)} {learner_progress.has_any()}")
    learner_progress.load()


def test_a_lesson_is_complete_once_every_task_and_question_is_marked():
    app = AppTest.from_function(_script).run()
    for press in range(3):
        assert app.text[0].value.startswith("False")
        app.button[press].click().run()
    assert app.text[0].value == "True True"
    app.button[3].click().run()
    assert app.text[0].value == "False False"
