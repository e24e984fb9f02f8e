"""The commands `import` and `export-data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from engine.data.archives import archive
from engine.data.archives.errors import IncomingError
from engine.data.exports.forms import FORMS
from engine.data.exports.zipping import export
from engine.data.formats import load
from engine.data.imports import import_worker
from engine.data.imports.import_job import ImportJob
from engine.data.read_flags import ReadFlags
from engine.jobs import process, progress_bar
from engine.jobs.command_line import BAD_INPUT, choice, print_json
from engine.jobs.status import FINISHED
from engine.tasks import TASKS

Hidden = Parameter(show=False)
NO_FLAGS = ReadFlags()
Task = Annotated[str, choice(TASKS, "What the labels or points are for")]


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
    dataset = import_worker.bring_path(path, name, reading.options())
    print("\n".join([f"{dataset.name} ({dataset.task}): {dataset.data_path}", *dataset.note.recognised]))
    print_json({"name": dataset.name, "task": dataset.task, "data": str(dataset.data_path)})
    return 0


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
