"""The frame of a lesson: goal, guess, tasks, what you saw, check, code, and the way to the next lesson.

A lesson reads top down: `frame.begin`, `guess.ask`, its controls and visuals with `tasks.show` inside their fragment,
`frame.what_you_saw`, `check.ask`, `frame.code`, `frame.end`.
"""

from pages.parts.shared.lesson import check, frame, guess, presenting, tasks
from pages.parts.shared.lesson.questions import Question, Task
from pages.parts.shared.lessons import LESSONS, Lesson

__all__ = ["LESSONS", "Lesson", "Question", "Task", "check", "frame", "guess", "presenting", "tasks"]
