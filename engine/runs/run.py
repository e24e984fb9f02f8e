"""A run is a folder: what was asked, what happened, the weights, and the answers to the validation part.

config.json          the `TrainConfig`
vocab.json           the labels in order; [] for points
status.json          {"state": one of `STATES`, "message": ..., and which process is at work on it}
pictures.csv         every picture with its labels or point, and whether it is for validation
history.csv          a row per epoch
metrics.json         what the finished run reached
weights.safetensors  see `engine.training.weights`
predictions.csv      a row per validation picture: logits and targets, or points in pixels
calibration.json     the temperatures that logits are divided by (see `engine.runs.calibration`)
int8.json            whether the labels stay the same in 8-bit integers (see `engine.training.quick.int8_check`)
familiarity.*        which images are like those it was trained on (see `engine.inference.familiarity`)
thresholds.json      label -> threshold, once somebody has chosen them
imported.json        where an imported run comes from (see `engine.export.bundle`); its pictures stayed there
tensorboard/         what TensorBoard reads, where that was asked for

While it trains, `engine.training.run_logger` writes more, `engine.training.checkpoints` what resuming needs, and
log.txt holds what was printed.
"""

import contextlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from engine import paths
from engine.config import ConfigError, TrainConfig
from engine.data.formats.dataset_manifest import is_on_shelf, read_note
from engine.data.formats.record import DatasetError
from engine.functional import loss_registry
from engine.jobs import access, user_scope
from engine.jobs import process as child_process
from engine.jobs.atomic_write import write_text, write_whole
from engine.runs import calibration
from engine.runs.calibration import Calibration, CalibrationError
from engine.tasks import LOSSES, MULTI_LABEL, POINTS

