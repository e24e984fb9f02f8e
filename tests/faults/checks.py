"""What must be true after a fault: what was reported as saved is there, nothing is left over, and work can go on."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from safetensors.numpy import load_file

from engine.data import edits, library
from engine.data.formats import DatasetError, load
from engine.data.imports import leftovers
from engine.experiments.label_review import job as review_job
from engine.experiments.label_review import storage
from engine.export.bundle import job as bundle_job
from engine.jobs import temporary
from engine.jobs.status import FINISHED
from engine.runs import Run, RunError, damaged
from tests.faults import work
from tests.faults.children import Child, Outcome, environment

Problems = Iterator[str]
REFERENCE = "reference"
SECONDS_TO_LEAVE = 20
"""So long a process may need to notice that the one which waits for it was killed."""


@contextmanager
def at_home(home: Path) -> Iterator[None]:
    """Let this process use the datasets, runs and cache of a home while the block runs."""
    kept = dict(os.environ)
    os.environ.update(environment(home))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def whole_labels(home: Path, outcome: Outcome) -> Problems:
    kept = {decision.id for decision, _ in edits.read(work.journal(home)).past}
    yield from (f"decision {one} is lost" for one in outcome.saved if one not in kept)
    again = edits.add(work.journal(home), "000.png", edits.LABELS, ["blue"])
    decisions = edits.read(work.journal(home))
    if again.id not in {one.id for one, _ in decisions.past}:
        yield "nothing can be decided any more"
    if len(decisions.notes) > 1:
        yield f"more than the torn line is unreadable: {decisions.notes}"


def whole_import(home: Path, outcome: Outcome) -> Problems:
    yield from _library_is_whole()
    there = {one.name: one for one in library.all_sets()}
    yield from (f"dataset {name} is lost" for name in outcome.saved if name not in there)
    for one in there.values():
        try:
            if len(one.record().table) != work.IMAGES:
                yield f"dataset {one.name} has lost images"
        except DatasetError as error:
            yield f"dataset {one.name} is half there: {error}"
    yield from _goes_on(work.import_zip, home)


def whole_library(home: Path, outcome: Outcome) -> Problems:
    """The last two words count: the next change may have happened without being told."""
    yield from _library_is_whole()
    folders = {one.folder.name for one in library.all_sets()}
    binned = {one.name for one in (library.folder() / library.BIN).glob("*")}
    for told in {told.split()[1] for told in outcome.saved}:
        if told not in folders | binned:
            yield f"dataset in {told} is lost"
    yield from _goes_on(work.change_library, home)


def _library_is_whole() -> Problems:
    yield from (f"damaged: {one.reason}" for one in library.damaged())


def whole_export(home: Path, outcome: Outcome) -> Problems:
    file = work.exported(home)
    if outcome.saved and not file.exists():
        yield "the zip is lost"
    if file.exists() and not _is_whole_zip(file):
        yield "the zip is half there"
    yield from _goes_on(work.export_data, home)
    if file.read_bytes() != (home.parent / "reference.zip").read_bytes():
        yield "the zip is another than that of undisturbed work"
    if left := [path.name for path in home.glob(".*")]:
        yield f"the next export leaves what the killed one did: {left}"


def whole_bundle(home: Path, outcome: Outcome) -> Problems:
    bundle = bundle_job.BundleJob(Run(work.run_folder(home)))
    if outcome.saved and not bundle.file.exists():
        yield "the bundle is lost"
    if bundle.file.exists() and not _is_whole_zip(bundle.file):
        yield "the bundle is half there"
    if bundle.is_active:
        yield "the bundle is said to be made still"


def whole_predictions(home: Path, outcome: Outcome) -> Problems:
    yield from _goes_on(work.predict, home)
    if work.predicted(home).read_bytes() != (home.parent / "reference.csv").read_bytes():
        yield "the predictions are others than those of undisturbed work"


def whole_review(home: Path, outcome: Outcome) -> Problems:
    review = review_job.review_of("squares")
    if review.is_active:
        yield "the review is said to be made still"
    if outcome.saved and not review.is_ranked:
        yield "the ranking is lost"
    yield from _goes_on(work.review, home)
    ranking, _ = storage.ranking(review.folder)
    if len(ranking.table) != work.IMAGES:
        yield "the ranking is not whole"


def whole_thresholds(home: Path, outcome: Outcome) -> Problems:
    kept = set(Run(work.run_folder(home)).thresholds.values())
    told = float(outcome.saved[-1]) if outcome.saved else 0.0
    if len(kept) > 1 or (outcome.saved and min(kept) < told):
        yield f"thresholds {told} became {kept}"


def whole_quick_run(home: Path, outcome: Outcome) -> Problems:
    yield from _whole_run(home, outcome, work.train_quick)


def whole_fastai_run(home: Path, outcome: Outcome) -> Problems:
    yield from _whole_run(home, outcome, work.train_fastai)


def _whole_run(home: Path, outcome: Outcome, train: Callable) -> Problems:
    """A run that has not ended goes on, and ends as one that was never disturbed."""
    folder = work.run_folder(home)
    shown = {one.folder: one.reason for one in damaged.damaged()}
    if (folder / "config.json").exists() and (folder / "status.json").exists():
        yield from (f"an interrupted run is damaged: {reason}" for reason in shown.values())
    state = Run(folder).state if (folder / "config.json").exists() else "gone"
    if outcome.saved and state != FINISHED:
        yield f"a run told to be finished is {state}"
    if state != FINISHED:
        yield from _goes_on(train, home)
    yield from same_as_reference(folder, home.parent / REFERENCE)


def same_as_reference(folder: Path, reference: Path) -> Problems:
    """Weights, losses and history, `train_loss` among it, are to the last digit those of the undisturbed run."""
    run, wanted = Run(folder), Run(reference)
    if run.state != FINISHED:
        yield f"the run is {run.state}: {run.status['message']}"
        return
    yield from (f"the run is damaged: {problem}" for problem in run.problems())
    if (folder / "predictions.csv").read_bytes() != (reference / "predictions.csv").read_bytes():
        yield "predictions.csv is another than that of the undisturbed run"
    if _tensors(folder) != _tensors(reference):
        yield "the weights are others than those of the undisturbed run"
    for name in ("history", "losses"):
        one, other = getattr(run, name), getattr(wanted, name)
        if list(one) != list(other) or not np.array_equal(
            one.to_numpy(float), other.to_numpy(float), equal_nan=True
        ):
            yield f"{name} is another than that of the undisturbed run: {one.to_dict('list')} {other.to_dict('list')}"
    if (folder / "checkpoint.safetensors").exists():
        yield "the checkpoint is left"


def _tensors(folder: Path) -> dict[str, bytes]:
    """The weights of a run by name; the file's bytes would not do, since its notes are in no fixed order."""
    return {name: array.tobytes() for name, array in load_file(folder / "weights.safetensors").items()}


