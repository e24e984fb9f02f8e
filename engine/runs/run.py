"""A run is a folder: what was asked, what happened, the weights, and predictions for the validation images.

`engine.runs.files` names its files. While it trains, `engine.training.run_logger` writes some of them, and
`engine.training.checkpoints` what resuming needs.
"""

import contextlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from engine import paths, tasks
from engine.config import ConfigError, TrainConfig
from engine.data.formats.dataset_manifest import is_on_shelf, read_note
from engine.data.formats.record import DatasetError
from engine.functional import loss_registry
from engine.functional.decisions import decide
from engine.jobs import access, user_scope
from engine.jobs.atomic_write import write_text, write_whole
from engine.jobs.job import LOG, Job
from engine.jobs.last_lines import last_lines
from engine.jobs.status import FAILED, FINISHED, MISSING, STATUS, STOPPED, Progress, Status
from engine.runs import calibration, files
from engine.runs.calibration import Calibration, CalibrationError

USABLE = (FINISHED, STOPPED)
GONE = "pictures"
"""Never made: in its place lie the pictures of a run that are not at hand."""
_NEEDED = (files.VOCAB, files.METRICS, files.HISTORY, files.WEIGHTS, files.PREDICTIONS)


class RunError(ValueError):
    """A run folder that cannot be used; one sentence that names every missing or broken piece."""


@dataclass(frozen=True)
class Predictions:
    """What a run answers to its validation pictures: `logits` (N, C), `targets` (N, C) of 0/1."""

    fnames: list[str]
    logits: np.ndarray
    targets: np.ndarray
    vocab: tuple[str, ...]
    task: str
    loss: str = ""
    temperatures: np.ndarray | None = None

    @cached_property
    def probs(self) -> np.ndarray:
        """(N, C): sigmoids or softmax, as the run's loss has it, of the logits divided by their `temperatures` (C,)."""
        logits = self.logits if self.temperatures is None else self.logits / self.temperatures
        return loss_registry.choice(self.task, self.loss or tasks.get(self.task).losses[0]).predictions(
            logits
        )

    def decisions(self, thresholds: Mapping[str, float]) -> np.ndarray:
        """(N, C) bool: the labels that are predicted, given a threshold for each of them."""
        return decide(self.task, self.probs, [thresholds[label] for label in self.vocab])

    def with_temperatures(self, temperatures: np.ndarray | None) -> "Predictions":
        """The same with other temperatures (C,), or uncalibrated."""
        return replace(self, temperatures=temperatures)


@dataclass(frozen=True)
class PointPredictions:
    """Predicted and true points (N, 2) in pixels of each picture, whose sizes are `sizes_wh` (N, 2)."""

    fnames: list[str]
    points_px: np.ndarray
    targets_px: np.ndarray
    sizes_wh: np.ndarray
    groups: list[str]


