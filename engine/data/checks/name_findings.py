"""Findings about names: what the table names and the disk has not, and what the disk has and no table names."""

from __future__ import annotations

from engine import tasks
from engine.data.checks.check_input import Subject
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix, images, leave_out
from engine.data.edits import LABELS, POINT, PUT_BACK
from engine.data.formats.apply_edits import UNLABELLED
from engine.data.formats.bad_rows import BROKEN_ROW
from engine.data.formats.files.file_index import is_image
from engine.data.formats.parsed_source import Problem, Row
from engine.data.formats.phrases import counted, some

WITHOUT_IMAGES, UNNAMED = "the table", "not named"


def findings(subject: Subject) -> list[Finding]:
    """Everything that reading said, everything that is wrong with the names, and what is unused."""
    told = [_told(subject, problem) for problem in subject.parsed.problems]
    told += [_set_aside(problem) for problem in subject.parsed.set_aside]
    return told + _unnamed(subject) + _waiting(subject) + _for_testing(subject) + _left_out(subject)


def _told(subject: Subject, problem: str | Problem) -> Finding:
    if not isinstance(problem, Problem):
        return Finding(WITHOUT_IMAGES, str(problem), STOPS)
    if problem.kind == UNLABELLED:  # no fix but to label them
        return Finding(UNLABELLED, str(problem), STOPS, problem.fnames)
    left_out = leave_out(problem.fnames)
    fixes = _of_one_row(subject, problem, left_out) if problem.kind == "named twice" else (left_out,)
    return Finding(problem.kind, str(problem), STOPS, problem.fnames, fixes, dict(problem.told))


def _set_aside(problem: Problem) -> Finding:
    """Rows or images that reading left out; training goes on without them, and leaving images out settles it."""
    if problem.kind == BROKEN_ROW:
        return Finding(problem.kind, str(problem), HARMS)
    fixes = (leave_out(problem.fnames),)
    return Finding(problem.kind, str(problem), HARMS, problem.fnames, fixes, dict(problem.told))


def _of_one_row(subject: Subject, problem: Problem, left_out: Fix) -> tuple[Fix, ...]:
    """Rows that say the same become one. Where they differ, only labels of which several may be right are joined."""
    rows: dict[str, list[Row]] = {fname: [] for fname in problem.fnames}
    for row in subject.parsed.rows:
        if row.fname in rows:
            rows[row.fname].append(row)
    task = tasks.get(subject.task)
    if task.has_points:
        points = {fname: same[0].point_px for fname, same in rows.items() if same[0].point_px}
        is_same = all(len({row.point_px for row in same}) == 1 for same in rows.values())
        keep = (Fix("keep-first", "Keep the first row of each", POINT, points),) if points else ()
        return (*keep, left_out) if is_same else (left_out, *keep)
    first = {fname: same[0].labels for fname, same in rows.items()}
    joined = {
        fname: tuple(dict.fromkeys(label for row in same for label in row.labels))
        for fname, same in rows.items()
    }
    keep_first = Fix("keep-first", "Keep the first row of each", LABELS, first)
    if joined == first:
        return keep_first, left_out
    join = Fix("join-labels", "Merge their labels", LABELS, joined)
    return (join, left_out, keep_first) if task.allows_several_labels else (left_out, keep_first)


def _unnamed(subject: Subject) -> list[Finding]:
    named = {row.fname for row in subject.parsed.rows} | {*subject.left_out, *subject.parsed.for_testing}
    named |= {*subject.parsed.waiting}
    if subject.parsed.is_bare:  # no row names any; those without a label are no fault of a table
        return _without_label(subject, named)
    named |= {fname for problem in subject.parsed.set_aside for fname in problem.fnames}
    listed = subject.parsed.listing.names
    unnamed = tuple(name for name in listed if is_image(name) and name not in named)
    if not unnamed:
        return []
    is_or_are = counted(len(unnamed), "image is", "images are")
    it = "it" if len(unnamed) == 1 else "them"
    sentence = f"{is_or_are} unused, because no row names {it}: {some(unnamed)}."
    fixes = (leave_out(unnamed),) if named else ()
    return [Finding(UNNAMED, sentence, NOTE, unnamed, fixes)]


def _without_label(subject: Subject, known: set[str]) -> list[Finding]:
    """What is still to be labelled of a dataset of images only, once some of them are."""
    rest = tuple(name for name in subject.parsed.listing.names if is_image(name) and name not in known)
    if not rest or not subject.parsed.rows:
        return []
    is_or_are, get = ("image is", "it gets") if len(rest) == 1 else ("images are", "they get")
    target = tasks.get(subject.task).target
    sentence = f"{len(rest):,} {is_or_are} unused until {get} a {target}: {some(rest)}."
    return [Finding(UNLABELLED, sentence, NOTE, rest, (leave_out(rest),))]


def _waiting(subject: Subject) -> list[Finding]:
    left_out = set(subject.left_out)
    waiting = tuple(
        name
        for name in subject.parsed.waiting
        if name in subject.parsed.listing.known and name not in subject.by_name and name not in left_out
    )
    if not waiting:
        return []
    is_or_are = counted(len(waiting), "image is", "images are")
    sentence = f"{is_or_are} unused until annotated: {some(waiting)}."
    return [Finding("not annotated", sentence, NOTE, waiting, (leave_out(waiting),))]


def _for_testing(subject: Subject) -> list[Finding]:
    kept = tuple(name for name in subject.parsed.for_testing if name not in subject.by_name)
    if not kept:
        return []
    is_or_are = counted(len(kept), "image is", "images are")
    it = "it" if len(kept) == 1 else "them"
    sentence = f"{is_or_are} unused, because the dataset keeps {it} for testing: {some(kept)}."
    return [Finding("for testing", sentence, NOTE, kept)]


def _left_out(subject: Subject) -> list[Finding]:
    if not subject.left_out:
        return []
    sentence = f"{images(len(subject.left_out))} excluded by you: {some(subject.left_out)}."
    fix = Fix("put-back", "Put back", PUT_BACK, dict.fromkeys(subject.left_out))
    return [Finding("left out", sentence, NOTE, subject.left_out, (fix,))]
