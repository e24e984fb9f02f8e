"""Findings about the files themselves: unreadable, of odd size, the same twice, nearly the same, in both parts."""

from __future__ import annotations

import numpy as np

from engine import tasks
from engine.data.checks.check_input import Subject
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix, counted_images, leave_out
from engine.data.checks.near_duplicates import Groups
from engine.data.edits import LABELS
from engine.data.formats.parsed_source import Row
from engine.data.formats.phrases import counted, some

SMALLEST_SIDE = 32
LONGEST_SHAPE = 4
AREA_FACTOR = 16
SAME_POINT_SHARE = 0.02
"""Two people who point at the same thing differ by about so much of the picture's longer side."""


def findings(subject: Subject) -> list[Finding]:
    """All of them; likeness is asked of the readable files only."""
    twice, alike = subject.copies, subject.alike
    return [
        *_unreadable(subject),
        *_other_labels(subject, twice),
        *_in_both_parts(subject, twice, alike),
        *_twice(twice),
        *_alike(alike),
        *_odd_sizes(subject),
    ]


def _unreadable(subject: Subject) -> list[Finding]:
    errors = subject.facts.errors
    if not errors:
        return []
    names, first = tuple(errors), next(iter(errors.values()))
    others = f" {len(errors) - 1:,} more cannot be read either." if len(errors) > 1 else ""
    return [Finding("unreadable", first + others, STOPS, names, (leave_out(names),), errors)]


def _other_labels(subject: Subject, groups: Groups) -> list[Finding]:
    """The same file with different labels, or with different points."""
    differing = [
        group for group in groups if _differ([subject.by_name[fname] for fname in group], subject.facts.sizes)
    ]
    if not differing:
        return []
    names = _flat(differing)
    sentence = (
        f"{counted(len(differing), 'picture is', 'pictures are')} there more than once with different answers; at"
        f" most one of them is right: {some([' and '.join(group) for group in differing])}."
    )
    about = {fname: _spoken(subject, fname) for fname in names}
    remedies = (*_joined(subject, differing), leave_out(names))
    return [Finding("same, other answers", sentence, HARMS, names, remedies, about, tuple(differing))]


def _joined(subject: Subject, groups: Groups) -> tuple[Fix, ...]:
    """All copies of a picture get the labels that any of them has, where several may be right."""
    if not tasks.get(subject.task).allows_several_labels:
        return ()
    given: dict[str, tuple[str, ...]] = {}
    for group in groups:
        together = dict.fromkeys(label for fname in group for label in subject.by_name[fname].labels)
        given |= dict.fromkeys(group, tuple(together))
    return (Fix("Give all copies the labels of each", LABELS, given),)


def _in_both_parts(subject: Subject, twice: Groups, alike: Groups) -> list[Finding]:
    """A model that is trained on an image knows it again in the validation part: the score says too much."""
    across = [group for group in twice + alike if len({subject.is_valid(fname) for fname in group}) > 1]
    if not across:
        return []
    names = _flat(across)
    valid = tuple(fname for fname in names if subject.is_valid(fname))
    train = tuple(fname for fname in names if not subject.is_valid(fname))
    sentence = (
        f"{counted(len(across), 'picture is', 'pictures are')} in both parts, the same or nearly so, and the network"
        f" will know {'it' if len(across) == 1 else 'them'} again: {some([' and '.join(group) for group in across])}."
    )
    remedies = (
        subject.moved("Move them all to training", dict.fromkeys(valid, False)),
        leave_out(train, f"Leave {counted_images(len(train))} of training out"),
    )
    about = {fname: "validation" if subject.is_valid(fname) else "training" for fname in names}
    return [Finding("in both parts", sentence, HARMS, names, remedies, about, tuple(across))]


def _twice(groups: Groups) -> list[Finding]:
    if not groups:
        return []
    copies = [fname for group in groups for fname in group[1:]]
    sentence = (
        f"{counted(len(groups), 'picture is', 'pictures are')} there more than once, the same to the byte,"
        f" {counted(len(copies), 'copy', 'copies')} too many: {some([' and '.join(group) for group in groups])}."
    )
    fix = leave_out(copies, "Keep the first of each, leave the copies out")
    return [Finding("the same twice", sentence, HARMS, _flat(groups), (fix,), {}, tuple(groups))]


def _alike(groups: Groups) -> list[Finding]:
    if not groups:
        return []
    names = _flat(groups)
    sentence = (
        f"{counted_images(len(names))} look nearly the same as another one, in {counted(len(groups), 'group')}:"
        f" {some([' and '.join(group[:2]) for group in groups])}. If they come in series, split by group."
    )
    fix = leave_out(
        [fname for group in groups for fname in group[1:]], "Keep the first of each, leave the others out"
    )
    return [Finding("nearly the same", sentence, NOTE, names, (fix,), {}, tuple(groups))]


def _odd_sizes(subject: Subject) -> list[Finding]:
    about = odd_sizes(subject.facts.sizes)
    if not about:
        return []
    sizes = [f"{name} ({size})" for name, size in about.items()]
    sentence = f"{counted_images(len(about))} of odd size: {some(sizes)}."
    return [Finding("odd size", sentence, NOTE, tuple(about), (leave_out(about),), about)]


def odd_sizes(sizes: dict[str, tuple[int, int]]) -> dict[str, str]:
    """The pictures that are tiny, very long, or of quite another size than most, and what is odd about each."""
    if not sizes:
        return {}
    usual = float(np.median([width * height for width, height in sizes.values()]))
    told = {fname: _oddness(size, usual) for fname, size in sizes.items()}
    return {fname: says for fname, says in told.items() if says}


def _oddness(size: tuple[int, int], usual_area: float) -> str:
    (short, long), area = sorted(size), size[0] * size[1]
    shown = f"{size[0]:,} x {size[1]:,}"
    if short < SMALLEST_SIDE:
        return f"{shown}, tiny"
    if long > LONGEST_SHAPE * short:
        return f"{shown}, very {'wide' if size[0] > size[1] else 'tall'}"
    if not usual_area / AREA_FACTOR <= area <= usual_area * AREA_FACTOR:
        return f"{shown}, far {'larger' if area > usual_area else 'smaller'} than most"
    return ""


def _differ(rows: list[Row], sizes: dict[str, tuple[int, int]]) -> bool:
    """Whether the labels are not the same, or the points farther apart than a careful hand is."""
    if len({frozenset(row.labels) for row in rows}) > 1 and not any(row.point_px for row in rows):
        return True
    points = np.array([row.point_px for row in rows if row.point_px], float).reshape(-1, 2)
    apart = np.ptp(points, axis=0).max() if len(points) else 0
    return bool(apart > SAME_POINT_SHARE * max(sizes.get(rows[0].fname, (0, 0))))


def _spoken(subject: Subject, fname: str) -> str:
    row = subject.by_name[fname]
    if row.point_px:
        return f"({row.point_px[0]:g}, {row.point_px[1]:g})"
    return ", ".join(row.labels) or "no label"


def _flat(groups: Groups) -> tuple[str, ...]:
    return tuple(fname for group in groups for fname in group)
