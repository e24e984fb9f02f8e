"""The dataset library: a folder for each imported dataset, kept until they are removed."""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from engine import paths
from engine.data import formats
from engine.data.files import IMAGES
from engine.data.formats import Dataset, DatasetError
from engine.data.formats.dataset_manifest import DatasetManifest, is_in_library, read_manifest
from engine.data.formats.read_options import ReadOptions
from engine.jobs import access, user_scope
from engine.jobs.job import Job
from engine.jobs.readers import jobs_reading

LONGEST_NAME = 80
BIN = ".removed"


class LibraryError(ValueError):
    """Something that cannot be done with the library, in one sentence."""


@dataclass(frozen=True)
class LibraryDataset:
    """A dataset of the library, by its folder. Raises `DatasetError` where its manifest cannot be read."""

    folder: Path

    @cached_property
    def manifest(self) -> DatasetManifest:
        """What is known of it: task, source, how it is read."""
        return read_manifest(self.folder)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def task(self) -> str:
        return self.manifest.task

    @property
    def is_undecided(self) -> bool:
        """Whether it can be read in two ways and the choice is still open; its reasons are then the question."""
        return self.manifest.options.format is None and bool(self.manifest.reasons)

    @property
    def data_path(self) -> Path:
        """What `--data` gets: `engine.data.formats.load` reads it with every decision applied."""
        return self.folder

    @property
    def source_path(self) -> Path:
        """The folder or table that holds the data; one that the user may not read counts as gone."""
        place = self.manifest.data_of(self.folder)
        return place if access.is_allowed(place) else self.folder / IMAGES

    def record(self, valid_share: float = 0.2, seed: int = 0) -> Dataset:
        """The checked record as it is now. Raises `DatasetError` with every problem."""
        return formats.load(self.folder, self.task, valid_share=valid_share, seed=seed)


def all_sets() -> list[LibraryDataset]:
    """Every dataset of the library, by name; `unreadable` says which folders are none."""
    datasets = [dataset for dataset in _folders() if not _problem(dataset)]
    return sorted(datasets, key=lambda dataset: dataset.name.casefold())


def unreadable() -> list[str]:
    """Why folders of the library are no datasets, a sentence each: damaged, or of another version of Loss Lab."""
    return sorted(problem for dataset in _folders() if (problem := _problem(dataset)))


def _folders() -> list[LibraryDataset]:
    if not folder().is_dir():
        return []
    return [LibraryDataset(place) for place in folder().iterdir() if is_in_library(place)]


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
    name = _free_name(checked_name(name))
    at = str(in_place.resolve()) if in_place else ""
    options = options or ReadOptions()
    chosen_options = options if chosen_options is None else chosen_options
    manifest = DatasetManifest(
        name, task, source, at, options, tuple(reasons), tuple(other_formats), _now(), chosen_options
    )
    folder().mkdir(parents=True, exist_ok=True)
    building = folder() / f".{time.time_ns():x}"
    building.mkdir()
    try:
        manifest.save(building)
        if unpacked is not None:
            os.rename(unpacked, building / IMAGES)
        place = _free_folder(name)
        os.rename(building, place)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return LibraryDataset(place)


def change(one: LibraryDataset, **changes) -> LibraryDataset:
    """Change what the manifest says: `task`, `options`, `reasons`, `other_formats` or `chosen_options`."""
    replace(one.manifest, **changes).save(one.folder)
    return LibraryDataset(one.folder)


def rename(one: LibraryDataset, name: str) -> LibraryDataset:
    """Give a dataset another name, which must be free; its folder, and so the runs on it, stay as they are."""
    name = checked_name(name)
    if any(other.name.casefold() == name.casefold() for other in all_sets() if other.folder != one.folder):
        raise LibraryError(f"There is a dataset “{name}” already: choose another name.")
    return change(one, name=name)


def remove(one: LibraryDataset) -> Path:
    """Remove a dataset from the library; returns the place from which `put_back` restores it.

    What a person decided about its images goes and comes back with it. What was removed before it is gone for good. A
    folder elsewhere on this machine is never touched. Raises `LibraryError` while a job reads the dataset.
    """
    if at_work := jobs_reading(one.folder):
        raise LibraryError(
            f"“{one.name}” is in use: {_says(at_work[0])}; stop it first, or wait until it has ended."
        )
    empty_bin()
    place = folder() / BIN / one.folder.name
    place.parent.mkdir(exist_ok=True)
    os.rename(one.folder, place)
    return place


def put_back(place: Path) -> LibraryDataset:
    """Undo the last `remove`."""
    if place.parent != folder() / BIN or not place.is_dir():
        raise LibraryError("It is gone for good: import it again.")
    back = _free_folder(place.name)
    os.rename(place, back)
    one = LibraryDataset(back)
    name = _free_name(one.name, but=one)
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
    """The name on one line, without spaces around it. Raises `LibraryError` where nothing or too much is left."""
    name = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", name).split())
    if not name or len(name) > LONGEST_NAME:
        raise LibraryError(f"A dataset needs a name of 1 to {LONGEST_NAME} letters.")
    return name


def _says(job: Job) -> str:
    """What a job does with a dataset, in words."""
    command = job.status.command[1] if len(job.status.command) > 1 else "train"
    return {
        "check": "its images are being checked",
        "train": f"the run “{job.folder.name}” trains on it",
        "find-lr": "a learning rate is searched for it",
        "review": "its labels are being reviewed",
    }.get(command, "a job reads it")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _free_name(name: str, but: LibraryDataset | None = None) -> str:
    taken = {one.name.casefold() for one in all_sets() if but is None or one.folder != but.folder}
    number, wanted = 2, name
    while name.casefold() in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def _free_folder(name: str) -> Path:
    """A folder's name that is safe on every system, made from the dataset's."""
    slug = re.sub(r"[^\w]+", "-", name).strip("-_")[:40] or "set"
    number, place = 2, folder() / slug
    while place.exists():
        place, number = folder() / f"{slug}-{number}", number + 1
    return place
