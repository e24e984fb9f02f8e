"""Tasks that check themselves: each is ticked once the page's state fulfils it, and stays ticked."""

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from pages.parts.shared import learner_progress
from pages.parts.shared.lesson.questions import Task
from pages.parts.shared.lessons import Lesson

STYLE = """
ul.tasks {list-style: none; padding: 0; margin: 0; max-width: 48rem}
ul.tasks > li {margin: 0; padding: .3rem 0 .3rem 2rem; position: relative; line-height: 1.5}
.tasks > li::before {content: ""; position: absolute; left: 0; top: .5rem; width: 1.1rem; height: 1.1rem;
  box-sizing: border-box; border: 2px solid light-dark(#63666f, #a3a5a9); border-radius: 50%}
.tasks > .done::before {content: "✓"; background: light-dark(#00704f, #0b7a58); border-color: transparent; color: #fff;
  font: 700 .8rem/1.1rem sans-serif; text-align: center}
.tasks details {font-size: .875rem; color: light-dark(#595d6e, #c3c6cc)}
.tasks summary {cursor: pointer; width: max-content}
.tasks-done {margin: 0; font-size: .875rem; color: light-dark(#595d6e, #c3c6cc)}
.tasks .status {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)}
"""


def show(lesson: Lesson, tasks: Sequence[Task], heading: str | None = "Try this") -> None:
    """Show the tasks with their ticks. Call it inside the fragment of the controls, so that each move is checked."""
    if not tasks:
        return
    was_complete = learner_progress.is_complete(lesson.number)
    learner_progress.expect(lesson.number, learner_progress.TASK, [task.key for task in tasks])
    for task in tasks:
        if task.is_done and not is_ticked(lesson, task):
            learner_progress.add(lesson.number, learner_progress.TASK, task.key)
    if heading:
        st.header(heading)
    st.html(f"<style>{STYLE}</style>" + html(tasks, [is_ticked(lesson, task) for task in tasks]))
    learner_progress.save(f"tasks_{lesson.number}_{tasks[0].key}")
    if learner_progress.is_complete(lesson.number) and not was_complete:
        st.rerun()


def require(lesson: Lesson, keys: Sequence[str]) -> None:
    """Name all tasks of a lesson that shows only some of them at a time; the others would not count."""
    learner_progress.expect(lesson.number, learner_progress.TASK, keys)


def is_ticked(lesson: Lesson, task: Task) -> bool:
    """Whether the task was done at any time."""
    return learner_progress.get(lesson.number, learner_progress.TASK, task.key) is not None


def html(tasks: Sequence[Task], ticked: Sequence[bool]) -> str:
    """The tasks as a list; `**bold**` and `` `code` `` of their texts are kept, all else is escaped."""
    rows = "".join(_row(task, is_done) for task, is_done in zip(tasks, ticked, strict=True))
    count = (
        f'<p class="tasks-done" role="status">{sum(ticked)} of {len(tasks)} done</p>'
        if len(tasks) > 1
        else ""
    )
    return f'<ul class="tasks">{rows}</ul>{count}'


def _row(task: Task, is_done: bool) -> str:
    hint = f"<details><summary>Hint</summary>{_marked_up(task.hint)}</details>" if task.hint else ""
    says = '<span class="status">Done: </span>' if is_done else ""
    row = '<li class="done">' if is_done else "<li>"
    return f"{row}{says}{_marked_up(task.text)}{hint}</li>"


def _marked_up(text: str) -> str:
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))
    return re.sub(r"`(.+?)`", r"<code>\1</code>", bold)
