"""A run is a folder: what was asked, what happened, the weights, and predictions for the validation images.

`engine.runs.files` names its files. While it trains, `engine.training.run_logger` writes some of them, and
`engine.training.checkpoints` what resuming needs.
"""

import contextlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine import paths, tasks
from engine.config import ConfigError, TrainConfig
from engine.data.formats.dataset_manifest import is_in_library, read_manifest
from engine.data.formats.record import DatasetError
from engine.jobs import access, shares
from engine.jobs.atomic_write import trouble, write_text
from engine.jobs.job import LOG, Job
from engine.jobs.log_tail import last_lines
from engine.jobs.status import FAILED, FINISHED, MISSING, STATUS, STOPPED, Progress, Status
from engine.runs import calibration, checksums, files, thresholds
from engine.runs.calibration import Calibration, CalibrationError
from engine.runs.errors import RunError
from engine.runs.predictions import PointPredictions, Predictions, read_labels, read_points

USABLE = (FINISHED, STOPPED)
GONE = "pictures"
"""A folder that never exists: the path of images that are missing or that the user may not read."""
_NEEDED = (files.VOCAB, files.METRICS, files.HISTORY, files.WEIGHTS, files.PREDICTIONS)


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
        """Whether the run was trained elsewhere, so that only the bundled samples' images can be shown."""
        return (self.folder / files.IMPORTED).is_file()

    @property
    def data(self) -> Path:
        """The folder or table that the run was trained on; for an imported run never one outside of what is its own.

        A folder that a stranger's file names is not looked into: only the samples are the same everywhere. Nor is one
        that the current user may not read: its images count as missing.
        """
        given = Path(self.config.data)
        data = given if given.is_absolute() else paths.ROOT / given
        if not access.is_allowed(data):
            return self.folder / GONE
        if self.is_imported and not data.resolve().is_relative_to(paths.SAMPLE_DATA.resolve()):
            return self.folder / GONE
        return data

    @property
    def job(self) -> Job:
        """The job that trains it."""
        return Job(self.folder)

    @property
    def job_status(self) -> Status:
        """The status of its job; `failed` where the current user may not read that."""
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
        """The loss of every batch so far: step, epoch, loss; empty before the first."""
        return self._table_if_there(files.LOSSES)

    @property
    def watched(self) -> pd.DataFrame:
        """A row per epoch and watched validation image: epoch, fname, and the outputs 0, 1, ...; else empty."""
        return self._table_if_there(files.WATCHED, dtype={"fname": str})

    @property
    def images(self) -> pd.DataFrame:
        """Every image of the run: fname, is_valid, and labels (separated by |) or x, y, width, height."""
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
        """The predictions for the validation images at the end of training; probabilities are calibrated."""
        table = self._table(files.PREDICTIONS, dtype={"fname": str, "group": str}, keep_default_na=False)
        temperatures = self.temperatures
        try:
            if tasks.get(self.task).has_points:
                return read_points(table)
            return read_labels(table, self.vocab, self.config).with_temperatures(temperatures)
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
        fitted = self.calibration if tasks.get(self.task).has_labels else None
        return None if fitted is None else fitted.temperatures(self.vocab)

    @property
    def thresholds(self) -> dict[str, float]:
        """Label -> the calibrated probability above which the label is predicted: as saved, else as configured."""
        chosen = dict.fromkeys(self.vocab, self.config.threshold)
        if (self.folder / files.THRESHOLDS).exists():
            saved = self._json(files.THRESHOLDS, dict)
            chosen |= thresholds.checked(saved, self.vocab)
        return chosen

    def save_thresholds(self, by_label: Mapping[str, float]) -> None:
        """Keep a threshold in [0, 1] for each named label; prediction uses them from now on."""
        if not tasks.get(self.task).allows_several_labels:
            raise RunError(f"The run {self.name!r} is {self.task}: only multi-label runs have thresholds.")
        self._must_be_own()
        checked = thresholds.checked(by_label, self.vocab)
        try:
            write_text(self.folder / files.THRESHOLDS, json.dumps(checked, indent=2) + "\n")
        except OSError as error:
            raise RunError(
                f"The thresholds could not be saved in {self.folder}: {trouble(error)}."
            ) from error

    def reset_thresholds(self) -> None:
        """Go back to the configuration's threshold."""
        self._must_be_own()
        (self.folder / files.THRESHOLDS).unlink(missing_ok=True)

    @property
    def is_shared_with_me(self) -> bool:
        """Whether it is another person's: it can be used, not changed."""
        return shares.is_of_another(self.folder)

    def _must_be_own(self) -> None:
        """A visitor in private mode does not change a bundled or shared run, which everybody uses."""
        if not access.is_allowed(self.folder, to_write=True):
            raise RunError(
                f"The run {self.name!r} is shared by everyone: train one of your own to change its "
                "thresholds."
            )

    def image_path(self, fname: str) -> Path:
        """The path of an image of the run; a missing file where the current user may not read it."""
        file = self._images_folder / fname
        return file if access.is_allowed(file) else self.folder / GONE / "gone"

    @cached_property
    def _images_folder(self) -> Path:
        """The folder that image names are relative to: a table's folder, or what a dataset in the library points at."""
        at = self.data
        with contextlib.suppress(DatasetError):
            at = read_manifest(at).data_of(at) if is_in_library(at) else at
        if not access.is_allowed(at):
            return self.folder / GONE
        return at if at.is_dir() else at.parent

    def problems(self) -> list[str]:
        """Everything that keeps a run from being used; an empty list when it is ready."""
        if self.state not in USABLE:
            return [f"it is {self.state}"]
        problems = [f"{name} is missing" for name in _NEEDED if not (self.folder / name).is_file()]
        for name, kind in ((files.VOCAB, list), (files.METRICS, dict)):
            try:
                if (self.folder / name).is_file():
                    self._json(name, kind)
            except RunError:
                problems.append(f"{name} is broken")
        return problems or [f"{name} has changed since it ended" for name in checksums.changed(self.folder)]

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

    def _json(self, name: str, kind: type) -> Any:
        try:
            value = json.loads(self._text(name))
        except (ValueError, RecursionError) as error:
            if isinstance(error, RunError):
                raise
            raise RunError(f"The run {self.name!r} has a broken {name}: it is not valid JSON.") from error
        if not isinstance(value, kind):
            raise RunError(f"The run {self.name!r} has a broken {name}: it should be a JSON {kind.__name__}.")
        return value

    def _table_if_there(self, name: str, **options: Any) -> pd.DataFrame:
        return self._table(name, **options) if (self.folder / name).exists() else pd.DataFrame()

    def _table(self, name: str, **options: Any) -> pd.DataFrame:
        file = self._file(name)
        try:
            return pd.read_csv(file, **options)
        except FileNotFoundError as error:
            raise RunError(f"The run {self.name!r} has no {name}: it has not finished.") from error
        except (OSError, ValueError) as error:
            raise RunError(f"The run {self.name!r} has a broken {name}: train it again.") from error
