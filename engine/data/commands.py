"""The commands `import`, `undo-import` and `export-data`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from engine.data import chosen_data, library
from engine.data.archives import archive
from engine.data.archives.errors import IncomingError
from engine.data.exports import NAMES, plan_export, record_to_export, write_zip
from engine.data.formats.phrases import some
from engine.data.imports import import_worker
from engine.data.library import LibraryDataset, LibraryError
from engine.data.read_flags import ReadFlags
from engine.jobs import progress_bar
from engine.jobs.command_line import choice, print_json
from engine.jobs.output_files import check_output
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
) -> int:
    """Put a dataset into the library, where the app finds it; a folder or table is read in place.

    Parameters
    ----------
    path:
        Folder, table or archive.
    name:
        The name of the dataset; by default that of the file or folder.
    """
    if path is None:
        raise IncomingError(["Name the folder, table or archive to import."])
    if archive.is_exported_run(path):
        raise IncomingError([f"“{path.name}” holds a trained run: python -m engine runs import {path}."])
    dataset = import_worker.import_path(path, name, reading.options())
    print("\n".join([f"{dataset.name} ({dataset.task}): {dataset.data_path}", *dataset.manifest.reasons]))
    print(f"Undo it: python -m engine undo-import {shlex.quote(dataset.name)}", file=sys.stderr)
    print_json({"name": dataset.name, "task": dataset.task, "data": str(dataset.data_path)})
    return 0


def undo_import(name: str, /, *, redo: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Remove a dataset from the library with all changes made there; its source is not touched.

    Parameters
    ----------
    name:
        The name of the dataset in the library.
    redo:
        Restore the dataset that was removed last.
    """
    dataset = library.last_removed() if redo else library.find(name)
    if dataset is None or dataset.name != name:
        raise LibraryError(
            _why_not(name, [dataset] if dataset else [], "was removed last")
            if redo
            else _why_not(name, library.all_sets(), "is in the library")
        )
    if redo:
        back = library.put_back(dataset.folder)
        print_json({"name": back.name, "task": back.task, "data": str(back.data_path)})
        return 0
    library.remove(dataset)
    again = f"python -m engine undo-import {shlex.quote(name)} --redo"
    print(f"Removed; until another dataset is removed, {again} puts it back.", file=sys.stderr)
    print_json({"removed": name})
    return 0


def _why_not(name: str, datasets: list[LibraryDataset], where: str) -> str:
    """That no dataset of this name is where one was looked for, and which ones are."""
    names = some([f"“{one.name}”" for one in datasets])
    return f"No dataset “{name}” {where}; {f'there is {names}' if names else 'there is none'}."


def export_data(
    path: Path,
    /,
    *,
    task: Task,
    target: Annotated[str, Parameter(name="--format"), choice(NAMES, "The format")],
    out: Path,
) -> int:
    """Write a dataset as a zip in a format that other programs read.

    Whatever the format cannot store is listed first.

    Parameters
    ----------
    path:
        Folder or table, or the name of a dataset in the library.
    out:
        The zip to write.
    """
    check_output(out, ".zip", "--out", [path])
    plan = plan_export(record_to_export(Path(chosen_data.resolve(str(path))), task), task, target)
    for sentence in (*plan.dataset.notes, *plan.limitations):
        print(sentence, file=sys.stderr)
    with progress_bar.Bar() as bar:
        write_zip(plan, out, lambda share: bar.show("writing the zip", share))
    limitations = [
        {"kind": one.kind, "sentence": one.sentence, "image_count": len(one.fnames)}
        for one in plan.limitations
    ]
    print_json({"file": str(out), "images": len(plan.contents.images), "limitations": limitations})
    return 0
