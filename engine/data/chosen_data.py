"""The dataset that a command is given: a path, or the name of a dataset in the library, read as flags say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.data import library
from engine.data.archives import archive
from engine.data.formats import DatasetError
from engine.data.formats.dataset_manifest import is_in_library
from engine.data.formats.read_options import ReadOptions
from engine.data.imports import import_worker
from engine.data.library import LibraryDataset
from engine.data.storage import datasets
from engine.paths import storage_address

AS_DETECTED = ReadOptions()


def resolve(
    data: str, options: ReadOptions = AS_DETECTED, show: Callable[[float], object] = lambda share: None
) -> str:
    """Where a dataset lies that was given as a path or by its name in the library; a path that is there comes first.

    A dataset in storage is copied into the cache first; `show` gets the share that is here.

    With options a folder or table is imported as `import` does, read where it lies, so that a run reads it in the same
    way whenever it goes on; the same path with the same options is imported once. What is neither stays as it is.
    Raises `DatasetError` for options for a dataset of the library, which is read as it was imported, and what
    `import_folder` and `storage.datasets.fetch` raise.
    """
    if address := storage_address(data):
        data = str(datasets.fetch(address, show))
    path, named = Path(data), library.find(data)
    if named is not None and not path.exists():
        path = named.data_path
    if options == AS_DETECTED:
        return str(path) if named is not None and path == named.data_path else data
    if named is not None or is_in_library(path):
        raise DatasetError(
            f"“{data}” is in the library and is read as it was imported; change that on the page Your data, or give the"
            " folder or table with these flags."
        )
    known = _imported(path, options)
    if known is None:
        bring = import_worker.import_path if archive.is_archive(path) else import_worker.import_folder
        known = bring(path, options=options)
    return str(known.data_path)


def _imported(path: Path, options: ReadOptions) -> LibraryDataset | None:
    """The dataset of the library that is read where it lies, and in this way."""
    return next(
        (
            one
            for one in library.all_sets()
            if one.manifest.in_place and one.manifest.chosen_options == options and _is_same(one, path)
        ),
        None,
    )


def _is_same(one: LibraryDataset, path: Path) -> bool:
    place = Path(one.manifest.in_place).resolve()
    return place == path.resolve() or (path.is_dir() and place == import_worker.descend(path).resolve())
