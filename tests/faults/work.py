"""Pieces of work that are killed or refused, each as a person would do it; `tell` hears what is reported as saved.

Every function gets a home: a folder with the datasets, runs and cache of one app (see `children.environment`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

from engine import paths, runs
from engine.config import TrainConfig
from engine.data import edits, library
from engine.data.exports import plan_export, record_to_export, write_zip
from engine.data.imports import import_worker, take
from engine.experiments.label_review import job as review_job
from engine.export.bundle import job as bundle_job
from engine.inference.batch import Batch
from engine.jobs.progress import Listener
from engine.runs import Run
from engine.training import launch, trainer
from tests.tiny_data import labelled

Tell = Callable[[str], None]
IMAGES, DECISIONS, ROUNDS = 24, 40, 6
SMALL = {"size": 32, "batch_size": 8, "hidden": 16, "device": "cpu", "dropout": 0.3}
RECIPES = {
    "quick": {"weights": "drawings", "size": 64, "device": "cpu"},
    "fastai": SMALL | {"arch": "test_resnet", "weights": "none", "epochs": 4, "lr": 0.001},
}
TASK = "multi-label"
HOUR = 3600


def dataset(home: Path) -> Path:
    """The images that are trained on; they are outside of the library."""
    place = home.parent / "squares"
    return place if place.is_dir() else labelled(place, IMAGES)


def config(home: Path, recipe: str) -> TrainConfig:
    return TrainConfig(TASK, str(dataset(home)), **RECIPES[recipe])


def run_folder(home: Path) -> Path:
    return home / "runs" / "mine"


def train_quick(home: Path, tell: Tell) -> None:
    _train(home, "quick", tell)


def train_fastai(home: Path, tell: Tell) -> None:
    _train(home, "fastai", tell)


def _train(home: Path, recipe: str, tell: Tell) -> None:
    folder = run_folder(home)
    if (folder / runs.files.CONFIG).exists():
        trainer.resume(folder, Listener())
    else:
        trainer.train(config(home, recipe), folder, Listener())
    tell(Run(folder).state)


def serve_training(home: Path, tell: Tell) -> None:
    """What the server does when a person starts a run: another process trains it, and outlives this one."""
    run = launch.start(config(home, "quick"), "mine")
    tell(run.name)
    while run.job.is_active:
        pass


def start_training(home: Path, tell: Tell) -> None:
    """Start a run and go."""
    tell(launch.start(config(home, "quick"), "mine").name)


def resume_training(home: Path, tell: Tell) -> None:
    launch.resume(Run(run_folder(home)))
    tell("resumed")


def import_zip(home: Path, tell: Tell) -> None:
    """Import an uploaded zip as the page's child process does."""
    with open(home.parent / "upload.zip", "rb") as upload:
        one = take([("pets.zip", upload)])
    import_worker.work(one)
    if one.problems:
        raise library.LibraryError(" ".join(one.problems))
    tell(one.name)


def label(home: Path, tell: Tell) -> None:
    """Decide the labels of images, one by one."""
    folder = journal(home)
    for number in range(DECISIONS):
        tell(edits.add(folder, f"{number % IMAGES:03}.png", edits.LABELS, ["red"] * (number % 2)).id)


def journal(home: Path) -> Path:
    return edits.home(dataset(home))


def change_library(home: Path, tell: Tell) -> None:
    """Add, rename, remove and put back datasets; what is told is (what is so, its name)."""
    begun = len(library.all_sets())
    for number in range(begun, begun + ROUNDS):
        one = library.add(f"set {number}", TASK, in_place=dataset(home))
        tell(f"there {one.folder.name} set {number}")
        one = library.rename(one, f"renamed {number}")
        tell(f"there {one.folder.name} renamed {number}")
        place = library.remove(one)
        tell(f"gone {one.folder.name}")
        one = library.put_back(place)
        tell(f"there {one.folder.name} renamed {number}")


def export_data(home: Path, tell: Tell) -> None:
    """Write the dataset as a zip that other programs read."""
    plan = plan_export(record_to_export(dataset(home), TASK), TASK, "pascal")
    write_zip(plan, exported(home))
    tell("zip")


def exported(home: Path) -> Path:
    return home / "export.zip"


def export_run(home: Path, tell: Tell) -> None:
    """Make the bundle of a finished run."""
    bundle = bundle_job.BundleJob(Run(run_folder(home)))
    if bundle_job.make(bundle.run, bundle.job.folder):
        raise runs.RunError(bundle.job.status.message)
    tell("zip")


def predict(home: Path, tell: Tell) -> None:
    """Predict a folder of images into a CSV file."""
    batch = Batch(Run(run_folder(home)), predicted(home))
    outcome = batch.predict([str(dataset(home) / "train")], lambda share: None, lambda sentence: None)
    tell(str(outcome.predicted))


def predicted(home: Path) -> Path:
    return home / "runs" / "predictions.csv"


def review(home: Path, tell: Tell) -> None:
    """Rank the labels of the dataset."""
    data = dataset(home)
    review_job.work(review_job.review_of("squares"), data, TASK, False, lambda text, share: None)
    tell("ranking")


def save_thresholds(home: Path, tell: Tell) -> None:
    """Move the thresholds of a run again and again."""
    run = Run(run_folder(home))
    for number in range(DECISIONS):
        share = round(0.1 + number / 100, 3)
        run.save_thresholds(dict.fromkeys(run.vocab, share))
        tell(str(share))


def nothing(home: Path, tell: Tell) -> None:
    """Load what other work needs, and do no more."""
    assert paths.runs_folder()


class _At(Listener):
    """Do something once, at the n-th thing that is reported."""

    def __init__(self, moment: int, act: Callable[[], None]):
        self.moment, self.act = moment, act

    def show(self, activity: str, share: float) -> None:
        self.moment -= 1
        if self.moment == 0:
            self.act()


def train_losing_images(home: Path, tell: Tell, recipe: str, moment: int) -> None:
    """Train while half of the images are deleted."""

    def delete() -> None:
        for image in sorted((dataset(home) / "train").iterdir())[::2]:
            image.unlink()

    trainer.train(config(home, recipe), run_folder(home), _At(moment, delete))
    tell("finished")


def train_with_clock_set_back(home: Path, tell: Tell, recipe: str, moment: int) -> None:
    """Train while the clock is set back by an hour."""
    trainer.train(config(home, recipe), run_folder(home), _At(moment, set_clock_back))
    tell("finished")


def set_clock_back() -> None:
    """Let this process see a clock that is an hour behind, as the system's own accounts of it would be."""
    now, now_ns, boot = time.time, time.time_ns, psutil._pslinux.boot_time
    time.time = lambda: now() - HOUR
    time.time_ns = lambda: now_ns() - HOUR * 10**9
    psutil._pslinux.boot_time = lambda: boot() - HOUR
