"""Label reviews as background jobs: ranking a dataset, and measuring the effect of what was fixed since."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import paths, tasks
from engine.data import edits, formats
from engine.data.edits import Decision
from engine.data.formats import Dataset
from engine.data.formats.bad_rows import SET_ASIDE
from engine.data.formats.dataset_manifest import is_in_library
from engine.data.unreadable_images import with_readable
from engine.experiments.label_review import storage
from engine.experiments.label_review.ranking import rank
from engine.experiments.label_review.reviewed_images import decided_since
from engine.experiments.label_review.storage import ReviewError
from engine.jobs import executors, user_scope
from engine.jobs.job import Job
from engine.jobs.reporter import working

Past = tuple[tuple[Decision, bool], ...]
"""All decisions that were ever made about a dataset, and whether each stands."""


class Review(Job):
    """The review of one dataset, by its folder; it can always be made again."""

    @property
    def is_ranked(self) -> bool:
        """Whether there is a ranking to show, perhaps while another is being made."""
        return (self.folder / storage.RANKING).is_file()

    @property
    def has_difference(self) -> bool:
        return (self.folder / storage.DIFFERENCE).is_file()


def review_of(name: str) -> Review:
    """The review of the dataset of that name; there may be none yet."""
    slug = re.sub(r"[^\w-]+", "-", name).strip("-")[:40]
    digest = hashlib.sha256(name.encode()).hexdigest()[:10]
    return Review(user_scope.own_folder(paths.cache_folder()) / "reviews" / f"{slug}-{digest}")


def start(review: Review, data: Path, task: str, measure: bool = False) -> None:
    """Rank a dataset in a process of its own, or, with `measure`, measure the effect of what was fixed since."""
    if review.is_active:
        return
    command = ["review", "--data", str(data.resolve()), "--task", task]
    command += ["--into", str(review.folder.resolve()), *(["--difference"] if measure else [])]
    review.start("engine", *command, executor=executors.chosen())


def work(review: Review, data: Path, task: str, measure: bool, show: Callable[[str, float], object]) -> dict:
    """Rank a dataset, or measure the effect of what was fixed since, in this process; returns the result.

    Raises `DatasetError`, `WeightsError` and `ReviewError`; the review's status says the same.
    """

    def report_to_both(text: str, share: float) -> None:
        show(text, share)
        report.show(text, share)

    with working(review) as report:
        return (_measured if measure else _ranked)(review, data, task, report_to_both)


def _ranked(review: Review, data: Path, task: str, show: Callable[[str, float], object]) -> dict:
    show("Reading the dataset", 0.0)
    past = edits.read(data if is_in_library(data) else edits.home(data)).past
    dataset = formats.load(data, task)
    return with_readable(dataset, lambda part: _ranked_part(review, part, past, show))


def _ranked_part(review: Review, dataset: Dataset, past: Past, show: Callable[[str, float], object]) -> dict:
    from engine.experiments.label_review import cross_validation

    seen = _features(review, dataset, show)
    predictions = cross_validation.predictions(
        dataset, seen, lambda share: show("Judging each image with heads that never saw it", share)
    )
    show("Ranking", 0.0)
    ranking = rank(dataset, predictions)
    aside = tuple(note for note in dataset.notes if note.startswith(SET_ASIDE))
    ranking = replace(ranking, notes=(*ranking.notes, *aside))
    (review.folder / storage.DIFFERENCE).unlink(missing_ok=True)
    storage.save_dataset(review.folder, dataset)
    storage.save_ranking(review.folder, ranking, len(past), _decided_earlier(review, past))
    counts = {"pictures": len(ranking.table), "look_wrong": int(ranking.table["looks_wrong"].sum())}
    return counts | (ranking.judges.record() if ranking.judges else {})


def _decided_earlier(review: Review, past: Past) -> set[str]:
    """The images that were decided in the ranking that is about to be replaced, and in those before it."""
    try:
        ranking, before = storage.ranking(review.folder)
        earlier = storage.decided_earlier(review.folder)
    except ReviewError:
        return set()
    return {*earlier, *decided_since(past, before, ranking.table["fname"])}


def _features(review: Review, dataset: Dataset, show: Callable[[str, float], object]) -> np.ndarray:
    """The features of the images; those of the last review where it had all of them."""
    from engine.training import features

    try:
        earlier = storage.dataset(review.folder)
        rows = {fname: at for at, fname in enumerate(earlier.table["fname"])}
        if earlier.folder == dataset.folder.resolve() and set(dataset.table["fname"]) <= rows.keys():
            seen = features.of_dataset(earlier, show, output=_output(earlier))
            return np.asarray(seen[[rows[fname] for fname in dataset.table["fname"]]])
    except (ReviewError, formats.DatasetError):
        pass
    return features.of_dataset(dataset, show, output=_output(dataset))


def _output(dataset: Dataset) -> str:
    """Points need features that know where things are; those of the drawings' backbone know it well enough pooled."""
    from engine.training.backbones import GRID, PHOTOGRAPHS, POOLED, default_for

    is_grid = tasks.get(dataset.task).has_points and default_for(dataset.folder) == PHOTOGRAPHS
    return GRID if is_grid else POOLED


def _measured(review: Review, data: Path, task: str, show: Callable[[str, float], object]) -> dict:
    from engine.experiments.label_review.effect_of_fixes import difference

    show("Reading the dataset", 0.0)
    before, after = storage.dataset(review.folder), formats.load(data, task)
    seen = _features(review, before, show)
    effect = difference(before, after, seen, lambda share: show("Training before and after", share))
    storage.save_difference(review.folder, effect)
    return effect
