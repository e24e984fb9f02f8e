"""Restore a backup: unpack it next to the datasets and runs, check each file, then move them in."""

from __future__ import annotations

import os
import shutil
import zipfile
from contextlib import ExitStack
from pathlib import Path

from engine.jobs.atomic_write import trouble
from engine.jobs.backup.contents import BackupError, Entry, items, read_list, roots
from engine.jobs.backup.write import digest, must_be_owner
from engine.jobs.name_lock import names_locked
from engine.jobs.temporary import temporary_folder

KEPT_FREE = 300 * 1024**2


def restore(file: Path) -> list[Path]:
    """Put every dataset and run of a backup where it was, and return them; what is there already is never replaced.

    Raises `BackupError` where the backup is damaged, or something of it is there already; nothing is changed then.
    """
    must_be_owner()
    if file.exists() and not file.is_file():
        raise BackupError(f"{file.name} is no file, so it is no backup of Loss Lab.")
    try:
        with zipfile.ZipFile(file) as zipped, ExitStack() as stack:
            entries = read_list(zipped)
            staged = {}
            for name, root in roots().items():
                root.mkdir(parents=True, exist_ok=True)
                _must_have_room(
                    root, sum(entry.size for one, entry in entries.items() if one.startswith(name))
                )
                staged[name] = stack.enter_context(temporary_folder(root, "restoring"))
            for name, entry in entries.items():
                _unpack(zipped, name, entry, staged)
            return _moved_in(staged)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise BackupError(f"{file.name} is not a complete backup of Loss Lab.") from error
    except OSError as error:
        raise BackupError(f"The backup could not be restored: {trouble(error)}.") from error


def _must_have_room(root: Path, size: int) -> None:
    if size + KEPT_FREE > shutil.disk_usage(root).free:
        raise BackupError(
            f"The disk has no room for the {size / 1024**2:,.0f} MB of {root.name}: free some space first."
        )


def _unpack(zipped: zipfile.ZipFile, name: str, entry: Entry, staged: dict[str, Path]) -> None:
    root, _, rest = name.partition("/")
    place = staged[root] / rest
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(name) as source, place.open("xb") as target:
        if digest(source, target) != (entry.sha256, entry.size):
            raise BackupError(f"{name} is damaged in the backup: get another copy of it.")
    os.utime(place, (entry.changed, entry.changed))


def _moved_in(staged: dict[str, Path]) -> list[Path]:
    """Move all items in while no other process chooses names; after a failure, all that were moved go back."""
    moves = [
        (one, roots()[name] / one.relative_to(root)) for name, root in staged.items() for one in items(root)
    ]
    with ExitStack() as stack:
        for folder in sorted({target.parent for _, target in moves}):
            stack.enter_context(names_locked(folder))
        if taken := [target for _, target in moves if target.exists()]:
            raise BackupError(
                f"{len(taken)} of {len(moves)} items are there already, such as {taken[0].name!r}: nothing was "
                "restored; move them away first, or restore into empty folders."
            )
        done: list[tuple[Path, Path]] = []
        try:
            for source, target in moves:
                os.rename(source, target)
                done.append((source, target))
        except OSError:
            for source, target in reversed(done):
                os.rename(target, source)
            raise
    return [target for _, target in moves]
