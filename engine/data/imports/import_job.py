"""One import as a background job: a folder with what was uploaded, and how far the work on it is.

asked.json   what was asked: the files' names or the path on this machine, the dataset's name, and the room it needs
files/       the upload, under numbers: names that came in are never used for files before they are checked
status.json  how the job stands; its details are `done` files `of` all, the `problems` that ended it, and the `name` of
             the dataset in the library
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from engine import paths
from engine.data import library
from engine.data.archives.errors import IncomingError
from engine.data.archives.limits import Limits, check_room, limits, size_of, size_problems
from engine.jobs import access, in_turn, job_places, quota, user_scope
from engine.jobs.atomic_write import trouble
from engine.jobs.job import Job
from engine.jobs.json_file import read_record, write_record
from engine.jobs.status import FAILED, INTERRUPTED, QUEUED, Status
from engine.jobs.temporary import temporary_name

PLACE, ASKED, ROOM_LOCK = ".incoming", "asked.json", ".room.lock"
FILES, UNPACKED = "files", "unpacked"
CHUNK = 1024**2
WORK = "engine.data.imports.import_worker:work_in_background"
INTERRUPTED_SENTENCE = (
    "The import ended early: Loss Lab was stopped, or memory, time or disk space ran out; import it "
    "again, or split it up."
)


@dataclass(frozen=True)
class ImportJob:
    """An import by its folder."""

    folder: Path

    @property
    def job(self) -> Job:
        return Job(self.folder)

    @property
    def status(self) -> Status:
        return self.job.status

    @property
    def is_active(self) -> bool:
        return self.job.is_active

    @property
    def asked(self) -> dict:
        """What was asked: `name`, `names` of the files, `here` for a path, `room` in bytes; {} where unknown."""
        return read_record(self.folder / ASKED)

    @property
    def name(self) -> str:
        """What the dataset is called in the library once it is there."""
        return str(self.status.details.get("name", ""))

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it failed, a sentence each; () where it did not."""
        status = self.status
        if status.state == INTERRUPTED:
            return (INTERRUPTED_SENTENCE,)
        if status.state != FAILED:
            return ()
        problems = status.details.get("problems")
        return tuple(map(str, problems)) if isinstance(problems, list) and problems else (status.message,)


def begin(files: Iterable[tuple[str, BinaryIO]], name: str = "") -> ImportJob:
    """Take files that were uploaded and import them in a process of its own; see `take`."""
    one = take(files, name)
    _start(one)
    return one


def begin_here(path: Path, name: str = "") -> ImportJob:
    """Import a folder, a table or a zip of this machine in a process of its own."""
    one = take_here(path, name)
    _start(one)
    return one


def take_here(path: Path, name: str = "") -> ImportJob:
    """Keep in mind what of this machine is to be imported, until it is worked on.

    Raises `IncomingError` for a path that the current user may not read.
    """
    access.authorize(path, IncomingError)
    quota.check(IncomingError)
    one = _new()
    asked = {"name": name, "names": [path.name], "here": str(path)}
    try:
        write_record(one.folder / ASKED, one.asked | asked)
    except OSError as error:
        dismiss(one)
        raise IncomingError(f"It could not be started: {trouble(error)}.") from error
    return one


def take(files: Iterable[tuple[str, BinaryIO]], name: str = "") -> ImportJob:
    """Keep files that were sent, each as (name, readable), until they are worked on.

    Raises `IncomingError` at once where they are too many or too large, or more than the present user may keep.
    """
    files, most = list(files), limits()
    size = sum(_size(file) for _, file in files)
    if problems := size_problems(len(files), size, most):
        raise IncomingError(problems)
    quota.check(IncomingError, size)
    one = _new()
    try:
        reserve(one, size, most, {"name": name, "names": [sent for sent, _ in files]})
        for at, (_, file) in enumerate(files):
            file.seek(0)
            with (one.folder / FILES / str(at)).open("xb") as kept:
                shutil.copyfileobj(file, kept, CHUNK)
    except OSError as error:
        dismiss(one)
        raise IncomingError(f"The upload could not be saved: {trouble(error)}.") from error
    except BaseException:
        dismiss(one)
        raise
    return one


