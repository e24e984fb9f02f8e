"""One heap of pictures on its way to the shelf: a folder with what was sent, and how far the work on it is.

asked.json   what was asked: the files' names or the path on this machine, and the name; and the room it needs
process.json which process is at work on it
files/       what was sent, under numbers: names that came in are never used for files before they are checked
status.json  {"state", "done", "of", "problems", "name"}
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import psutil
from filelock import FileLock

from engine import paths
from engine.data import library
from engine.data.archives.errors import IncomingError
from engine.data.archives.limits import Limits, check_room, limits, size_of, size_problems
from engine.jobs import access, user_scope
from engine.jobs import process as child_process
from engine.jobs.atomic_write import write_text

PLACE, ASKED, STATUS, PROCESS = ".incoming", "asked.json", "status.json", "process.json"
FILES, UNPACKED = "files", "unpacked"
WORKING, DONE, FAILED = "working", "done", "failed"
CHUNK = 1024**2
SECONDS_TO_END = 10


@dataclass(frozen=True)
class Status:
    """How far it is: `state`; `done` files `of` all; the `problems` that ended it; the `name` it got on the shelf."""

    state: str = WORKING
    done: int = 0
    of: int = 0
    problems: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Bringing:
    """A heap of pictures on its way, by its folder."""

    folder: Path

    @property
    def asked(self) -> dict:
        """What was asked: `name`, `names` of the files, `here` for a path, `room` in bytes; {} where unknown."""
        return _read(self.folder / ASKED)

    @property
    def status(self) -> Status:
        """How far it is. A process that is gone without a word has failed."""
        told = _read(self.folder / STATUS)
        try:
            status = Status(**told | {"problems": tuple(told.get("problems", ()))})
        except TypeError:
            status = Status()
        if status.state == WORKING and not self._is_at_work():
            return replace(
                status, state=FAILED, problems=("It was interrupted before the end; bring it again.",)
            )
        return status

    def say(self, status: Status) -> None:
        """Write how far it is."""
        write_text(self.folder / STATUS, json.dumps(asdict(status)))

    def _is_at_work(self) -> bool:
        return child_process.is_alive(_read(self.folder / PROCESS))


def begin(files: Iterable[tuple[str, BinaryIO]], name: str = "") -> Bringing:
    """Take files that were sent and let a process of its own bring them to the shelf; see `take`."""
    one = take(files, name)
    _spawn(one)
    return one


def begin_here(path: Path, name: str = "") -> Bringing:
    """Let a process of its own bring a folder, a table or a zip of this machine to the shelf."""
    one = take_here(path, name)
    _spawn(one)
    return one


def take_here(path: Path, name: str = "") -> Bringing:
    """Keep in mind what of this machine is to be brought, until it is worked on.

    Raises `IncomingError` for a path that the current user may not read.
    """
    access.authorize(path, IncomingError)
    one = _new()
    asked = {"name": name, "names": [path.name], "here": str(path)}
    write_text(one.folder / ASKED, json.dumps(one.asked | asked))
    return one


def take(files: Iterable[tuple[str, BinaryIO]], name: str = "") -> Bringing:
    """Keep files that were sent, each as (name, readable), until they are worked on.

    Raises `IncomingError` at once where they are too many or too large.
    """
    files, most = list(files), limits()
    size = sum(_size(file) for _, file in files)
    if problems := size_problems(len(files), size, most):
        raise IncomingError(problems)
    one = _new()
    try:
        reserve(one, size, most, {"name": name, "names": [sent for sent, _ in files]})
        for at, (_, file) in enumerate(files):
            file.seek(0)
            with (one.folder / FILES / str(at)).open("xb") as kept:
                shutil.copyfileobj(file, kept, CHUNK)
    except BaseException:
        dismiss(one)
        raise
    return one


def all_bringings() -> list[Bringing]:
    """Everything on its way for the present visitor, the oldest first; those that failed until they are dismissed."""
    place = library.folder() / PLACE
    return [Bringing(one) for one in sorted(place.iterdir())] if place.is_dir() else []


def dismiss(one: Bringing) -> None:
    """Throw away what was sent and what was made of it; the data set on the shelf stays."""
    shutil.rmtree(one.folder, ignore_errors=True)


def stop(one: Bringing) -> None:
    """End the work on it, and throw it away."""
    at_work = _read(one.folder / PROCESS)
    if child_process.is_alive(at_work) and at_work["pid"] != os.getpid():
        process = psutil.Process(int(at_work["pid"]))
        process.kill()
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(SECONDS_TO_END)
    dismiss(one)


def reserve(one: Bringing, size: int, most: Limits, asked: dict) -> None:
    """Keep room for so many bytes, or raise `IncomingError`; what others have reserved counts as used."""
    root = paths.data_folder()
    with FileLock(root / ".room.lock"):
        _throw_away_what_nobody_works_on(root, one)
        used = size_of(root) - size_of(one.folder) + _reserved(root, one)
        try:
            check_room(root, size, used, most)
        except IncomingError:
            library.empty_bin()
            check_room(root, size, size_of(root) - size_of(one.folder) + _reserved(root, one), most)
        write_text(one.folder / ASKED, json.dumps(one.asked | asked | {"room": size}))


def _everywhere(root: Path, but: Bringing) -> list[Bringing]:
    """Everything on its way, of all visitors, other than one."""
    shelves = (root, *root.glob(f"{user_scope.VISITORS}/*"))
    found = [Bringing(folder) for place in shelves for folder in place.glob(f"{PLACE}/*")]
    return [one for one in found if one.folder != but.folder]


def _throw_away_what_nobody_works_on(root: Path, but: Bringing) -> None:
    """Whoever was interrupted has left what was sent behind; what is told of it stays."""
    for one in _everywhere(root, but):
        if one.status.state == FAILED:
            for left in (FILES, UNPACKED):
                shutil.rmtree(one.folder / left, ignore_errors=True)


def _reserved(root: Path, but: Bringing) -> int:
    """The room that others at work have reserved and not yet used."""
    live = [one for one in _everywhere(root, but) if one.status.state == WORKING]
    return sum(max(0, int(one.asked.get("room", 0)) - size_of(one.folder)) for one in live)


def _new() -> Bringing:
    folder = library.folder() / PLACE / f"{time.time_ns():x}"
    (folder / FILES).mkdir(parents=True)
    one = Bringing(folder)
    write_text(folder / PROCESS, json.dumps(child_process.mark()))
    return one


def _spawn(one: Bringing) -> None:
    with open(one.folder / "log.txt", "ab") as log:
        started = child_process.begin("engine", "import", "--job", str(one.folder), log=log)
    with contextlib.suppress(psutil.NoSuchProcess):  # it may have done its work already
        write_text(one.folder / PROCESS, json.dumps(child_process.mark(started.pid)))


def _read(file: Path) -> dict:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
