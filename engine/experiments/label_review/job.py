"""Reviews run beside the pages: a child process that owns a folder and outlives a reload, as training does."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine import paths
from engine.data import edits, formats
from engine.data.formats import Dataset
from engine.data.formats.dataset_manifest import is_on_shelf
from engine.experiments.label_review import storage
from engine.experiments.label_review.ranking import rank
from engine.experiments.label_review.storage import ReviewError
from engine.jobs import process as child_process
from engine.jobs import user_scope
from engine.jobs.atomic_write import write_text
from engine.tasks import POINTS

ABSENT, RUNNING, FINISHED, FAILED = "absent", "running", "finished", "failed"
_STATUS, _LOG = "status.json", "log.txt"
_SECONDS_BETWEEN_NOTES = 0.2


@dataclass(frozen=True)
class Job:
    """The review of one data set, by its folder; it can always be made again."""

    folder: Path

    @property
    def status(self) -> dict:
        """`state`, and while it runs `activity` and `share`; `message` where it failed."""
        try:
            told = json.loads((self.folder / _STATUS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {"state": ABSENT}
        if told.get("state") == RUNNING and not child_process.is_alive(told.get("process") or {}):
            return {"state": FAILED, "message": "Its process ended without a word: look again."}
        return told

    @property
    def is_running(self) -> bool:
        return self.status["state"] == RUNNING

    @property
    def is_ranked(self) -> bool:
        """Whether there is a ranking to show, perhaps while another is being made."""
        return (self.folder / storage.RANKING).is_file()

    @property
    def has_difference(self) -> bool:
        return (self.folder / storage.DIFFERENCE).is_file()


def of(name: str) -> Job:
    """The review of the data set of that name; there may be none yet."""
    slug = re.sub(r"[^\w-]+", "-", name).strip("-")[:40]
    digest = hashlib.sha256(name.encode()).hexdigest()[:10]
    return Job(user_scope.own_folder(paths.cache_folder()) / "reviews" / f"{slug}-{digest}")


def start(job: Job, data: Path, task: str, measure: bool = False) -> None:
    """Begin to rank a data set in a process of its own, or, with `measure`, to measure what was mended since."""
    if job.is_running:
        return
    job.folder.mkdir(parents=True, exist_ok=True)
    command = ["review", "--data", str(data.resolve()), "--task", task]
    command += ["--into", str(job.folder.resolve()), *(["--difference"] if measure else [])]
    with open(job.folder / _LOG, "wb") as log:
        process = child_process.spawn("engine", *command, log=log)
    _note(job, RUNNING, process.pid, activity="Starting", share=0.0)


def work(job: Job, data: Path, task: str, measure: bool, show: Callable[[str, float], object]) -> dict:
    """Rank a data set, or measure what was mended since, in this process, and keep it. Returns what was found.

    Raises `DatasetError`, `WeightsError` and `ReviewError`, after the status says so, too.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    noted = _Noted(job, show)
    try:
        found = _measured(job, data, task, noted) if measure else _ranked(job, data, task, noted)
    except BaseException as error:
        is_ours = type(error).__module__.startswith("engine.")
        message = str(error) if is_ours else f"{type(error).__name__}: {error}"
        _note(job, FAILED, message=message)
        raise
    _note(job, FINISHED)
    return found


def _ranked(job: Job, data: Path, task: str, show: Callable[[str, float], object]) -> dict:
    from engine.experiments.label_review import cross_validation

    show("Reading the data set", 0.0)
    made = len(edits.read(data if is_on_shelf(data) else edits.home(data)).past)
    dataset = formats.load(data, task)
    seen = _features(job, dataset, show)
    answers = cross_validation.answers(
        dataset, seen, lambda share: show("Judging by heads that never saw it", share)
    )
    show("Ranking", 0.0)
    ranking = rank(dataset, answers)
    (job.folder / storage.DIFFERENCE).unlink(missing_ok=True)
    storage.save_dataset(job.folder, dataset)
    storage.save_ranking(job.folder, ranking, made)
    found = {"pictures": len(ranking.table), "look_wrong": int(ranking.table["looks_wrong"].sum())}
    return found | (ranking.judges.record() if ranking.judges else {})


def _features(job: Job, dataset: Dataset, show: Callable[[str, float], object]) -> np.ndarray:
    """The features of the pictures; those of the last review where it had all of them."""
    from engine.training import features

    try:
        earlier = storage.dataset(job.folder)
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

    is_grid = dataset.task == POINTS and default_for(dataset.folder) == PHOTOGRAPHS
    return GRID if is_grid else POOLED


def _measured(job: Job, data: Path, task: str, show: Callable[[str, float], object]) -> dict:
    from engine.experiments.label_review.difference import difference

    show("Reading the data set", 0.0)
    before, after = storage.dataset(job.folder), formats.load(data, task)
    seen = _features(job, before, show)
    found = difference(before, after, seen, lambda share: show("Training before and after", share))
    storage.save_difference(job.folder, found)
    return found


class _Noted:
    """Tell how far the work is, here and in the status."""

    def __init__(self, job: Job, show: Callable[[str, float], object]):
        self.job, self.show, self.told, self.activity = job, show, 0.0, ""

    def __call__(self, activity: str, share: float) -> None:
        self.show(activity, share)
        if activity != self.activity or time.monotonic() - self.told > _SECONDS_BETWEEN_NOTES:
            self.activity, self.told = activity, time.monotonic()
            _note(self.job, RUNNING, activity=activity, share=share)


def _note(job: Job, state: str, pid: int | None = None, **more: object) -> None:
    told = {"state": state, "process": child_process.mark(pid)} | more
    write_text(job.folder / _STATUS, json.dumps(told))