def all_imports() -> list[ImportJob]:
    """Everything on its way for the present visitor, the oldest first; those that failed until they are dismissed."""
    place = library.folder() / PLACE
    return [ImportJob(one) for one in sorted(_begun(place))]


def dismiss(one: ImportJob) -> None:
    """Throw away what was sent and what was made of it; the dataset in the library stays."""
    shutil.rmtree(one.folder, ignore_errors=True)


def stop(one: ImportJob) -> None:
    """End the work on it, and throw it away; on another machine it is asked to stop, and thrown away then."""
    if not one.status.process.is_here:
        one.job.request_stop()
        return
    one.job.kill()
    dismiss(one)


def reserve(one: ImportJob, size: int, most: Limits, asked: dict) -> None:
    """Keep room for so many bytes, or raise `IncomingError`; what others have reserved counts as used."""
    root = paths.data_folder()
    with FileLock(root / ROOM_LOCK):
        own = _reserved(library.folder(), one) if quota.has_one() else 0
        quota.check(IncomingError, size - size_of(one.folder) + own, items=0)
        throw_away_abandoned(root, one)
        used = size_of(root) - size_of(one.folder) + _reserved(root, one)
        try:
            check_room(root, size, used, most)
        except IncomingError:
            library.empty_bin()
            check_room(root, size, size_of(root) - size_of(one.folder) + _reserved(root, one), most)
        write_record(one.folder / ASKED, one.asked | asked | {"room": size})


def everywhere(root: Path) -> list[ImportJob]:
    """Everything on its way, of all visitors."""
    libraries = (root, *root.glob(f"{user_scope.VISITORS}/*"))
    return [ImportJob(folder) for library_folder in libraries for folder in _begun(library_folder / PLACE)]


def _begun(place: Path) -> list[Path]:
    """The folders of imports; one with a temporary name has no status yet."""
    return [one for one in place.glob("*") if not one.name.startswith(".")]


def throw_away_abandoned(root: Path, but: ImportJob | None = None) -> None:
    """Remove what was sent to imports that have failed or were interrupted; what is told of them stays.

    One without a status is perhaps being taken right now, by another process.
    """
    for one in everywhere(root):
        if one != but and one.job.exists and one.problems:
            throw_away_sent(one.folder)


def throw_away_sent(folder: Path) -> None:
    """Remove what was sent to an import, and what was unpacked of it; how it ended stays."""
    for left in (FILES, UNPACKED):
        shutil.rmtree(folder / left, ignore_errors=True)


def _reserved(root: Path, but: ImportJob) -> int:
    """The room that others at work have reserved and not yet used."""
    live = [one for one in everywhere(root) if one != but and one.is_active]
    return sum(max(0, int(one.asked.get("room", 0)) - size_of(one.folder)) for one in live)


def _new() -> ImportJob:
    """A new import that this process works on until another is started for it."""
    folder = library.folder() / PLACE / f"{time.time_ns():x}-{secrets.token_hex(3)}"
    building = ImportJob(folder.with_name(temporary_name(folder.name)))
    try:
        (building.folder / FILES).mkdir(parents=True)
        building.job.update(state=QUEUED, message="")
        os.rename(building.folder, folder)
    except OSError as error:
        dismiss(building)
        raise IncomingError(f"The upload could not be prepared: {trouble(error)}.") from error
    return ImportJob(folder)


def _start(one: ImportJob) -> None:
    try:
        one.job.start(*in_turn.command(job_places.IMPORT, WORK, one.folder))
    except OSError as error:
        dismiss(one)
        raise IncomingError(f"It could not be started: {trouble(error)}.") from error


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
