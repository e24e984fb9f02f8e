"""The task that a dataset suggests, and why: what its labels and points would let a network learn."""

from __future__ import annotations

from dataclasses import dataclass

from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.chosen_classes import keep_classes
from engine.data.formats.class_names import FORMS as CODED
from engine.data.formats.class_names import name_classes
from engine.data.formats.forms import Form
from engine.data.formats.label_notes import compose_labels, text_problems
from engine.data.formats.parsed_source import Row
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS

BARE = "They can get one label each, several, or a point: choose the task that fits."
EVERYWHERE = "Every image has all the labels. Their positions suggest the task points."
ONE = "Every image has exactly one label, which suggests the task single-label."
CHOSEN = "A keypoint was chosen, so the task is points."
SEVERAL = "Images with several labels or none suggest the task multi-label."


@dataclass(frozen=True)
class Suggestion:
    """A task, the reasons as sentences, and the annotation files that were read to find out."""

    task: str
    reasons: tuple[str, ...] = ()
    files_read: frozenset[str] = frozenset()


def suggest(form: Form, source: Source, how: ReadOptions) -> Suggestion:
    """The task that fits best; without a reason where the format leaves no choice.

    What was set aside, and what will stop training, is among the reasons. Raises `DatasetError` for labels or names
    that are no text, and where nothing remains that could be used; `AmbiguousError` where two readings are equally
    likely.
    """
    if form.tasks == (POINTS,):
        return Suggestion(POINTS)
    if form.name == "pictures":
        return Suggestion(SINGLE_LABEL, (BARE,))
    if how.keypoint and POINTS in form.tasks:
        return Suggestion(POINTS, (CHOSEN,))
    try:
        found = form.read(source, MULTI_LABEL, how, 0.2)
    except AmbiguousError:
        raise
    except DatasetError as error:
        return Suggestion(MULTI_LABEL, error.problems)
    compose_labels(found)
    if form.name in CODED:
        name_classes(found, source)
    keep_classes(found, how.classes)
    if told := text_problems(found):
        raise DatasetError(told)
    wrong = [str(problem) for problem in (*found.problems, *found.set_aside)]
    if wrong and not any(row.labels or row.point_px for row in found.rows):
        raise DatasetError(wrong)
    task, reasons = _by_rows(found.rows, may_be_points=form.tasks == TASKS)
    return Suggestion(task, (*reasons, *wrong), frozenset(found.files_read))


def _by_rows(rows: list[Row], may_be_points: bool) -> tuple[str, tuple[str, ...]]:
    vocab = {label for row in rows for label in row.labels}
    if may_be_points and len(vocab) == 1 and all(row.labels for row in rows) and _has_points(rows):
        said = f"“{vocab.pop()}” is the only label, and every image has it. Its position suggests the task points."
        return POINTS, (said,)
    if may_be_points and vocab and all(vocab <= {*row.labels} for row in rows) and _has_points(rows):
        return POINTS, (EVERYWHERE,)
    if rows and all(len(row.labels) == 1 for row in rows):
        return SINGLE_LABEL, (ONE,)
    return MULTI_LABEL, (SEVERAL,) if vocab else ()


def _has_points(rows: list[Row]) -> bool:
    """Whether most images have exactly one object that lies somewhere."""
    return 2 * sum(row.point_px is not None for row in rows) >= len(rows)
