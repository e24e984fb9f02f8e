"""What teachers share: datasets and runs that everybody who has signed in may read, and only the teacher change.

One file for all, `.shared.json` in the data folder, which no visitor can write. A share counts while the configuration
names the teacher who made it: to take the name out ends all of that teacher's shares at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from engine import paths
from engine.jobs import user_scope
from engine.jobs.hosting import hosting
from engine.jobs.json_file import read_record, write_record
from engine.jobs.name_lock import names_locked

FILE, VERSION = ".shared.json", 1
DATASET, RUN = "dataset", "run"
BY_YOUR_TEACHER = "shared by your teacher"


class ShareError(ValueError):
    """Something that cannot be shared, in one sentence."""


class Share(NamedTuple):
    """A folder that is shared: `kind` of what it holds, `user`, whose it is, its `name`, and the `teacher`."""

    kind: str
    user: str
    name: str
    teacher: str

    @property
    def folder(self) -> Path:
        return _parent(self.kind) / user_scope.VISITORS / self.user / self.name


def shares() -> list[Share]:
    """All shares that count now; none without sign-in."""
    facts = hosting()
    if not (facts.signs_in and facts.teachers):
        return []
    return [share for share in _all() if share.teacher in facts.teachers]


def readable(kind: str | None = None) -> list[Path]:
    """The folders that the present user may read since they are shared, their own among them."""
    every = shares()
    if not every or user_scope.owner() in ("", user_scope.NO_VISITOR):
        return []
    return [share.folder for share in every if kind in (None, share.kind)]


def of_others(kind: str) -> list[Path]:
    """The shared folders that are there and belong to another person."""
    own = user_scope.own_folder(_parent(kind))
    return [folder for folder in readable(kind) if folder.parent != own and folder.is_dir()]


def is_shared(folder: Path) -> bool:
    """Whether a folder is shared now, by whomever."""
    return _absolute(folder) in {_absolute(share.folder) for share in shares()}


def is_of_another(path: str | os.PathLike) -> bool:
    """Whether a path lies in what another person shares with the present user."""
    folders = (*of_others(DATASET), *of_others(RUN))
    return any(_absolute(Path(path)).is_relative_to(_absolute(folder)) for folder in folders)


def share(folder: Path) -> None:
    """Let everybody who has signed in read one of the teacher's own datasets or runs."""
    if not (teacher := user_scope.teacher()):
        raise ShareError("Only a teacher can share: the owner of this app names the teachers.")
    kind = _kind(folder)
    if kind is None or not folder.is_dir() or folder.is_symlink():
        raise ShareError("You can share your own datasets and runs only.")
    new = Share(kind, user_scope.current_user(), folder.name, teacher)
    _change(lambda every: [*(one for one in every if one.folder != new.folder), new])


def unshare(folder: Path) -> None:
    """Let no other person read it from now on; copies that people have made stay theirs."""
    if _kind(folder) is None:
        raise ShareError("You can stop sharing your own datasets and runs only.")
    forget(folder)


def forget(folder: Path) -> None:
    """End the share of a folder that is about to go, or a new one in its place would be shared, too."""
    gone = _absolute(folder)
    if any(_absolute(one.folder) == gone for one in _all()):
        _change(lambda every: [one for one in every if _absolute(one.folder) != gone])


def unshare_all() -> None:
    """Share nothing of the present user's any more."""
    user = user_scope.current_user()
    if (paths.data_folder() / FILE).exists():
        _change(lambda every: [one for one in every if one.user != user])


def _kind(folder: Path) -> str | None:
    """What lies in a folder of the present user's; None where it is none of theirs."""
    parent = _absolute(folder).parent
    kinds = (DATASET, RUN) if not folder.name.startswith((".", "_")) else ()
    return next((kind for kind in kinds if parent == _absolute(user_scope.own_folder(_parent(kind)))), None)


def _parent(kind: str) -> Path:
    return paths.runs_folder() if kind == RUN else paths.data_folder()


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _change(changed: Callable[[list[Share]], list[Share]]) -> None:
    """Write all shares, one process at a time. Raises `ShareError` where the disk refuses."""
    try:
        with names_locked(paths.data_folder()):
            record = {"version": VERSION, "shares": [list(one) for one in changed(_all())]}
            write_record(paths.data_folder() / FILE, record)
    except OSError as error:
        raise ShareError(f"What is shared could not be changed: {error.strerror or error}.") from error


def _all() -> list[Share]:
    file = paths.data_folder() / FILE
    try:
        about = file.stat()
    except OSError:
        return []
    return list(_read(str(file), about.st_ino, about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=4)
def _read(file: str, inode: int, changed_ns: int, size: int) -> tuple[Share, ...]:
    record = read_record(Path(file))
    listed = record.get("shares") if record.get("version") == VERSION else None
    return tuple(Share(*one) for one in listed if _is_share(one)) if isinstance(listed, list) else ()


def _is_share(one: object) -> bool:
    """Whether a line of the file names a folder right below a visitor's."""
    if not (
        isinstance(one, list) and len(one) == len(Share._fields) and all(isinstance(x, str) for x in one)
    ):
        return False
    kind, user, name, _ = one
    is_name = name == os.path.basename(name) and not name.startswith((".", "_")) and name != ""
    return kind in (DATASET, RUN) and user_scope.is_secret(user) and is_name
