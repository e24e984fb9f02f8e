"""The command `check`: what is wrong with a dataset, and applying a suggested fix."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from engine.data import chosen_data
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix
from engine.data.checks.fixes import Applied, FixError, apply_fix, named_fixes, names_of, undo_fix
from engine.data.checks.run_checks import Health
from engine.data.checks.run_checks import check as run_checks
from engine.data.formats.assumptions import Assumption
from engine.data.formats.phrases import counted
from engine.data.read_flags import ReadFlags
from engine.jobs import process, progress_bar
from engine.jobs.command_line import BAD_INPUT, choice, print_json
from engine.jobs.job import Job
from engine.jobs.reporter import working
from engine.tasks import TASKS

Hidden = Parameter(show=False)
Switch = Parameter(negative=())
NO_FLAGS = ReadFlags()
ACTIVITY = "checking every image"
_SEVERITY = {STOPS: "stops training", HARMS: "harms", NOTE: "note"}
Show = Callable[[float], object]


def check(
    path: Path,
    /,
    *,
    task: Annotated[str, choice(TASKS, "What the labels or points are for")],
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    every: Annotated[bool, Parameter(name="--all", negative=())] = False,
    fix: str = "",
    undo: Annotated[bool, Switch] = False,
    reading: ReadFlags = NO_FLAGS,
    job: Annotated[Path | None, Hidden] = None,
) -> int:
    """List everything that is wrong with a dataset, the worst first, what fixes it, and the scores to beat.

    The exit status is 2 if training would refuse the dataset.

    Parameters
    ----------
    path:
        Folder or table, or the name of a dataset in the library.
    as_json:
        Print the findings as one JSON object and nothing else.
    every:
        Name every image of every finding.
    fix:
        Apply the fix of this name to a dataset of the library; the files stay as they are.
    undo:
        Undo the latest fix or decision about a dataset of the library.
    """
    if job:
        process.lower_priority(process.WAITED_FOR)
        with working(Job(job)) as report:
            run_checks(path, task, lambda share: report.show(ACTIVITY, share))
        return 0
    if fix and undo:
        raise FixError("Give either --fix or --undo, not both.")
    path = Path(chosen_data.resolve(str(path)))
    undone = undo_fix(path, task) if undo else ""
    with progress_bar.Bar() as bar:
        show: Show = lambda share: bar.show(ACTIVITY, share)  # noqa: E731
        applied = apply_fix(path, task, fix, show, reading.options()) if fix else None
        health = applied.after if applied else run_checks(path, task, show, reading.options())
    if not as_json:
        print("\n".join([*_changes(applied, undone), *_lines(health, every)]))
    print(_verdict(health), file=sys.stderr)
    print_json(_record(health, every) | _changed(applied, undone))
    return 0 if health.is_accepted else BAD_INPUT


def _changes(applied: Applied | None, undone: str) -> Iterator[str]:
    """What the fix or the undo changed."""
    if undone:
        yield f"undone: {undone}"
    if applied:
        before, after = applied.before, applied.after
        yield f"fixed: {applied.name}: {applied.fix.says} ({_extent(applied.fix)}); --undo reverts it"
        yield (
            f"before: {before.training:,} for training, {before.validation:,} for validation,"
            f" {counted(len(before.findings), 'finding')}; now {counted(len(after.findings), 'finding')}"
        )


def _extent(fix: Fix) -> str:
    return counted(len(fix.given), "label" if fix.is_about_labels else "image")


def _changed(applied: Applied | None, undone: str) -> dict[str, object]:
    record: dict[str, object] = {"undone": undone} if undone else {}
    if applied:
        before = applied.before
        record["fixed"] = {
            **_fix(applied.name, applied.fix),
            "finding": applied.finding.sentence,
            "changed": list(applied.fix.given),
            "before": {
                "training": before.training,
                "validation": before.validation,
                "findings": len(before.findings),
            },
        }
    return record


def _lines(health: Health, every: bool) -> Iterator[str]:
    """A line for each finding and fix, with `every` also for each of its images, and for each score to beat."""
    yield f"{health.name}: {health.training:,} for training, {health.validation:,} for validation"
    yield from (f"assumed: {assumption}" for assumption in _assumptions(health))
    yield from (f"read: {note}" for note in health.notes)
    named = named_fixes(health.findings)
    for finding in health.findings:
        yield f"{_SEVERITY[finding.severity]}: {finding.sentence}"
        for name in names_of(finding, named):
            yield f"    --fix {name}: {named[name][1].says}"
        for fname in finding.fnames if every else ():
            yield f"    {fname}" + (f": {about}" if (about := finding.about.get(fname)) else "")
    for baseline in health.baselines:
        yield f"to beat: {baseline.name} {baseline.value}, {baseline.says}"


def _assumptions(health: Health) -> Sequence[Assumption]:
    return health.subject.parsed.assumptions if health.subject else ()


def _record(health: Health, every: bool) -> dict[str, object]:
    named = named_fixes(health.findings)
    return {
        "name": health.name,
        "task": health.task,
        "is_accepted": health.is_accepted,
        "training": health.training,
        "validation": health.validation,
        "assumptions": [str(assumption) for assumption in _assumptions(health)],
        "notes": list(health.notes),
        "findings": [_finding(finding, named, every) for finding in health.findings],
        "baselines": [asdict(baseline) for baseline in health.baselines],
    }


def _finding(finding: Finding, named: dict[str, tuple[Finding, Fix]], every: bool) -> dict[str, object]:
    record: dict[str, object] = {
        "kind": finding.kind,
        "severity": finding.severity,
        "sentence": finding.sentence,
        "image_count": len(finding.fnames),
        "fixes": [_fix(name, named[name][1]) for name in names_of(finding, named)],
    }
    if every:
        record["images"], record["about"] = list(finding.fnames), dict(finding.about)
        record["groups"] = [list(group) for group in finding.groups]
    return record


def _fix(name: str, fix: Fix) -> dict[str, object]:
    return {"name": name, "says": fix.says, "decision": fix.kind, "count": len(fix.given)}


def _verdict(health: Health) -> str:
    if health.is_accepted:
        return f"{health.name} can be trained on."
    stops = sum(finding.severity == STOPS for finding in health.findings)
    return f"{health.name} cannot be trained on yet: fix what stops training ({counted(stops, 'finding')})."
