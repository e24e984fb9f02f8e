"""A dataset of the library, or what is left of one, by its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.data import formats
from engine.data.files import IMAGES
from engine.data.formats import Dataset
from engine.data.formats.dataset_manifest import DatasetManifest, read_manifest
from engine.functional import label_text
from engine.jobs import access, shares


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
    def is_shared_with_me(self) -> bool:
        """Whether it is another person's: it can be read and copied, not changed."""
        return shares.is_of_another(self.folder)

    @property
    def title(self) -> str:
        """Its name, which says so where it is another person's."""
        return f"{self.name} ({shares.BY_YOUR_TEACHER})" if self.is_shared_with_me else self.name

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


@dataclass(frozen=True)
class DamagedDataset:
    """A folder of the library that is no dataset any more, or none of this version, and why, in one sentence."""

    folder: Path
    reason: str

    @property
    def title(self) -> str:
        """What to call it, since its name is not known: its folder."""
        return label_text.visible(self.folder.name)