def _goes_on(piece: Callable, home: Path) -> Problems:
    """The same work, done again, comes to its end."""
    again = Child(piece, home).outcome()
    if not again.is_done:
        yield f"the work does not go on: {again.error}"


def nothing_left(home: Path) -> Problems:
    """After the next start, no temporary file, no unpacked upload and no process of this home is left."""
    leftovers.sweep()
    for path in (path for kept in ("runs", "data", "cache") for path in (home / kept).rglob("*")):
        if temporary._TAG.search(path.name):
            yield f"a temporary file is left: {path.relative_to(home)}"
        if path.parent.parent.name == ".incoming" and path.name in ("files", "unpacked"):
            yield f"an upload is left: {path.relative_to(home)}"
    end = time.monotonic() + SECONDS_TO_LEAVE
    while (lines := processes_of(home)) and time.monotonic() < end:
        time.sleep(0.1)
    yield from (f"a process is left: {line}" for line in lines)


def processes_of(home: Path) -> list[str]:
    """The command lines of processes that name a home."""
    lines = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        if f"{home}{os.sep}" in line:
            lines.append(line)
    return lines


def _is_whole_zip(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as opened:
            return opened.testzip() is None
    except (zipfile.BadZipFile, OSError):
        return False


def readable(folder: Path) -> Problems:
    """Everything that pages ask of a run answers, or says in the engine's own words why not."""
    try:
        run = Run(folder)
    except RunError:
        return
    questions = (
        "status", "progress", "losses", "watched", "images", "log", "vocab", "history", "metrics", "predictions",
        "calibration", "temperatures", "thresholds", "data",
    )  # fmt: skip
    for question in questions:
        try:
            getattr(run, question)
        except RunError:
            continue
        except Exception as error:
            yield f"{question} raises {type(error).__name__}: {error}"
    run.problems()


def loadable(folder: Path) -> Problems:
    """A dataset loads, or says in the engine's own words why not."""
    try:
        load(folder, work.TASK)
    except DatasetError:
        return
    except Exception as error:
        yield f"load raises {type(error).__name__}: {error}"
