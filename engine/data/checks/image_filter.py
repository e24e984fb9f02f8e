"""Which images of a dataset to look at: those with a label, of a part, or that a finding is about."""

from __future__ import annotations

from collections.abc import Collection

from engine import tasks
from engine.data.checks.name_findings import UNNAMED
from engine.data.checks.run_checks import Health
from engine.data.formats.apply_edits import UNLABELLED
from engine.data.formats.parsed_source import Row

NO_LABEL = ""
"""Chosen as a label, it means the images without any."""


def chosen(
    health: Health, label: str | None = None, is_valid: bool | None = None, finding: str | None = None
) -> list[str]:
    """The names of the images that fit all that is given, in the order of the dataset, each once.

    `label` is one of the vocabulary or `NO_LABEL`; `finding` the kind of a finding, whose images may also be ones
    that no row is about. Where there is no row at all yet, every image of the folder is chosen.
    """
    if health.subject is None:
        return []
    rows = health.subject.by_name
    if not rows and not finding:
        return [*_about(health, UNLABELLED), *_about(health, UNNAMED)]
    names = _about(health, finding) if finding else [row.fname for row in health.subject.parsed.rows]
    wanted = [name for name in dict.fromkeys(names) if name not in rows or _fits(rows[name], label, is_valid)]
    return wanted if label is None and is_valid is None else [name for name in wanted if name in rows]


def label_counts(health: Health) -> dict[str, int]:
    """How many images have each label, and how many none (under `NO_LABEL`), the commonest label first."""
    if tasks.get(health.task).has_points or health.subject is None:
        return {}
    rows = health.subject.parsed.rows
    counts: dict[str, int] = {}
    for row in rows:
        for label in row.labels:
            counts[label] = counts.get(label, 0) + 1
    ordered = dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    nothing = sum(not row.labels for row in rows)
    return ordered | ({NO_LABEL: nothing} if nothing else {})


def _about(health: Health, kind: str) -> Collection[str]:
    return [fname for finding in health.findings if finding.kind == kind for fname in finding.fnames]


def _fits(row: Row, label: str | None, is_valid: bool | None) -> bool:
    has_label = label is None or (label in row.labels if label != NO_LABEL else not row.labels)
    return has_label and (is_valid is None or bool(row.is_valid) == is_valid)
