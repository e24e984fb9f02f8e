"""Which lesson Home offers: the first, the next one, or the first again once all are done. No widget here."""

from collections.abc import Collection

from pages.parts.shared.lessons import LESSONS


def next_lesson(complete: Collection[int], has_begun: bool) -> tuple[int, str]:
    """The lesson's number and the words on its link.

    >>> next_lesson([], False)
    (1, 'Start with lesson 1')
    >>> next_lesson([1, 2], True)
    (3, 'Continue with lesson 3')
    """
    first = min(LESSONS)
    number = next((number for number in LESSONS if number not in complete), None)
    if number is None:
        return first, f"All {len(LESSONS)} are done: read lesson {first} again"
    return number, f"Continue with lesson {number}" if complete or has_begun else f"Start with lesson {first}"


def minutes() -> int:
    """How long all lessons take together."""
    return sum(lesson.minutes for lesson in LESSONS.values())
