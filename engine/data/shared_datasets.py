"""The datasets that a teacher shares with everybody: which there are, sharing one, and copying one to change it."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine import paths
from engine.data import library
from engine.data.files import IMAGES, JOURNAL
from engine.data.formats import DatasetError
from engine.data.formats.dataset_manifest import is_in_library
from engine.data.library_dataset import LibraryDataset
from engine.jobs import access, quota, shares
from engine.jobs.atomic_write import trouble
from engine.jobs.disk_use import size_of
from engine.jobs.temporary import temporary_name


def shared_sets() -> list[LibraryDataset]:
    """The datasets that a teacher shares with the present visitor, by name."""
    every = [LibraryDataset(place) for place in shares.of_others(shares.DATASET) if is_in_library(place)]
    return sorted((one for one in every if not _is_broken(one)), key=lambda one: one.name.casefold())


def usable_sets() -> list[LibraryDataset]:
    """The visitor's own datasets, then the shared ones: all that can be browsed, reviewed and trained on."""
    return [*library.all_sets(), *shared_sets()]


def by_title() -> dict[str, LibraryDataset]:
    """All usable datasets by a title that no other has."""
    titled: dict[str, LibraryDataset] = {}
    for one in usable_sets():
        number, title = 2, one.title
        while title in titled:
            title, number = f"{one.title} {number}", number + 1
        titled[title] = one
    return titled


def share(one: LibraryDataset) -> None:
    """Let everybody who has signed in read a dataset. Raises `ShareError`, also where others could not read it all."""
    place = Path(one.manifest.in_place)
    everybodys = (paths.SAMPLE_DATA, *map(paths.download_folder, paths.DOWNLOADS))
    if one.manifest.in_place and not any(place.is_relative_to(folder.resolve()) for folder in everybodys):
        raise shares.ShareError(
            "Its images are read from another folder: import them as a zip to share them."
        )
    shares.share(one.folder)


def copy(one: LibraryDataset) -> LibraryDataset:
    """A copy in the visitor's own library, with all decisions so far. Raises `LibraryError`."""
    access.authorize(one.folder, library.LibraryError)
    quota.check(library.LibraryError, 0 if one.manifest.in_place else size_of(one.source_path))
    manifest = one.manifest
    building = library.folder() / temporary_name("copying")
    try:
        building.mkdir(parents=True)
        if not manifest.in_place:
            shutil.copytree(one.source_path, building / IMAGES, symlinks=True)
        made = library.add(
            manifest.name,
            manifest.task,
            unpacked=None if manifest.in_place else building / IMAGES,
            in_place=Path(manifest.in_place) if manifest.in_place else None,
            source=manifest.source,
            options=manifest.options,
            reasons=manifest.reasons,
            other_formats=manifest.other_formats,
            chosen_options=manifest.chosen_options,
        )
        if (one.folder / JOURNAL).is_file() and access.is_allowed(one.folder / JOURNAL):
            shutil.copyfile(one.folder / JOURNAL, made.folder / JOURNAL)
    except OSError as error:
        raise library.LibraryError(f"“{one.name}” could not be copied: {trouble(error)}.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return made


def _is_broken(one: LibraryDataset) -> bool:
    try:
        return not one.name
    except DatasetError:
        return True