STATES = ("waiting", "running", "finished", "stopped", "failed", "interrupted")
"""`waiting` for other runs on the same device; `stopped` by a person; `interrupted` when its process is gone."""
ACTIVE = ("waiting", "running")
USABLE = ("finished", "stopped")
STOP = "stop"
TENSORBOARD = "tensorboard"
IMPORTED = "imported.json"
SECONDS_TO_START = 60
CHILD = "child.json"
GONE = "pictures"
"""Never made: in its place lie the pictures of a run that are not at hand."""
LOG_KEPT = 20_000
_NEEDED = ("vocab.json", "metrics.json", "history.csv", "weights.safetensors", "predictions.csv")


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
        return loss_registry.choice(self.task, self.loss or LOSSES[self.task][0]).answers(logits)

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
            self.config = TrainConfig.from_json(self._text("config.json"))
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
        return (self.folder / IMPORTED).is_file()

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
    def status(self) -> dict:
        """`state`, one of `STATES`, and `message` where there is something to say."""
        try:
            told = self._json("status.json", dict)
        except RunError:
            return {"state": "failed", "message": "its status.json is missing or broken"}
        if told.get("state") in ACTIVE and not self._is_at_work(told):
            return told | {"state": "interrupted", "message": "its process ended without a word"}
        return told

    def _is_at_work(self, told: dict) -> bool:
        """Whether somebody still trains the run, or was asked to and is only starting."""
        if "queued" not in told:
            return child_process.is_alive(told)
        if (self.folder / CHILD).exists():
            return child_process.is_alive(self._json(CHILD, dict))
        return 0 <= time.time() - told["queued"] < SECONDS_TO_START

    @property
    def state(self) -> str:
        """One of `STATES`."""
        return str(self.status.get("state"))

    @property
    def progress(self) -> dict:
        """`activity`, `share` (0 to 1) of it that is done, and `seconds` it has taken; empty before it begins.

        `first_share` is what was done when those seconds began: a resumed run does not begin at 0.
        """
        try:
            return self._json("progress.json", dict)
        except RunError:
            return {}

    @property
    def seconds_left(self) -> float | None:
        """About how long what is being done takes yet; None while nobody can tell."""
        done = self.progress
        try:
            share, gone = float(done["share"]), float(done["share"]) - float(done["first_share"])
            return float(done["seconds"]) * (1 - share) / gone if gone > 0 else None
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def losses(self) -> pd.DataFrame:
        """The loss of every batch so far: step, epoch, loss; empty before the first is told."""
        return self._table_if_there("losses.csv")

    @property
    def watched(self) -> pd.DataFrame:
        """A row per epoch and watched validation picture: epoch, fname, and the outputs 0, 1, ...; else empty."""
        return self._table_if_there("watched.csv", dtype={"fname": str})

    @property
    def pictures(self) -> pd.DataFrame:
        """Every picture of the run: fname, is_valid, and labels (separated by |) or x, y, width, height."""
        return self._table("pictures.csv", dtype={"fname": str, "labels": str}, keep_default_na=False)

    @property
    def log(self) -> str:
        """The last lines of what the run printed, each as a terminal would show it in the end."""
        try:
            printed = self._file("log.txt").read_bytes()[-LOG_KEPT:].decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in printed.split("\n"))

    @property
    def vocab(self) -> tuple[str, ...]:
        return tuple(str(label) for label in self._json("vocab.json", list))

    @property
    def history(self) -> pd.DataFrame:
        """A row per finished epoch; empty before the first."""
        return self._table_if_there("history.csv")

    @property
    def metrics(self) -> dict[str, float]:
        return self._json("metrics.json", dict)

    @property
    def predictions(self) -> Predictions | PointPredictions:
        """The answers to the validation part, as they were when training ended; probabilities are calibrated."""
        table = self._table("predictions.csv", dtype={"fname": str, "group": str}, keep_default_na=False)
        temperatures = self.temperatures
        try:
            if self.task == POINTS:
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
        found = self.calibration if self.task != POINTS else None
        return None if found is None else found.temperatures(self.vocab)

    @property
    def thresholds(self) -> dict[str, float]:
        """Label -> the calibrated probability above which the run says yes: those saved, else the configuration's."""
        chosen = dict.fromkeys(self.vocab, self.config.threshold)
        if (self.folder / "thresholds.json").exists():
            saved = self._json("thresholds.json", dict)
            chosen |= {label: float(value) for label, value in _checked_thresholds(saved, self.vocab).items()}
        return chosen

    def save_thresholds(self, thresholds: Mapping[str, float]) -> None:
        """Keep a threshold in [0, 1] for each named label; prediction uses them from now on."""
        if self.task != MULTI_LABEL:
            raise RunError(f"The run {self.name!r} is {self.task}: only multi-label runs have thresholds.")
        self._must_be_own()
        checked = {
            label: float(value) for label, value in _checked_thresholds(thresholds, self.vocab).items()
        }
        try:
            write_text(self.folder / "thresholds.json", json.dumps(checked, indent=2) + "\n")
        except OSError as error:
            raise RunError(
                f"The thresholds could not be saved in {self.folder}: {error.strerror}."
            ) from error

    def reset_thresholds(self) -> None:
        """Go back to the configuration's threshold."""
        self._must_be_own()
        (self.folder / "thresholds.json").unlink(missing_ok=True)

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
        for name, kind in (("vocab.json", list), ("metrics.json", dict)):
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
    save_table(folder, "predictions.csv", as_table(predictions))


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
    if (folder / "config.json").exists():
        raise RunError(f"There is a run in {folder} already: choose another --out, or delete that folder.")
    write_text(folder / "config.json", config.to_json())
    set_status(folder, "waiting", process=just_asked())
    return Run(folder)


def just_asked() -> dict[str, float]:
    """Instead of a process: when one was asked for that has not yet said a word."""
    return {"queued": time.time()}


def set_status(folder: Path, state: str, message: str = "", process: dict | None = None) -> None:
    """Say how a run stands, and which process says so (this one, unless another is given)."""
    told = {"state": state, "message": message} | (child_process.mark() if process is None else process)
    write_text(folder / "status.json", json.dumps(told) + "\n")


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