class Run:
    """A run's folder, readable while training writes in it.

    Raises `RunError` where there is no run, or none that the current user may read.
    """

    def __init__(self, folder: Path | str):
        self.folder = access.authorize(folder, RunError)
        try:
            self.config = TrainConfig.from_json(self._text(files.CONFIG))
        except ConfigError as error:
            raise RunError(
                f"The run in {self.folder.name!r} has an unusable config.json: {error}."
            ) from error

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def task(self) -> str:
        return self.config.task

    @property
    def is_imported(self) -> bool:
        """Whether the run was trained elsewhere, so that its pictures are not at hand unless they are the samples."""
        return (self.folder / files.IMPORTED).is_file()

    @property
    def data(self) -> Path:
        """The folder or table that the run was trained on; for an imported run never one outside of what is its own.

        A folder that a stranger's file names is not looked into: only the samples are the same everywhere. Nor is one
        that the current user may not read: its pictures count as gone.
        """
        given = Path(self.config.data)
        found = given if given.is_absolute() else paths.ROOT / given
        if not access.is_allowed(found):
            return self.folder / GONE
        if self.is_imported and not found.resolve().is_relative_to(paths.SAMPLE_DATA.resolve()):
            return self.folder / GONE
        return found

    @property
    def job(self) -> Job:
        """The job that trains it."""
        return Job(self.folder)

    @property
    def job_status(self) -> Status:
        """How its job stands; `failed` where the current user may not read that."""
        try:
            self._file(STATUS)
        except RunError:
            return Status(FAILED, MISSING)
        return self.job.status

    @property
    def status(self) -> dict[str, str]:
        """`state`, one of `engine.jobs.status.STATES`, and `message`, "" where there is nothing to say."""
        status = self.job_status
        return {"state": status.state, "message": status.message}

    @property
    def state(self) -> str:
        """One of `engine.jobs.status.STATES`."""
        return self.job_status.state

    @property
    def progress(self) -> Progress:
        """How far the present activity is."""
        return self.job_status.progress

    @property
    def losses(self) -> pd.DataFrame:
        """The loss of every batch so far: step, epoch, loss; empty before the first is told."""
        return self._table_if_there(files.LOSSES)

    @property
    def watched(self) -> pd.DataFrame:
        """A row per epoch and watched validation picture: epoch, fname, and the outputs 0, 1, ...; else empty."""
        return self._table_if_there(files.WATCHED, dtype={"fname": str})

    @property
    def pictures(self) -> pd.DataFrame:
        """Every picture of the run: fname, is_valid, and labels (separated by |) or x, y, width, height."""
        return self._table(files.PICTURES, dtype={"fname": str, "labels": str}, keep_default_na=False)

    @property
    def log(self) -> str:
        """The last lines of what the run printed, each as a terminal would show it in the end."""
        return last_lines(self._file(LOG))

    @property
    def vocab(self) -> tuple[str, ...]:
        return tuple(str(label) for label in self._json(files.VOCAB, list))

    @property
    def history(self) -> pd.DataFrame:
        """A row per finished epoch; empty before the first."""
        return self._table_if_there(files.HISTORY)

    @property
    def metrics(self) -> dict[str, float]:
        return self._json(files.METRICS, dict)

    @property
    def predictions(self) -> Predictions | PointPredictions:
        """The answers to the validation part, as they were when training ended; probabilities are calibrated."""
        table = self._table(files.PREDICTIONS, dtype={"fname": str, "group": str}, keep_default_na=False)
        temperatures = self.temperatures
        try:
            if tasks.get(self.task).has_points:
                return _read_points(table)
            return _read_labels(table, self.vocab, self.config).with_temperatures(temperatures)
        except (KeyError, ValueError) as error:
            raise RunError(
                f"The run {self.name!r} has a predictions.csv that does not fit its vocabulary: train it again."
            ) from error

    @property
    def calibration(self) -> Calibration | None:
        """How its probabilities were calibrated; None where they are not. Raises `RunError`."""
        try:
            return calibration.load(self.folder, self.vocab)
        except CalibrationError as error:
            raise RunError(f"The run {self.name!r} has an unusable calibration: {error}") from error

    @property
    def temperatures(self) -> np.ndarray | None:
        """What the logits of each label are divided by, (C,) float32; None where the run is not calibrated."""
        found = self.calibration if tasks.get(self.task).has_labels else None
        return None if found is None else found.temperatures(self.vocab)

    @property
    def thresholds(self) -> dict[str, float]:
        """Label -> the calibrated probability above which the run says yes: those saved, else the configuration's."""
        chosen = dict.fromkeys(self.vocab, self.config.threshold)
        if (self.folder / files.THRESHOLDS).exists():
            saved = self._json(files.THRESHOLDS, dict)
            chosen |= {label: float(value) for label, value in _checked_thresholds(saved, self.vocab).items()}
        return chosen

    def save_thresholds(self, thresholds: Mapping[str, float]) -> None:
        """Keep a threshold in [0, 1] for each named label; prediction uses them from now on."""
        if not tasks.get(self.task).allows_several_labels:
            raise RunError(f"The run {self.name!r} is {self.task}: only multi-label runs have thresholds.")
        self._must_be_own()
        checked = {
            label: float(value) for label, value in _checked_thresholds(thresholds, self.vocab).items()
        }
        try:
            write_text(self.folder / files.THRESHOLDS, json.dumps(checked, indent=2) + "\n")
        except OSError as error:
            raise RunError(
                f"The thresholds could not be saved in {self.folder}: {error.strerror}."
            ) from error

    def reset_thresholds(self) -> None:
        """Go back to the configuration's threshold."""
        self._must_be_own()
        (self.folder / files.THRESHOLDS).unlink(missing_ok=True)

    def _must_be_own(self) -> None:
        """A visitor in private mode does not change a bundled run, which everybody uses."""
        if not access.is_allowed(self.folder, to_write=True):
            raise RunError(
                f"The run {self.name!r} is shared by everybody: train one of your own to change its thresholds."
            )

    def picture(self, fname: str) -> Path:
        """Where a picture of the run's data lies; one that the current user may not read counts as gone."""
        file = self._pictures_folder / fname
        return file if access.is_allowed(file) else self.folder / GONE / "gone"

    @cached_property
    def _pictures_folder(self) -> Path:
        """The folder that names of pictures are relative to: that of a table, or what a set on the shelf points at."""
        at = self.data
        with contextlib.suppress(DatasetError):
            at = read_note(at).data_of(at) if is_on_shelf(at) else at
        if not access.is_allowed(at):
            return self.folder / GONE
        return at if at.is_dir() else at.parent

    def problems(self) -> list[str]:
        """Everything that keeps a run from being used; an empty list when it is ready."""
        if self.state not in USABLE:
            return [f"it is {self.state}"]
        found = [f"{name} is missing" for name in _NEEDED if not (self.folder / name).is_file()]
        for name, kind in ((files.VOCAB, list), (files.METRICS, dict)):
            try:
                if (self.folder / name).is_file():
                    self._json(name, kind)
            except RunError:
                found.append(f"{name} is broken")
        return found

    def _file(self, name: str) -> Path:
        """One of its files. Raises `RunError` for a link to one that the current user may not read."""
        return access.authorize(self.folder / name, RunError)

    def _text(self, name: str) -> str:
        file = self._file(name)
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise RunError(f"There is no run in {str(self.folder)!r}: {name} is missing.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"The run {self.name!r} has an unreadable {name}.") from error

    def _json(self, name: str, kind: type):
        try:
            value = json.loads(self._text(name))
        except (ValueError, RecursionError) as error:
            if isinstance(error, RunError):
                raise
            raise RunError(f"The run {self.name!r} has a broken {name}: it is not valid JSON.") from error
        if not isinstance(value, kind):
            raise RunError(f"The run {self.name!r} has a broken {name}: it should be a JSON {kind.__name__}.")
        return value

    def _table_if_there(self, name: str, **options) -> pd.DataFrame:
        return self._table(name, **options) if (self.folder / name).exists() else pd.DataFrame()

    def _table(self, name: str, **options) -> pd.DataFrame:
        file = self._file(name)
        try:
            return pd.read_csv(file, **options)
        except FileNotFoundError as error:
            raise RunError(f"The run {self.name!r} has no {name}: it has not finished.") from error
        except (OSError, ValueError) as error:
            raise RunError(f"The run {self.name!r} has a broken {name}: train it again.") from error


def _checked_thresholds(thresholds: Mapping[str, float], vocab: tuple[str, ...]) -> Mapping[str, float]:
    problems = [f"{label!r} is not one of its labels" for label in thresholds if label not in vocab]
    problems += [
        f"the threshold of {label!r} should be a number from 0 to 1, but is {value!r}"
        for label, value in thresholds.items()
        if not _is_share(value)
    ]
    if problems:
        raise RunError(f"These thresholds do not fit the run: {'; '.join(problems)}.")
    return thresholds


def _is_share(value: object) -> bool:
    return (
        not isinstance(value, bool)
        and isinstance(value, int | float)
        and 0 <= value <= 1
        and math.isfinite(value)
    )


def _read_labels(table: pd.DataFrame, vocab: tuple[str, ...], config: TrainConfig) -> Predictions:
    logits = table[[f"logit:{label}" for label in vocab]].to_numpy(np.float32)
    targets = table[[f"target:{label}" for label in vocab]].to_numpy(np.uint8)
    return Predictions(table["fname"].tolist(), logits, targets, vocab, config.task, config.loss)


def _read_points(table: pd.DataFrame) -> PointPredictions:
    pair = [table[[f"{kind}_x", f"{kind}_y"]].to_numpy(float) for kind in ("predicted", "target")]
    sizes = table[["width", "height"]].to_numpy(float)
    return PointPredictions(table["fname"].tolist(), *pair, sizes, table["group"].tolist())


def labels_table(predictions: Predictions) -> pd.DataFrame:
    """The table that `Run.predictions` reads back for labels."""
    columns = {"fname": predictions.fnames}
    columns |= {f"logit:{label}": predictions.logits[:, i] for i, label in enumerate(predictions.vocab)}
    columns |= {f"target:{label}": predictions.targets[:, i] for i, label in enumerate(predictions.vocab)}
    return pd.DataFrame(columns)


def points_table(predictions: PointPredictions) -> pd.DataFrame:
    """The table that `Run.predictions` reads back for points."""
    columns = {"fname": predictions.fnames, "group": predictions.groups}
    for kind, points in (("predicted", predictions.points_px), ("target", predictions.targets_px)):
        columns |= {f"{kind}_x": points[:, 0], f"{kind}_y": points[:, 1]}
    return pd.DataFrame(columns | {"width": predictions.sizes_wh[:, 0], "height": predictions.sizes_wh[:, 1]})


def pictures_table(table: pd.DataFrame) -> pd.DataFrame:
    """A data set's table as `Run.pictures` reads it back: labels in one cell, separated by |."""
    if "labels" not in table:
        return table
    return table.assign(labels=table["labels"].map("|".join))


def save_predictions(folder: Path, predictions: Predictions | PointPredictions) -> None:
    """Write what `Run.predictions` reads back."""
    as_table = labels_table if isinstance(predictions, Predictions) else points_table
    save_table(folder, files.PREDICTIONS, as_table(predictions))


def save_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Write a table into a run's folder as CSV, whole, with digits enough to read float32 back exactly."""
    write_whole(folder / name, lambda path: table.to_csv(path, index=False, float_format="%.9g"))


def without_nan(record: Mapping) -> dict:
    """A record that is valid JSON: numbers that are not finite become None."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in record.items()
    }


def create(config: TrainConfig, folder: Path) -> Run:
    """A new run that waits for somebody to train it. Raises `RunError` where there is a run already."""
    if (folder / files.CONFIG).exists():
        raise RunError(f"There is a run in {folder} already: choose another --out, or delete that folder.")
    write_text(folder / files.CONFIG, config.to_json())
    Job(folder).create()
    return Run(folder)


def all_runs() -> list[Run]:
    """Every run that can be read, the bundled ones first, then the user's own by name."""
    return [
        run
        for parent in (paths.BUNDLED_RUNS, user_scope.own_folder(paths.runs_folder()))
        for run in _runs_in(parent)
    ]


def ready_runs(task: str | None = None) -> list[Run]:
    """The finished and complete runs (of one task), the bundled ones first."""
    return [run for run in all_runs() if task in (None, run.task) and not run.problems()]


def _runs_in(parent: Path) -> list[Run]:
    found = []
    for folder in sorted(parent.iterdir()) if parent.is_dir() else []:
        try:
            found.append(Run(folder))
        except RunError:
            continue
    return found
