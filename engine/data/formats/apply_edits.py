"""What a person decided about a dataset, laid over what its source says, before anything is checked."""

from collections.abc import Collection, Mapping
from functools import partial

from engine import tasks
from engine.data.edits import Decisions
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some

UNLABELLED = "unlabelled"
"""The kind of the problem that no image of a dataset of images only has a label yet."""


def apply_decisions(parsed: ParsedSource, decisions: Decisions, task: str) -> None:
    """Change the rows of a source as the decisions say, note what was changed, and drop the problems it settles.

    Images that the source does not name are added once they have labels (or, for points, a point). An image with
    several rows has one again once its labels (or its point) are decided.
    """
    now = decisions.now
    for row in parsed.rows:
        row.fname = now.image_names.get(row.fname, row.fname)
    parsed.problems = [
        problem.renamed(now.image_names) if isinstance(problem, Problem) else problem
        for problem in parsed.problems
    ]
    there = len(parsed.rows)
    parsed.rows = [row for row in parsed.rows if row.fname not in now.left_out]
    _tell(parsed, there - len(parsed.rows), _add_rows(parsed, decisions, task))
    decided = now.points if tasks.get(task).has_points else now.labels
    parsed.rows = _once(parsed.rows, decided)
    for row in parsed.rows:
        row.is_decided = row.fname in decided or row.fname in now.kept
        row.labels = now.labels_now(row.fname, row.labels)
        row.point_px = now.points.get(row.fname, row.point_px)
        row.source_is_valid = row.is_valid if parsed.has_split else None
        row.is_valid = now.is_valid.get(row.fname, row.source_is_valid)
    if parsed.is_bare:
        _wait_for_labels(parsed, decided, task)
    settled = {
        "number": decided,
        "mixed separators": decided,
        "part": now.is_valid,
        "unknown part": now.is_valid,
    }
    parsed.problems = _unsettled(parsed.problems, now.left_out, settled)
    parsed.set_aside = [one for problem in parsed.set_aside if (one := problem.without(now.left_out)).told]
    parsed.notes += decisions.notes


def _wait_for_labels(parsed: ParsedSource, decided: Collection[str], task: str) -> None:
    """Of images about which the source says nothing, only those are used that a person has labelled."""
    answered = [row for row in parsed.rows if row.fname in decided]
    waiting = [(row.fname, row.fname) for row in parsed.rows if row.fname not in decided]
    noun = "point" if tasks.get(task).has_points else "label"
    if waiting and not answered:
        parsed.problems.append(Problem(UNLABELLED, tuple(waiting), partial(_none_is_labelled, noun)))
    elif waiting:
        is_or_are, get = ("image is", "it gets") if len(waiting) == 1 else ("images are", "they get")
        parsed.notes.append(f"{len(waiting):,} {is_or_are} unused until {get} a {noun}.")
    parsed.rows = answered


def _none_is_labelled(noun: str, fnames: list[str]) -> str:
    if len(fnames) == 1:
        return f"Its only image has no {noun} yet: label it first."
    return f"None of its {counted(len(fnames), 'image')} has a {noun} yet: label some of them first."


def _once(rows: list[Row], decided: Collection[str]) -> list[Row]:
    """The rows, only the first of each image that was decided upon."""
    firsts: dict[str, Row] = {}
    return [row for row in rows if row.fname not in decided or firsts.setdefault(row.fname, row) is row]


def _unsettled(
    problems: list[str | Problem], left_out: Collection[str], settled: Mapping[str, Collection[str]]
) -> list[str | Problem]:
    """What remains of the problems: images left out, or decided upon, have none any more."""
    remaining = [
        one.without({*left_out, *settled.get(one.kind, ())}) if isinstance(one, Problem) else one
        for one in problems
    ]
    return [one for one in remaining if not isinstance(one, Problem) or one.told]


def _add_rows(parsed: ParsedSource, decisions: Decisions, task: str) -> int:
    now = decisions.now
    decided = now.points if tasks.get(task).has_points else now.labels
    named = {row.fname for row in parsed.rows} | now.left_out
    new = [fname for fname in decided if fname not in named]
    lost = [fname for fname in new if fname not in parsed.listing.known]
    if lost:
        parsed.notes.append(f"You decided on these, but they are no longer there: {some(lost)}.")
    for fname in new:
        if fname in parsed.listing.known:
            point = now.points.get(fname)
            is_valid = now.is_valid.get(fname, False if parsed.has_split else None)
            parsed.rows.append(Row(fname, "your decisions", now.labels.get(fname, ()), point, is_valid))
    return len(new) - len(lost)


def _tell(parsed: ParsedSource, left_out: int, added: int) -> None:
    if left_out:
        parsed.notes.append(f"Excluded by you: {counted(left_out, 'image')}.")
    if added:
        parsed.notes.append(f"Labelled by you: {counted(added, 'image')} that the source does not name.")
