"""What can be reviewed: the samples and every dataset in the library, and where the decisions about each are kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from engine import paths
from engine.data import edits, library, shared_datasets
from engine.data.edits import Decision, Decisions
from engine.data.library import LibraryDataset
from engine.experiments.label_review import job
from engine.experiments.label_review.job import Review
from engine.experiments.label_review.reviewed_images import MADE_HERE, made_since
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

_REVIEWED = "{}, reviewed"


@dataclass(frozen=True)
class Subject:
    """A dataset to review.

    Decisions never change the bundled samples, from which the lessons read: with the first one the sample is
    added to the dataset library, as a folder elsewhere, and the decisions are kept there.

    Attributes: `key`, a short name for addresses; `title`; `task`; `sample`, the bundled folder, or None; `entry`,
    the dataset in the library, or None for a sample without decisions.
    """

    key: str
    title: str
    task: str
    sample: Path | None
    entry: LibraryDataset | None

    @property
    def data(self) -> Path:
        """What `engine.data.formats.load` reads, decisions applied."""
        return self.entry.data_path if self.entry else self._sample_folder

    @property
    def job(self) -> Review:
        """Its review, made or not."""
        folder = self.entry.folder if self.entry and not self.sample else self._sample_folder
        return job.review_of(f"{folder} {self.task}")

    @property
    def _sample_folder(self) -> Path:
        """The bundled folder. Raises `ValueError` for a subject that is neither a sample nor in the library."""
        if self.sample is None:
            raise ValueError(f"{self.title} is neither a bundled sample nor in the dataset library.")
        return self.sample

    @cached_property
    def decisions(self) -> Decisions:
        """What was decided about it so far, wherever."""
        return edits.read(self.entry.folder) if self.entry else Decisions()

    def decide(self, fname: str, kind: str, value: object = None) -> Subject:
        """Keep a decision at once; returns the subject as it is then. Raises `DecisionError` and `LibraryError`."""
        entry = self.entry or library.add(
            _REVIEWED.format(self.title), self.task, in_place=self.sample, source="the bundled samples"
        )
        edits.add(entry.folder, fname, kind, value)
        return replace(self, entry=entry)

    def undo(self, before: int) -> Decision | None:
        """Cancel the latest decision of a review's kinds that was made after the first `before` ones."""
        if not self.entry or not self.made_since(before):
            return None
        return edits.undo(self.entry.folder, MADE_HERE)

    def made_since(self, before: int) -> list[Decision]:
        """The standing decisions of a review's kinds that were made after the first `before` ones, oldest first."""
        return made_since(self.decisions.past, before)

    def known_wrong(self) -> Collection[str]:
        """The images whose labels are wrong on purpose; only samples have any."""
        table = self.sample / "wrong_labels.csv" if self.sample else None
        if table is None or not table.exists():
            return ()
        return {f"train/{fname}" for fname in pd.read_csv(table, dtype=str)["fname"]}


def all_subjects() -> list[Subject]:
    """The samples first, then the datasets in the library."""
    every = shared_datasets.usable_sets()
    samples = [_sample(*about, every) for about in _samples()]
    taken = {subject.entry.folder for subject in samples if subject.entry}
    imported = [
        Subject(_key(dataset), dataset.title, dataset.task, None, dataset)
        for dataset in every
        if dataset.folder not in taken
    ]
    return [*samples, *imported]


def _key(dataset: LibraryDataset) -> str:
    """Its folder's name; of another person's dataset, also whose it is: names may be the same."""
    folder = dataset.folder
    return f"{folder.parent.name}-{folder.name}" if dataset.is_shared_with_me else folder.name


def _samples() -> list[tuple[str, str, str, Path]]:
    samples = [
        ("scenes", "Sample scenes", MULTI_LABEL, paths.SCENES),
        ("scenes-one-label", "Sample scenes, one label", SINGLE_LABEL, paths.SCENES),
        ("heads", "Sample heads", POINTS, paths.HEADS),
    ]
    return [about for about in samples if about[3].is_dir()]


def _sample(key: str, title: str, task: str, folder: Path, every: list[LibraryDataset]) -> Subject:
    place = str(folder.resolve())
    refer = [one for one in every if one.manifest.in_place == place and one.task == task]
    own = [one for one in refer if not one.is_shared_with_me]
    return Subject(key, title, task, folder, own[0] if own else None)
