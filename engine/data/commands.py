"""The commands `import`, `check` and `export-data`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from engine.data import chosen_data
from engine.data.archives import archive
from engine.data.archives.errors import IncomingError
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding
from engine.data.checks.run_checks import Health
from engine.data.checks.run_checks import check as run_checks
from engine.data.exports.forms import FORMS
from engine.data.exports.zipping import export
from engine.data.formats import load
from engine.data.formats.assumptions import Assumption
from engine.data.formats.phrases import counted
from engine.data.imports import import_worker
from engine.data.imports.import_job import ImportJob
from engine.data.read_flags import ReadFlags
from engine.jobs import process, progress_bar
from engine.jobs.command_line import BAD_INPUT, choice, print_json
from engine.jobs.job import Job
from engine.jobs.reporter import working
from engine.jobs.status import FINISHED
from engine.tasks import TASKS

Hidden = Parameter(show=False)
NO_FLAGS = ReadFlags()
Task = Annotated[str, choice(TASKS, "What the labels or points are for")]
WAITED_FOR = 3
"""How much a check lowers its priority: little, because a person waits for it."""
_SEVERITY = {STOPS: "stops training", HARMS: "harms", NOTE: "note"}


def import_dataset(
    path: Path | None = None,
    /,
    *,
    name: str = "",
    reading: ReadFlags = NO_FLAGS,
    job: Annotated[Path | None, Hidden] = None,
) -> int:
    """Put a dataset into the library, where the app finds it; a folder or table stays where it is.

    Parameters
    ----------
    path:
        Folder, table or archive.
    name:
        What to call it; by default the name of the file or folder.
    """
    if job:
        process.lower_priority()
        import_worker.set_resource_limits()
        return (
            0
            if import_worker.work(ImportJob(job), keep_undecided=True).status.state == FINISHED
            else BAD_INPUT
        )
    if path is None:
        raise IncomingError(["Name the folder, table or archive to import."])
    if archive.is_exported_run(path):
        raise IncomingError([f"“{path.name}” holds a trained run: python -m engine runs import {path}."])
    dataset = import_worker.import_path(path, name, reading.options())
    print("\n".join([f"{dataset.name} ({dataset.task}): {dataset.data_path}", *dataset.manifest.reasons]))
    print_json({"name": dataset.name, "task": dataset.task, "data": str(dataset.data_path)})
    return 0


def check(
    path: Path,
    /,
    *,
    task: Task,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    every: Annotated[bool, Parameter(name="--all", negative=())] = False,
    reading: ReadFlags = NO_FLAGS,
    job: Annotated[Path | None, Hidden] = None,
) -> int:
    """List everything that is wrong with a dataset, the worst first, and the scores to beat.

    The exit status is 2 where training would refuse the dataset.

    Parameters
    ----------
    path:
        Folder or table, or the name of a dataset in the library.
    as_json:
        Print the findings as one JSON object and nothing else.
    every:
        Name every image of every finding.
    """
    if job:
        process.lower_priority(WAITED_FOR)
        with working(Job(job)) as report:
            run_checks(path, task, lambda share: report.show("checking every image", share))
        return 0
    with progress_bar.Bar() as bar:
        health = run_checks(
            Path(chosen_data.resolve(str(path))),
            task,
            lambda share: bar.show("looking at every image", share),
            reading.options(),
        )
    if not as_json:
        print("\n".join(_lines(health, every)))
    print(_verdict(health), file=sys.stderr)
    print_json(_record(health, every))
    return 0 if health.is_accepted else BAD_INPUT


def _lines(health: Health, every: bool) -> Iterator[str]:
    """A line for each finding, with `every` also for each of its images, and for each score to beat."""
    yield f"{health.name}: {health.training:,} for training, {health.validation:,} for validation"
    yield from (f"assumed: {assumption}" for assumption in _assumptions(health))
    for finding in health.findings:
        yield f"{_SEVERITY[finding.severity]}: {finding.sentence}"
        for fname in finding.fnames if every else ():
            yield f"    {fname}" + (f": {about}" if (about := finding.about.get(fname)) else "")
    for baseline in health.baselines:
        yield f"to beat: {baseline.name} {baseline.value}, {baseline.says}"


def _assumptions(health: Health) -> Sequence[Assumption]:
    return health.subject.parsed.assumptions if health.subject else ()


def _record(health: Health, every: bool) -> dict[str, object]:
    return {
        "name": health.name,
        "task": health.task,
        "is_accepted": health.is_accepted,
        "training": health.training,
        "validation": health.validation,
        "assumptions": [str(assumption) for assumption in _assumptions(health)],
        "findings": [_finding(finding, every) for finding in health.findings],
        "baselines": [asdict(baseline) for baseline in health.baselines],
    }


def _finding(finding: Finding, every: bool) -> dict[str, object]:
    record: dict[str, object] = {"kind": finding.kind, "severity": finding.severity}
    record |= {"sentence": finding.sentence, "image_count": len(finding.fnames)}
    return record | ({"images": list(finding.fnames)} if every else {})


def _verdict(health: Health) -> str:
    if health.is_accepted:
        return f"{health.name} can be trained on."
    stops = sum(finding.severity == STOPS for finding in health.findings)
    return f"{health.name} cannot be trained on yet: fix what stops training ({counted(stops, 'finding')})."


def export_data(
    path: Path, /, *, task: Task, form: Annotated[str, choice(FORMS, "Format")], out: Path
) -> int:
    """Write a dataset as a zip in a format that other programs read.

    Parameters
    ----------
    path:
        Folder or table.
    out:
        The zip to write.
    """
    dataset = load(path, task)
    with progress_bar.Bar() as bar:
        export(dataset, form, out, lambda share: bar.show("writing the zip", share))
    print_json({"file": str(out), "images": len(dataset.table)})
    return 0
