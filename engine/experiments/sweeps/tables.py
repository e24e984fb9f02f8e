"""The trials of a sweep as tables for charts: no Optuna is needed to read them."""

from __future__ import annotations

import pandas as pd

from engine.experiments.sweeps.folder import COMPLETE, Sweep
from engine.functional.loss_registry import choices

BASELINE = "The baseline"
LOSS = "loss"


def readable(sweep: Sweep) -> pd.DataFrame:
    """All trials that have begun, with losses by their short names."""
    table = sweep.trials
    if LOSS in table:
        table[LOSS] = table[LOSS].map(lambda name: as_read(sweep, LOSS, name))
    return table


def as_read(sweep: Sweep, name: str, value: object) -> object:
    """The value of a setting as people read it: a loss by its short name, anything else as it is."""
    short = {loss.name: loss.short for loss in choices(sweep.config.base.task)}
    return short.get(str(value), value) if name == LOSS else value


def completed(sweep: Sweep) -> pd.DataFrame:
    """The completed trials in order: trial, value and what varied."""
    table = readable(sweep)
    done = table[(table["trial"] >= 0) & (table["state"] == COMPLETE)].dropna(subset=["value"])
    return done[["trial", "value", *sweep.config.vary]].reset_index(drop=True)


def baseline(sweep: Sweep) -> pd.Series | None:
    """The baseline's value and values, by the same columns; None before it is trained."""
    table = readable(sweep)
    rows = table[table["trial"] < 0].dropna(subset=["value"])
    return None if rows.empty else rows.iloc[0]


def history(sweep: Sweep) -> pd.DataFrame:
    """The completed trials with `best`: the best value so far."""
    table = completed(sweep)
    values = table["value"]
    return table.assign(best=values.cummin() if sweep.objective.lower_is_better else values.cummax())


def parallel(sweep: Sweep) -> pd.DataFrame:
    """A row for each completed trial and the baseline, best first: what varied, and last the metric.

    The index names the rows. A column in which all rows are equal is left out.
    """
    table = completed(sweep)
    table.index = pd.Index([f"Trial {number}" for number in table["trial"]])
    base = baseline(sweep)
    if base is not None:
        table.loc[BASELINE] = base[table.columns]
    names = [name for name in sweep.config.vary if table[name].nunique() > 1]
    ordered = table.infer_objects().sort_values(
        "value", ascending=sweep.objective.lower_is_better, kind="stable"
    )
    return ordered[[*names, "value"]].rename(columns={"value": sweep.objective.metric})
