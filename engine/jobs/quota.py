"""What one person may keep: bytes and items, in all their datasets, runs and whatever is kept to save them time.

Only a visitor with folders of their own has a quota; the owner of the machine and an app that everybody shares have
none but the limits of imports. `engine.jobs.hosting` says how much it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine import paths
from engine.jobs import disk_use, shares, user_scope
from engine.jobs.atomic_write import trouble
from engine.jobs.hosting import hosting
from engine.jobs.job import Job
from engine.jobs.name_lock import names_locked
from engine.jobs.status import STATUS
from engine.jobs.temporary import temporary_name

SIGN_IN = "Sign in first: importing and training need an account."


class QuotaError(ValueError):
    """Something that needs more than is left, or that cannot be deleted, in one sentence."""


@dataclass(frozen=True)
class Use:
    """What a person keeps, and the most they may: bytes and items, which are datasets and runs."""

    bytes: int
    items: int
    most_bytes: int
    most_items: int

    @property
    def in_words(self) -> str:
        """Such as "You use 120 MB of 2 GB. Datasets and runs: 3 of 100."."""
        used, most = disk_use.in_words(self.bytes), disk_use.in_words(self.most_bytes)
        return f"You use {used} of {most}. Datasets and runs: {self.items:,} of {self.most_items:,}."


def has_one() -> bool:
    """Whether the present user has a quota."""
    return user_scope.owner() not in ("", user_scope.NO_VISITOR)


def use() -> Use:
    """What the present user keeps now."""
    facts = hosting()
    items = sum(
        len(_items(user_scope.own_folder(place))) for place in (paths.data_folder(), paths.runs_folder())
    )
    return Use(sum(map(disk_use.size_of, _own_folders())), items, facts.quota_bytes, facts.quota_items)


def check(error: type[Exception] = QuotaError, size: int = 0, items: int = 1) -> None:
    """Raise `error` where the present user may not keep so much more, or nothing at all before they sign in."""
    if user_scope.owner() == user_scope.NO_VISITOR:
        raise error(SIGN_IN)
    if not has_one():
        return
    now = use()
    if now.bytes + size > now.most_bytes or now.bytes >= now.most_bytes:
        needs = f"this needs {disk_use.in_words(size)}" if size else "nothing is left"
        raise error(
            f"You use {disk_use.in_words(now.bytes)} of {disk_use.in_words(now.most_bytes)}, and {needs}: "
            "delete a dataset or run first."
        )
    _check_items(now, error, items)


@contextmanager
def room_for_one(error: type[Exception] = QuotaError) -> Iterator[None]:
    """Let the block put one more dataset or run in place, and no other of the present user meanwhile.

    Raises `error` where there is no room for it, `OSError` where the disk refuses.
    """
    if not has_one():
        check(error)
        yield
        return
    with locked():
        check(error)
        yield


def locked() -> AbstractContextManager[None]:
    """The lock of the present user's items: who holds it adds one, or gives one another name, and no other does."""
    return names_locked(user_scope.own_folder(paths.data_folder()))


def check_items(error: type[Exception] = QuotaError) -> None:
    """Raise `error` where the present user has no room for one item more, whose bytes are counted already."""
    if has_one():
        _check_items(use(), error, 1)


def _check_items(now: Use, error: type[Exception], items: int) -> None:
    if now.items + items > now.most_items:
        raise error(
            f"Datasets and runs: {now.items:,} of {now.most_items:,}, none is left: delete a dataset or run first."
        )


def delete_everything() -> None:
    """Delete all datasets, runs and everything else of the present user's for good.

    Raises `QuotaError` while one of their jobs is at work, or where the disk refuses.
    """
    if not has_one():
        raise QuotaError("Only a visitor with folders of their own can delete everything at once.")
    if active := _active():
        one = "1 of your jobs is" if len(active) == 1 else f"{len(active)} of your jobs are"
        raise QuotaError(f"{one} still running: stop all jobs first, then delete everything.")
    shares.unshare_all()
    try:
        for folder in _own_folders():
            _remove(folder)
    except OSError as error:
        raise QuotaError(f"Not everything could be deleted: {trouble(error)}.") from error


def _remove(folder: Path) -> None:
    """Let a folder vanish at once, and then its files; what a crash leaves is swept as any temporary folder is."""
    if folder.is_dir():
        aside = folder.with_name(temporary_name("deleted"))
        folder.rename(aside)
        shutil.rmtree(aside)


def _own_folders() -> list[Path]:
    places = (paths.data_folder(), paths.runs_folder(), paths.cache_folder())
    return [user_scope.own_folder(place) for place in places]


def _items(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else []
    return [place for place in found if not place.name.startswith((".", "_")) and place.is_dir()]


def _active() -> list[Job]:
    patterns = ("*", "*/*", ".incoming/*")
    files = {
        file
        for folder in _own_folders()
        for pattern in patterns
        for file in folder.glob(f"{pattern}/{STATUS}")
    }
    return [job for file in sorted(files) if (job := Job(file.parent)).is_active]
