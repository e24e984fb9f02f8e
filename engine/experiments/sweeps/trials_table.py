"""The table of a sweep's trials, written while it runs: pages and commands read it without Optuna."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from optuna.trial import FrozenTrial, TrialState

from engine import runs
from engine.experiments.sweeps.folder import BASELINE, COMPLETE, FAILED, PRUNED, RUNNING, TRIALS, Sweep
from engine.experiments.sweeps.study import MESSAGE
from engine.jobs.json_file import read_record
from engine.runs import files

BASELINE_NUMBER = -1
_STATES = {TrialState.COMPLETE: COMPLETE, TrialState.PRUNED: PRUNED, TrialState.FAIL: FAILED}


def save(sweep: Sweep, trials: Sequence[FrozenTrial]) -> None:
    """Write trials.csv: the baseline first, then every trial in order."""
    names = list(sweep.config.vary)
    rows = [_baseline(sweep, names), *(_row(sweep, trial, names) for trial in trials)]
    runs.save_table(sweep.folder, TRIALS, pd.DataFrame(rows))


def is_complete(trial: FrozenTrial) -> bool:
    return trial.state == TrialState.COMPLETE


def is_failed(trial: FrozenTrial) -> bool:
    return trial.state == TrialState.FAIL


def message_of(trial: FrozenTrial) -> str:
    """Why a trial failed."""
    return str(trial.user_attrs.get(MESSAGE, ""))


def _baseline(sweep: Sweep, names: Sequence[str]) -> dict:
    reached = _reached(sweep.folder / BASELINE)
    base = sweep.config.base
    return {
        "trial": BASELINE_NUMBER, "state": COMPLETE, "value": sweep.objective.value_of(reached),
        "seconds": reached.get("seconds", 0.0),
    } | {name: getattr(base, name) for name in names} | {"message": ""}  # fmt: skip


def _row(sweep: Sweep, trial: FrozenTrial, names: Sequence[str]) -> dict:
    seconds = _reached(sweep.trial_folder(trial.number)).get("seconds", 0.0)
    value = trial.value if is_complete(trial) else None  # Optuna's value of a pruned trial is another metric
    return {
        "trial": trial.number, "state": _STATES.get(trial.state, RUNNING), "value": value, "seconds": seconds,
    } | {name: trial.params.get(name) for name in names} | {"message": message_of(trial)}  # fmt: skip


def _reached(folder: Path) -> dict:
    return read_record(folder / files.METRICS)
