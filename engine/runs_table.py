"""All runs side by side: how each stands, what it was asked, and what it reached."""

from collections.abc import Sequence
from dataclasses import fields

import pandas as pd

from engine.config import TrainConfig
from engine.runs import Run, RunError
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

HEADLINE = {
    SINGLE_LABEL: ("accuracy", "most_frequent_accuracy"),
    MULTI_LABEL: ("mean_average_precision", "skill"),
    POINTS: ("median_error_percent_of_width", "median_error_px"),
}
"""The figures that say most about a run of each task."""


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run: name, state, task, data, epochs done and asked for, seconds, and each task's headline figures."""
    rows = [_row(run) for run in runs]
    columns = ["run", "state", "task", "data", "epochs", "seconds"]
    columns += [name for names in HEADLINE.values() for name in names if any(name in row for row in rows)]
    return pd.DataFrame(rows, columns=columns)


def _row(run: Run) -> dict:
    config, reached = run.config, _reached(run)
    return {
        "run": run.name,
        "state": run.state,
        "task": run.task,
        "data": config.data,
        "epochs": f"{len(_history(run))}/{config.freeze_epochs + config.epochs}",
        "seconds": reached.get("seconds"),
    } | {name: reached[name] for name in HEADLINE[run.task] if name in reached}


def differences(runs: Sequence[Run]) -> pd.DataFrame:
    """What differs between the configurations: one row for each such setting, one column for each run."""
    names = [field.name for field in fields(TrainConfig)]
    asked = [[getattr(run.config, name) for name in names] for run in runs]
    everything = pd.DataFrame(asked, index=[run.name for run in runs], columns=names, dtype=object).T
    differs = [len({repr(value) for value in row}) > 1 for row in everything.to_numpy()]
    return everything[differs]


def _reached(run: Run) -> dict:
    try:
        return run.metrics
    except RunError:
        return {}


def _history(run: Run) -> pd.DataFrame:
    try:
        return run.history
    except RunError:
        return pd.DataFrame()
