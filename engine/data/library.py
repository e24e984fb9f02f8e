"""The dataset library: a folder for each imported dataset, kept until they are removed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from engine import paths
from engine.data.files import IMAGES, JOURNAL
from engine.data.formats import DatasetError
from engine.data.formats.dataset_manifest import DatasetManifest, is_in_library
from engine.data.formats.read_options import ReadOptions
from engine.data.library_dataset import DamagedDataset, LibraryDataset
from engine.functional import label_text
from engine.jobs import access, quota, shares, user_scope
from engine.jobs.atomic_write import trouble
from engine.jobs.job import Job
from engine.jobs.name_lock import names_locked
from engine.jobs.readers import is_own, jobs_reading
from engine.jobs.temporary import temporary_name

LONGEST_NAME = 80
BIN = ".removed"


class LibraryError(ValueError):
    """Something that cannot be done with the library, in one sentence."""


def all_sets() -> list[LibraryDataset]:
    """Every dataset of the library, by name; `damaged` says which folders are none."""
    datasets = [dataset for dataset in _folders() if not _problem(dataset)]
    return sorted(datasets, key=lambda dataset: dataset.name.casefold())


def damaged() -> list[DamagedDataset]:
    """The datasets whose manifest is gone, damaged or of another version; `remove` takes them, too."""
    found = [DamagedDataset(one.folder, reason) for one in _folders() if (reason := _problem(one))]
    return sorted(found, key=lambda one: one.title.casefold())


def unreadable() -> list[str]:
    """The reasons of `damaged`, a sentence each."""
    return [one.reason for one in damaged()]


def _folders() -> list[LibraryDataset]:
    """Every dataset by its folder, also one whose manifest is gone."""
    if not folder().is_dir():
        return []
    return [
        LibraryDataset(place) for place in folder().iterdir() if is_in_library(place) or _is_remainder(place)
    ]


def _is_remainder(place: Path) -> bool:
    """Whether a folder of the library was a dataset: its images, or what a person decided, are still there."""
    if place.name.startswith((".", "_")) or place.is_symlink() or not place.is_dir():
        return False
    return any((place / name).exists() for name in (IMAGES, JOURNAL))


def _problem(dataset: LibraryDataset) -> str:
    """Why its manifest cannot be read; "" where it can."""
    try:
        _ = dataset.manifest
    except DatasetError as error:
        return str(error)
    return ""


def find(name: str) -> LibraryDataset | None:
    """The dataset of that name, or None."""
    return next((one for one in all_sets() if one.name == name), None)


def folder() -> Path:
    """Where the datasets lie, those of the present visitor where each has their own."""
    return user_scope.own_folder(paths.data_folder())


def add(
    name: str,
    task: str,
    *,
    unpacked: Path | None = None,
    in_place: Path | None = None,
    source: str = "",
    options: ReadOptions | None = None,
    reasons: tuple[str, ...] = (),
    other_formats: tuple[str, ...] = (),
    chosen_options: ReadOptions | None = None,
) -> LibraryDataset:
    """Put a dataset into the library, whole or not at all; a name that is taken gets a number.

    Either `unpacked`, a folder on the same disk that is moved into the library, or `in_place`, a folder or table of
    this machine that stays where it is. Raises `LibraryError` for an unusable name or place, or one that the current
    user may not read.
    """
    if (unpacked is None) == (in_place is None):
        raise ValueError("give either unpacked or elsewhere")
    access.authorize(unpacked or in_place or "", LibraryError)
    quota.check(LibraryError)
    at = str(in_place.resolve()) if in_place else ""
    options = options or ReadOptions()
    chosen_options = options if chosen_options is None else chosen_options
    manifest = DatasetManifest(
        checked_name(name),
        task,
        source,
        at,
        options,
        tuple(reasons),
        tuple(other_formats),
        _now(),
        chosen_options,
    )
    with _in_words("The dataset could not be put into the library"):
        building = folder() / temporary_name("building")
        building.mkdir(parents=True)
        try:
            if unpacked is not None:
                os.rename(unpacked, building / IMAGES)
            return LibraryDataset(_named(building, manifest))
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise


def _named(building: Path, manifest: DatasetManifest) -> Path:
    """Put the folder of a new dataset in place, under a name that no other has, not even one that is added now."""
    with names_locked(folder()):  # as `quota.room_for_one` does it for runs
        quota.check(LibraryError)
        free = replace(manifest, name=_free_name(manifest.name))
        free.save(building)
        place = _free_folder(free.name)
        os.rename(building, place)
    return place


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Say what could not be done, and why, where the disk refuses."""
    try:
        yield
    except OSError as error:
        raise LibraryError(f"{what}: {trouble(error)}.") from error


