"""The parts of a lesson that ask: a guess that reveals, tasks that tick themselves, and a check that explains."""

from streamlit.testing.v1 import AppTest

from pages.parts.shared.lesson import Task, tasks


def _guess() -> None:
    import streamlit as st

    from pages.parts.shared.lesson import LESSONS, Question, guess

    question = Question("How many?", ["1", "2"], "2", lambda choice: f"Because of {choice}.")
    if guess.ask(LESSONS[3], question):
        st.text("the visual")


def _pressed(label: str) -> AppTest:
    app = AppTest.from_function(_guess).run()
    assert not app.text
    return next(button for button in app.button if button.label == label).click().run()


def test_a_wrong_guess_reveals_the_visual_and_is_explained():
    app = _pressed("1")
    assert app.text[0].value == "the visual"
    assert app.warning[0].value == "You guessed 1. **It is 2.** Because of 1."


def test_a_right_guess_is_confirmed():
    assert _pressed("2").success[0].value == "**2 is right.** Because of 2."


def test_the_visual_can_be_had_without_a_guess():
    app = _pressed("Show me")
    assert app.text[0].value == "the visual"
    assert app.info[0].value == "How many? **It is 2.** Because of 2."


def test_a_stored_guess_that_is_no_choice_any_more_shows_the_explanation_of_the_right_one():
    app = AppTest.from_function(_guess)
    app.session_state["progress_marks"] = {"3.guess.first": 7}
    app.run()
    assert not app.exception
    assert app.info[0].value.startswith("How many? **It is 2.**")


def _tasks() -> None:
    import streamlit as st

    from pages.parts.shared.lesson import LESSONS, Task, tasks

    @st.fragment
    def controls() -> None:
        value = st.slider("value", 0, 10, 0)
        tasks.show(
            LESSONS[3], [Task("high", "Above **5**", value > 5, "Move it."), Task("low", "<b>", value < 0)]
        )

    controls()


def test_a_task_ticks_itself_and_stays_ticked():
    app = AppTest.from_function(_tasks).run()
    assert _done(app) == 0
    app.slider[0].set_value(7).run()
    assert _done(app) == 1
    app.slider[0].set_value(0).run()
    assert _done(app) == 1
    assert app.header[0].value == "Try this"


def _done(app: AppTest) -> int:
    (html,) = [element.proto.body for element in app.get("html") if 'class="tasks"' in element.proto.body]
    return html.count('<li class="done">')


def test_the_texts_of_tasks_are_escaped_and_may_be_bold():
    html = tasks.html([Task("a", "**x** `y` <script>", False, "a & b")], [False])
    assert "<b>x</b> <code>y</code> &lt;script&gt;" in html and "a &amp; b" in html
    assert "of 1 done" not in html


def test_without_tasks_nothing_is_shown():
    app = AppTest.from_string(
        "from pages.parts.shared.lesson import LESSONS, tasks\ntasks.show(LESSONS[3], [])"
    ).run()
    assert not app.exception and not app.header


def _part() -> None:
    from pages.parts.shared import learner_progress
    from pages.parts.shared.lesson import LESSONS, Question, Task, check, tasks

    learner_progress.begin(3)
    tasks.require(LESSONS[3], ["here", "elsewhere"])
    tasks.show(LESSONS[3], [Task("here", "This one", True)])
    check.ask(LESSONS[3], [Question("Which?", ["a", "b"], "b", str)])


def test_a_lesson_is_not_complete_while_tasks_of_another_part_wait():
    app = AppTest.from_function(_part).run()
    app.radio[0].set_value("b").run()
    marks = app.session_state["progress_marks"]
    assert set(marks) == {"3.task.here", "3.check.0"}
    marks["3.task.elsewhere"] = 1
    app.radio[0].set_value("a").run().radio[0].set_value("b").run()
    assert "3.complete.all" in app.session_state["progress_marks"]


def _check() -> None:
    from pages.parts.shared.lesson import LESSONS, Question, check

    question = Question("Which?", ["a", "b"], "b", lambda choice: f"Because of {choice}.")
    check.ask(LESSONS[3], [question, question])


def test_a_wrong_choice_is_explained_and_may_be_corrected():
    app = AppTest.from_function(_check).run()
    assert not app.warning and not app.success
    app.radio[0].set_value("a").run()
    assert app.warning[0].value == "**Not quite.** Because of a."
    app.radio[0].set_value("b").run()
    assert not app.warning
    assert app.success[0].value == "**Right.** Because of b."
    assert dict(app.session_state["progress_marks"]) == {"3.check.0": 1}
