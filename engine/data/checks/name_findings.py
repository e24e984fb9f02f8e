"""Findings about names: what the table names and the disk has not, and what the disk has and no table names."""

from __future__ import annotations

from engine import tasks
from engine.data.checks.check_input import Subject
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix, counted_images, leave_out
from engine.data.edits import LABELS, POINT, PUT_BACK
from engine.data.formats.files.file_index import is_image
from engine.data.formats.images.check_names import name_problems
from engine.data.formats.parsed_source import Problem
from engine.data.formats.phrases import some

WITHOUT_IMAGES, UNNAMED = "the table", "not named"


def findings(subject: Subject) -> list[Finding]:
    """Everything that reading said, everything that is wrong with the names, and what is unused."""
    problems = [*subject.parsed.problems, *name_problems(subject.parsed)]
    told = [_told(subject, problem) for problem in problems]
    told += [_set_aside(problem) for problem in subject.parsed.set_aside]
    return told + _unnamed(subject) + _for_testing(subject) + _left_out(subject)


def _told(subject: Subject, problem: str | Problem) -> Finding:
    if not isinstance(problem, Problem):
        return Finding(WITHOUT_IMAGES, str(problem), STOPS)
    remedies = (*_special(subject, problem), leave_out(problem.fnames))
    return Finding(problem.kind, str(problem), STOPS, problem.fnames, remedies, dict(problem.told))


def _set_aside(problem: Problem) -> Finding:
    """Images that reading left out; training goes on without them."""
    return Finding(problem.kind, str(problem), HARMS, problem.fnames, (), dict(problem.told))


def _special(subject: Subject, problem: Problem) -> tuple[Fix, ...]:
    if problem.kind == "named twice":
        return _one_row(subject, problem)
    return ()


def _one_row(subject: Subject, problem: Problem) -> tuple[Fix, ...]:
    rows = {fname: [row for row in subject.parsed.rows if row.fname == fname] for fname in problem.fnames}
    if tasks.get(subject.task).has_points:
        points = {fname: same[0].point_px for fname, same in rows.items() if same[0].point_px}
        return (Fix("Keep the first row of each", POINT, points),) if points else ()
    first = {fname: same[0].labels for fname, same in rows.items()}
    joined = {
        fname: tuple(dict.fromkeys(label for row in same for label in row.labels))
        for fname, same in rows.items()
    }
    keep = Fix("Keep the first row of each", LABELS, first)
    return (Fix("Join their labels", LABELS, joined), keep) if joined != first else (keep,)


def _unnamed(subject: Subject) -> list[Finding]:
    named = {row.fname for row in subject.parsed.rows} | {*subject.left_out, *subject.parsed.for_testing}
    named |= {fname for problem in subject.parsed.set_aside for fname in problem.fnames}
    listed = subject.parsed.listing.names
    unnamed = tuple(name for name in listed if is_image(name) and name not in named)
    if not unnamed:
        return []
    verb = "takes" if len(unnamed) == 1 else "take"
    sentence = f"{counted_images(len(unnamed))} in the folder {verb} no part, as no row is about them: {some(unnamed)}."
    remedies = (leave_out(unnamed),) if named else ()
    return [Finding(UNNAMED, sentence, NOTE, unnamed, remedies)]


def _for_testing(subject: Subject) -> list[Finding]:
    kept = tuple(name for name in subject.parsed.for_testing if name not in subject.by_name)
    if not kept:
        return []
    verb, them = ("takes", "it") if len(kept) == 1 else ("take", "them")
    sentence = (
        f"{counted_images(len(kept))} {verb} no part, as the data set keeps {them} for testing: {some(kept)}."
    )
    return [Finding("for testing", sentence, NOTE, kept)]


def _left_out(subject: Subject) -> list[Finding]:
    if not subject.left_out:
        return []
    sentence = f"{counted_images(len(subject.left_out))} left out by you: {some(subject.left_out)}."
    fix = Fix("Put back", PUT_BACK, dict.fromkeys(subject.left_out))
    return [Finding("left out", sentence, NOTE, subject.left_out, (fix,))]
