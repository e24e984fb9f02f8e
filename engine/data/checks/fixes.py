"""The suggested fixes by name, and applying one to a dataset of the library without the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from engine.data import edits, library
from engine.data.checks.finding import Finding, Fix, short_name
from engine.data.checks.run_checks import Health, check, journal_home
from engine.data.formats.dataset_manifest import is_in_library, read_manifest
from engine.data.formats.read_options import ReadOptions


class FixError(ValueError):
    """A fix that cannot be applied; one sentence says why and what to do."""


@dataclass(frozen=True)
class Applied:
    """A fix that was applied: its `name`, the `fix`, the `finding` it was for, and the dataset before and after."""

    name: str
    fix: Fix
    finding: Finding
    before: Health
    after: Health


def named_fixes(findings: Sequence[Finding]) -> dict[str, tuple[Finding, Fix]]:
    """Every suggested fix by its name, such as "in-both-parts/leave-out", in the order of the findings.

    A second fix of the same name gets a number; the same fix offered by two findings stands once.
    """
    named: dict[str, tuple[Finding, Fix]] = {}
    for finding in findings:
        for fix in finding.fixes:
            if any(fix == other for _, other in named.values()):
                continue
            name = wanted = f"{short_name(finding.kind)}/{fix.name}"
            number = 2
            while name in named:
                name, number = f"{wanted}-{number}", number + 1
            named[name] = finding, fix
    return named


def names_of(finding: Finding, named: dict[str, tuple[Finding, Fix]]) -> list[str]:
    """The names of a finding's fixes, in their order."""
    by_fix = [(fix, name) for name, (_, fix) in named.items()]
    return [name for wanted in finding.fixes for fix, name in by_fix if fix == wanted]


def apply_fix(
    path: Path,
    task: str,
    name: str,
    show: Callable[[float], object] = lambda share: None,
    options: ReadOptions | None = None,
) -> Applied:
    """Apply the fix of that name to a dataset of the library, as one decision in its journal that can be undone.

    The name of a finding alone means its first fix. No file of the user's is changed. Raises `FixError` for a folder
    that is not in the library, another task than the dataset's, and an unknown name.
    """
    require_library(path, task)
    before = check(path, task, show, options)
    name, (finding, fix) = _chosen(name, before)
    edits.add_each(journal_home(path), fix.kind, fix.given)
    return Applied(name, fix, finding, before, check(path, task, show, options))


def undo_fix(path: Path, task: str) -> str:
    """Undo the latest decision about a dataset of the library; returns what it was, in words. Raises `FixError`."""
    require_library(path, task)
    undone = edits.undo(journal_home(path))
    if undone is None:
        raise FixError(f"You have not changed “{read_manifest(path).name}” yet, so there is nothing to undo.")
    return undone.says


def require_library(path: Path, task: str) -> None:
    """Raise `FixError` unless the path is the folder of a dataset in the library that is for this task."""
    if not is_in_library(path):
        raise FixError(_how_to_import(path))
    note = read_manifest(path)
    if note.task != task:
        raise FixError(f"“{note.name}” was imported for {note.task}: fix it with --task {note.task}.")


def _how_to_import(path: Path) -> str:
    """Where to fix a folder or table that is none of the library's."""
    for one in library.all_sets():
        if one.source_path.resolve() == path.resolve():
            return f"“{path.name}” is in the dataset library as “{one.name}”: fix it there, in {one.folder}."
    return (
        f"“{path.name}” is not in the dataset library, which keeps the fixes and never changes your files: first run"
        f" python -m engine import {path}, then check the folder that it prints."
    )


def _chosen(name: str, health: Health) -> tuple[str, tuple[Finding, Fix]]:
    named = named_fixes(health.findings)
    if name in named:
        return name, named[name]
    of_finding = [full for full in named if full.partition("/")[0] == name]
    if of_finding:
        return of_finding[0], named[of_finding[0]]
    raise FixError(_unknown(name, health, list(named)))


def _unknown(name: str, health: Health, known: list[str]) -> str:
    if not known:
        return f"There is no fix {name!r} for “{health.name}”: no finding offers one."
    nearest = get_close_matches(name, known, 1, 0.0)
    return f"There is no fix {name!r} for “{health.name}”; did you mean {nearest[0]}? There are: {', '.join(known)}."
