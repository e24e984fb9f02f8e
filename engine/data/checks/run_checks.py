"""All checks of a dataset at once, whatever state it is in; also one that `engine.data.formats.load` refuses."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from engine.data import edits
from engine.data.checks import baseline, image_findings, label_findings, name_findings, point_findings
from engine.data.checks.baseline import Baseline
from engine.data.checks.check_input import Subject
from engine.data.checks.finding import SEVERITIES, STOPS, Finding, Fix
from engine.data.checks.image_facts import look_at, unseen_bytes
from engine.data.edits import SPLIT
from engine.data.formats import DatasetError, checks
from engine.data.formats.dataset_manifest import is_in_library
from engine.data.formats.loading import divide, name_of, read
from engine.data.formats.read_options import ReadOptions
from engine.data.splits.strategies import Plan, SplitError
from engine.data.splits.strategies import divide as divide_evenly
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

VALID_SHARE, SEED = 0.2, 0
LEAST_TO_DIVIDE = 3
_EMPTY = "There are no images in it."


@dataclass(frozen=True)
class Health:
    """How a dataset stands.

    Attributes: `findings`, the worst first; `labels`, a row for each label with its images in training, in
    validation and in all; `baselines`, the scores to beat; `image_count`, how many rows there are, `training` and
    `validation` how many of them the task uses in each part; `subject`, what was examined (None where nothing could be
    read at all).
    """

    name: str
    task: str
    findings: tuple[Finding, ...]
    labels: pd.DataFrame
    baselines: tuple[Baseline, ...] = ()
    image_count: int = 0
    training: int = 0
    validation: int = 0
    subject: Subject | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader left out or decided, a plain sentence each."""
        return tuple(dict.fromkeys(self.subject.parsed.notes)) if self.subject else ()

    @property
    def is_accepted(self) -> bool:
        """Whether it can be trained on as it is."""
        return not any(finding.severity == STOPS for finding in self.findings)


def check(
    path: str | os.PathLike,
    task: str,
    show: Callable[[float], object] = lambda share: None,
    options: ReadOptions | None = None,
) -> Health:
    """Examine a folder, table or dataset of the library, with the person's decisions applied.

    Every image is decoded the first time, and only what has changed later; `show` is told the share that is done.
    """
    path = Path(path)
    try:
        subject = examine(path, task, show, options)
        findings = _findings(subject)
    except DatasetError as error:
        return unreadable(path, task, error)
    valid = sum(bool(row.is_valid) for row in subject.kept)
    return Health(
        name_of(path),
        task,
        tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))),
        _label_table(subject.with_label),
        tuple(baseline.baselines(subject.kept, task, subject.facts.sizes)),
        len(subject.parsed.rows),
        len(subject.kept) - valid,
        valid,
        subject,
    )


def unreadable(path: Path, task: str, error: DatasetError) -> Health:
    """The health of a dataset that could not be read at all."""
    unread = tuple(Finding(name_findings.WITHOUT_IMAGES, problem, STOPS) for problem in error.problems)
    return Health(path.name, task, unread, _label_table({}))


def check_in_a_moment(path: Path, task: str, most_bytes: int) -> Health | None:
    """The health of a dataset; None where a check would have to decode more images than so many bytes first."""
    if bytes_to_look_at(path, task) > most_bytes:
        return None
    health = check(path, task)
    if health.subject:
        _ = (
            health.subject.set_aside
        )  # kept with it: it cannot be found again once the health has been pickled
    return health


def examine(
    path: Path,
    task: str,
    show: Callable[[float], object] = lambda share: None,
    options: ReadOptions | None = None,
) -> Subject:
    """What is to be examined. Raises `DatasetError` where nothing can be read at all."""
    found = read(path, task, VALID_SHARE, options or ReadOptions())
    there = _there(found)
    facts = look_at(found.folder, there, show)
    subject = Subject(found, task, facts, tuple(sorted(journal(path).now.left_out)))
    divide(replace(found, rows=subject.undivided), VALID_SHARE, SEED)
    return subject


def bytes_to_look_at(path: str | os.PathLike, task: str) -> int:
    """How many bytes of images a check would have to read and decode; 0 where all were seen before."""
    try:
        found = read(Path(path), task, VALID_SHARE)
    except DatasetError:
        return 0
    return unseen_bytes(found.folder, _there(found))


def journal_home(path: Path) -> Path:
    """The folder that keeps the decisions about a dataset."""
    return path if is_in_library(path) else edits.home(path)


def journal(path: Path) -> edits.Decisions:
    """The decisions about a dataset."""
    return edits.read(journal_home(path))


def _there(found) -> list[str]:
    return list(dict.fromkeys(row.fname for row in found.rows if row.fname in found.listing.known))


def _findings(subject: Subject) -> list[Finding]:
    findings = name_findings.findings(subject) + image_findings.findings(subject)
    findings += _TARGET_FINDINGS[subject.task](subject)
    if not subject.parsed.rows and not subject.parsed.problems:
        return [*findings, Finding(name_findings.WITHOUT_IMAGES, _EMPTY, STOPS)]
    if not any(finding.severity == STOPS for finding in findings):
        findings += _about_parts(subject)
    return findings


_TARGET_FINDINGS: dict[str, Callable[[Subject], list[Finding]]] = {
    SINGLE_LABEL: label_findings.findings,
    MULTI_LABEL: label_findings.findings,
    POINTS: point_findings.findings,
}
"""What is asked about the labels or points themselves."""


def _about_parts(subject: Subject) -> list[Finding]:
    """Only asked where nothing else stops: what is left out or fixed first decides what remains."""
    problems = checks.part_problems(replace(subject.parsed, rows=subject.kept))
    fixes = _divided(subject) if problems and len(subject.kept) >= LEAST_TO_DIVIDE else ()
    return [Finding("parts", problem, STOPS, fixes=fixes) for problem in problems]


def _divided(subject: Subject) -> tuple[Fix, ...]:
    """A split that training would take, if there is one; none where the source keeps images for validation."""
    if any(row.source_is_valid for row in subject.kept):
        return ()
    try:
        parts = divide_evenly(subject.kept, Plan(share=VALID_SHARE), alike=subject.copies + subject.alike)
    except SplitError:
        return ()
    if parts.count(False) < checks.LEAST_FOR_TRAINING:
        return ()
    given = {row.fname: part for row, part in zip(subject.kept, parts, strict=True)}
    return (Fix("split", f"Split evenly by label, {VALID_SHARE:.0%} for validation", SPLIT, given),)


def _label_table(with_label: dict[str, list]) -> pd.DataFrame:
    counts = {
        label: (sum(not row.is_valid for row in rows), sum(bool(row.is_valid) for row in rows))
        for label, rows in with_label.items()
    }
    table = pd.DataFrame(
        list(counts.values()), columns=["training", "validation"], index=pd.Index(list(counts), name="label")
    )
    table = table.astype(int)
    table["all"] = table["training"] + table["validation"]
    return table.sort_values("all", ascending=False, kind="stable")