def change(one: LibraryDataset, **changes) -> LibraryDataset:
    """Change what the manifest says: `task`, `options`, `reasons`, `other_formats` or `chosen_options`."""
    access.authorize(one.folder, LibraryError, to_write=True)
    with _in_words(f"“{one.name}” could not be changed"):
        replace(one.manifest, **changes).save(one.folder)
    return LibraryDataset(one.folder)


def rename(one: LibraryDataset, name: str) -> LibraryDataset:
    """Give a dataset another name, which must be free; its folder, and so the runs on it, stay as they are."""
    access.authorize(one.folder, LibraryError, to_write=True)
    name = checked_name(name)
    with _in_words(f"“{one.name}” could not be renamed"), names_locked(folder()):
        if _free_name(name, but=one.folder) != name:
            raise LibraryError(f"There is already a dataset “{name}”: choose another name.")
        replace(one.manifest, name=name).save(one.folder)
    return LibraryDataset(one.folder)


def remove(one: LibraryDataset | DamagedDataset) -> Path:
    """Remove a dataset from the library, also a damaged one; returns the place from which `put_back` restores it.

    What a person decided about its images goes and comes back with it. What was removed before it is gone for good. A
    folder elsewhere on this machine is never touched. Raises `LibraryError` while a job reads the dataset.
    """
    title = _title(one.folder)
    if one.folder.parent.resolve() != folder().resolve() or not one.folder.is_dir():
        raise LibraryError(f"“{title}” is not in the library any more.")
    if at_work := jobs_reading(one.folder):
        raise LibraryError(
            f"“{title}” is in use: {_says(at_work[0])}; stop it first, or wait until it has ended."
        )
    shares.forget(one.folder)
    with _in_words(f"“{title}” could not be removed"):
        empty_bin()
        place = folder() / BIN / one.folder.name
        place.parent.mkdir(exist_ok=True)
        os.rename(one.folder, place)
    return place


def put_back(place: Path) -> LibraryDataset:
    """Undo the last `remove`, where the quota has room. Of a damaged dataset, `name` still raises `DatasetError`."""
    if place.parent != folder() / BIN or not place.is_dir():
        raise LibraryError("It is gone for good: import it again.")
    with _in_words(f"“{_title(place)}” could not be put back"), names_locked(folder()):
        quota.check_items(LibraryError)
        back = _free_folder(place.name)
        os.rename(place, back)
        one = LibraryDataset(back)
        if _problem(one):
            return one
        name = _free_name(one.name, but=back)
        return one if name == one.name else change(one, name=name)


def last_removed() -> LibraryDataset | None:
    """The dataset that `put_back` restores from its folder; None where there is none."""
    place = folder() / BIN
    found = [LibraryDataset(one) for one in place.iterdir()] if place.is_dir() else []
    return next((one for one in found if not _problem(one)), None)


def empty_bin() -> None:
    """Delete for good what was removed."""
    shutil.rmtree(folder() / BIN, ignore_errors=True)


def checked_name(name: str) -> str:
    """The name on one line, without characters that cannot be seen and without spaces around it.

    Raises `LibraryError` where nothing or too much is left.
    """
    name = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", name).split())
    name = " ".join(label_text.without_unseen(name).split())
    if not name or len(name) > LONGEST_NAME:
        raise LibraryError(f"A dataset needs a name of 1 to {LONGEST_NAME} characters.")
    return name


def _title(place: Path) -> str:
    """The name of the dataset in a folder, or that of the folder where the manifest cannot be read."""
    one = LibraryDataset(place)
    return label_text.visible(place.name) if _problem(one) else one.name


def _says(job: Job) -> str:
    """What a job does with a dataset, in words."""
    if not is_own(job):
        return "another person is using it"
    command = job.status.command[1] if len(job.status.command) > 1 else "train"
    return {
        "check": "its images are being checked",
        "train": f"the run “{job.folder.name}” trains on it",
        "find-lr": "a learning-rate search is reading it",
        "review": "its labels are being reviewed",
    }.get(command, "a job reads it")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _free_name(name: str, but: Path | None = None) -> str:
    """The name, or the first of "name 2", "name 3", ... that looks like that of no other dataset."""
    taken = {label_text.skeleton(one.name) for one in all_sets() if one.folder != but}
    number, wanted = 2, name
    while label_text.skeleton(name) in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def _free_folder(name: str) -> Path:
    """A folder's name that is safe on every system, made from the dataset's."""
    slug = re.sub(r"[^\w]+", "-", name).strip("-_")[:40] or "set"
    number, place = 2, folder() / slug
    while place.exists():
        place, number = folder() / f"{slug}-{number}", number + 1
    return place
