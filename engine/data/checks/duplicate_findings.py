"""Findings about images that are there more than once: each group is reported once, by its worst harm."""

from __future__ import annotations

import numpy as np

from engine import tasks
from engine.data.checks.check_input import Subject
from engine.data.checks.finding import HARMS, NOTE, Finding, Fix, images, leave_out
from engine.data.checks.near_duplicates import Groups
from engine.data.edits import LABELS
from engine.data.formats.parsed_source import Row
from engine.data.formats.phrases import SHOWN, counted

SAME_POINT_SHARE = 0.02
"""Two people who point at the same thing differ by about so much of the image's longer side."""


def findings(subject: Subject) -> list[Finding]:
    """Copies with other labels, images in both parts, copies, and images that look nearly the same."""
    other_labels: Groups = []
    across: Groups = []
    same: Groups = []
    alike: Groups = []
    for group, copies in subject.look_alikes:
        if differing := [one for one in copies if _differ(subject, one)]:
            other_labels += differing
        elif len({subject.is_valid(fname) for fname in group}) > 1:
            across.append(group)
        elif copies:
            same += copies
        else:
            alike.append(group)
    return [
        *_other_labels(subject, other_labels),
        *_in_both_parts(subject, across),
        *_same(same),
        *_alike(subject, alike),
    ]


def _other_labels(subject: Subject, groups: Groups) -> list[Finding]:
    """The same file with different labels, or with different points."""
    if not groups:
        return []
    names = _flat(groups)
    what = "points" if tasks.get(subject.task).has_points else "labels"
    each = "them" if len(groups) == 1 else f"each {_kind(groups)}"
    sentence = (
        f"{_counted(groups)} are copies with different {what}, so at most one of {each} is right:"
        f" {_listed(groups)}."
    )
    about = {fname: f"{_target(subject, fname)}, {_part(subject, fname)}" for fname in names}
    fixes = (leave_out(names), *_joined(subject, groups))
    return [Finding("same, other labels", sentence, HARMS, names, fixes, about, tuple(groups))]


def _joined(subject: Subject, groups: Groups) -> tuple[Fix, ...]:
    """All copies of an image get the labels that any of them has, where several may be right."""
    if not tasks.get(subject.task).allows_several_labels:
        return ()
    given: dict[str, tuple[str, ...]] = {}
    for group in groups:
        together = dict.fromkeys(label for fname in group for label in subject.by_name[fname].labels)
        given |= dict.fromkeys(group, tuple(together))
    return (Fix("join-labels", "Give all copies the labels of each", LABELS, given),)


def _in_both_parts(subject: Subject, groups: Groups) -> list[Finding]:
    """A model that is trained on an image recognizes it in the validation part: the score is too high."""
    if not groups:
        return []
    names = _flat(groups)
    valid = tuple(fname for fname in names if subject.is_valid(fname))
    train = tuple(fname for fname in names if not subject.is_valid(fname))
    sentence = (
        f"{_counted(groups)} are the same or nearly the same in training and validation, which makes the score"
        f" too high: {_listed(groups)}."
    )
    fixes = (
        *subject.to_training(f"Move {images(len(valid))} from validation to training", valid),
        leave_out(train, f"Exclude {images(len(train))} from training", "leave-training-out"),
    )
    about = {fname: _part(subject, fname) for fname in names}
    return [Finding("in both parts", sentence, HARMS, names, fixes, about, tuple(groups))]


def _same(groups: Groups) -> list[Finding]:
    if not groups:
        return []
    copies = [fname for group in groups for fname in group[1:]]
    sentence = (
        f"{_counted(groups)} are the same, byte for byte, {counted(len(copies), 'copy', 'copies')} too many:"
        f" {_listed(groups)}."
    )
    fix = leave_out(copies, "Keep the first of each and exclude the copies", "keep-first")
    return [Finding("the same twice", sentence, HARMS, _flat(groups), (fix,), {}, tuple(groups))]


def _alike(subject: Subject, groups: Groups) -> list[Finding]:
    if not groups:
        return []
    names = _flat(groups)
    sentence = f"{_counted(groups)} look nearly the same: {_listed(groups)}."
    if not all(subject.by_name[fname].group for fname in names):
        sentence += " If they come in series, such as frames of a video, split by group."
    fix = leave_out(
        [fname for group in groups for fname in group[1:]],
        "Keep the first of each and exclude the others",
        "keep-first",
    )
    about = {fname: _target(subject, fname) for fname in names}
    return [Finding("nearly the same", sentence, NOTE, names, (fix,), about, tuple(groups))]


def _differ(subject: Subject, group: tuple[str, ...]) -> bool:
    """Whether the labels are not the same, or the points farther apart than a careful hand is."""
    rows: list[Row] = [subject.by_name[fname] for fname in group]
    if len({frozenset(row.labels) for row in rows}) > 1 and not any(row.point_px for row in rows):
        return True
    points = np.array([row.point_px for row in rows if row.point_px], float).reshape(-1, 2)
    apart = np.ptp(points, axis=0).max() if len(points) else 0
    return bool(apart > SAME_POINT_SHARE * max(subject.facts.sizes.get(rows[0].fname, (0, 0))))


def _target(subject: Subject, fname: str) -> str:
    row = subject.by_name[fname]
    if row.point_px:
        return f"({row.point_px[0]:g}, {row.point_px[1]:g})"
    return ", ".join(row.labels) or "no label"


def _part(subject: Subject, fname: str) -> str:
    return "validation" if subject.is_valid(fname) else "training"


def _listed(groups: Groups) -> str:
    """The first few groups: "a.jpg and b.jpg; c.jpg and 4 more like it"."""
    shown = [
        " and ".join(group) if len(group) < 3 else f"{group[0]} and {len(group) - 1:,} more like it"
        for group in groups
    ]
    return "; ".join(shown[:SHOWN]) + (f"; and {len(shown) - SHOWN:,} more" if len(shown) > SHOWN else "")


def _counted(groups: Groups) -> str:
    """Every image that is concerned: "2 images", "4 images in 2 pairs", "5 images in 2 groups"."""
    every = images(len(_flat(groups)))
    return every if len(groups) == 1 else f"{every} in {counted(len(groups), _kind(groups))}"


def _kind(groups: Groups) -> str:
    return "pair" if all(len(group) == 2 for group in groups) else "group"


def _flat(groups: Groups) -> tuple[str, ...]:
    return tuple(fname for group in groups for fname in group)
