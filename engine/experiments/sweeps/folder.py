"""A sweep is a folder, readable while the sweep runs, and without Optuna.

sweep.json     the `SweepConfig`
study.log      Optuna's journal: every trial with its values and what it reached
trials.csv     the same as a table; `baseline/` is its first row
results.json   what the sweep comes to, once it has ended
trials/000     the runs of the trials, each an ordinary run
baseline       the base, scored as the trials are
finals/best-0  the best configuration and the baseline, trained with several seeds at the end
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from engine import paths
from engine.experiments.sweeps.config import SweepConfig
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.objective import OBJECTIVES, Objective
from engine.jobs import access, user_scope
from engine.jobs.job import Job
from engine.jobs.json_file import read_record, write_record

CONFIG, JOURNAL, TRIALS, RESULTS = "sweep.json", "study.log", "trials.csv", "results.json"
RUNS, BASELINE, FINALS = "trials", "baseline", "finals"
SWEEPS = "_sweeps"
"""The folder of all sweeps, next to the runs of the same person."""

COMPLETE, PRUNED, FAILED, RUNNING = "complete", "pruned", "failed", "running"
"""How a trial stands in trials.csv."""
VERSION = 1


class Sweep(Job):
    """A sweep by its folder. Raises `SweepError` where the current user may not read it."""

    def __init__(self, folder: Path):
        super().__init__(access.authorize(folder, SweepError))

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def config(self) -> SweepConfig:
        """What it is asked to do. Raises `SweepError`."""
        try:
            return SweepConfig.from_json((self.folder / CONFIG).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SweepError(f"There is no sweep in {str(self.folder)!r}: {CONFIG} is missing.") from error

    @property
    def objective(self) -> Objective:
        return OBJECTIVES[self.config.base.task]

    @property
    def trials(self) -> pd.DataFrame:
        """A row for the baseline (trial -1) and each trial: trial, state, value, seconds, the values, message."""
        try:
            return pd.read_csv(self.folder / TRIALS, keep_default_na=False, na_values={"value": [""]})
        except (OSError, ValueError):
            return pd.DataFrame(columns=["trial", "state", "value", "seconds", *self.config.vary, "message"])

    @property
    def results(self) -> dict[str, Any]:
        """What it comes to; {} before it has ended."""
        record = read_record(self.folder / RESULTS)
        return record if record.get("version") == VERSION else {}

    def save_results(self, record: dict[str, Any]) -> None:
        write_record(self.folder / RESULTS, {"version": VERSION} | record)

    def trial_folder(self, number: int) -> Path:
        return self.folder / RUNS / f"{number:03d}"

    def final_folder(self, which: str, number: int) -> Path:
        return self.folder / FINALS / f"{which}-{number}"


def sweeps_folder() -> Path:
    """Where the current user's sweeps are."""
    return user_scope.own_folder(paths.runs_folder()) / SWEEPS


def all_sweeps() -> list[Sweep]:
    """The current user's sweeps, the latest first."""
    parent = sweeps_folder()
    folders = [file.parent for file in parent.glob(f"*/{CONFIG}")] if parent.is_dir() else []
    shown = [folder for folder in folders if not folder.name.startswith(".")]
    return [Sweep(folder) for folder in sorted(shown, key=_begun, reverse=True)]


def _begun(folder: Path) -> float:
    try:
        return (folder / CONFIG).stat().st_mtime
    except OSError:
        return 0.0
