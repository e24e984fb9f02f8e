"""All runs side by side: how each stands, what it was asked, and what it reached."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import PurePath

import pandas as pd

from engine.config import QUICK, TrainConfig
from engine.functional.loss_registry import choice
from engine.runs import Run, RunError
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


@dataclass(frozen=True)
class Headline:
    """The figure that says most about a run.

    Attributes: `metric` and `baseline`, its name and that of the best constant prediction, as in the verdict; `best`,
    the best it could be; `title` and `form`, how people read it; `others`, figures to show next to it.
    """

    metric: str
    baseline: str
    best: float
    title: str
    form: str
    others: tuple[str, ...] = ()

    def error_reduction(self, reached: dict) -> float:
        """The share of the baseline's errors that a run avoids: 0 is the baseline, 1 the best; below 0 is worse."""
        way = self.best - reached[self.baseline]
        return (reached[self.metric] - reached[self.baseline]) / way if way else float("nan")


HEADLINES = {
    SINGLE_LABEL: Headline("accuracy", "most_frequent_accuracy", 1, "accuracy", "{:.4f}"),
    MULTI_LABEL: Headline(
        "accuracy_multi", "majority_accuracy", 1, "accuracy_multi", "{:.4f}", ("mean_average_precision",)
    ),
    POINTS: Headline(
        "median_error_px", "mean_point_median_error_px", 0, "median error", "{:.1f} px",
        ("median_error_percent_of_width",),
    ),
}  # fmt: skip
BEST_CONSTANT, ERROR_REDUCTION = "best constant", "error reduction"
"""Columns: what the best constant prediction reaches, and the share of its errors that the run avoids."""
NO_CHOICE = ""
"""In a filter: any."""


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run: name, state, task, data, loss, epochs done and asked for, what it reached, and seconds.

    The result stands next to that of the best constant prediction, and as the share of that one's errors that the run
    avoids. Runs of one task have their figures as numbers, runs of several tasks as words. Columns that no run
    fills are left out.
    """
    is_one_task = len({run.task for run in runs}) == 1
    rows = [_asked(run) | (_figures(run) if is_one_task else _words(run)) | _took(run) for run in runs]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return pd.DataFrame(rows, columns=columns).dropna(axis="columns", how="all")


def filtered(
    runs: Sequence[Run],
    task: str = NO_CHOICE,
    data: str = NO_CHOICE,
    state: str = NO_CHOICE,
    text: str = NO_CHOICE,
) -> list[Run]:
    """The runs of a task, dataset and state in whose name or configuration every word of a text occurs."""
    words = text.casefold().split()
    return [
        run
        for run in runs
        if task in (NO_CHOICE, run.task)
        and data in (NO_CHOICE, data_name(run))
        and state in (NO_CHOICE, run.state)
        and all(word in _searched(run) for word in words)
    ]


def data_name(run: Run) -> str:
    """The dataset of a run as people know it: the last part of its path."""
    return PurePath(run.config.data).name or run.config.data


def differences(runs: Sequence[Run]) -> pd.DataFrame:
    """What differs between the configurations: one row for each such setting, one column for each run."""
    names = [field.name for field in fields(TrainConfig)]
    asked = [[getattr(run.config, name) for name in names] for run in runs]
    everything = pd.DataFrame(asked, index=[run.name for run in runs], columns=names, dtype=object).T
    differs = [len({repr(value) for value in row}) > 1 for row in everything.to_numpy()]
    return everything[differs]


def settings_and_results(runs: Sequence[Run]) -> pd.DataFrame:
    """For the runs of one task that reached anything, best first: the settings in which they differ, and their metric.

    The index is the runs' names, the last column the task's headline metric.
    """
    done = [run for run in runs if _has_headline(run)]
    if not done:
        return pd.DataFrame()
    headline = HEADLINES[done[0].task]
    settings = differences(done).T.infer_objects()
    if "data" in settings:
        settings["data"] = [data_name(run) for run in done]
    if "loss" in settings:
        settings["loss"] = [choice(run.task, run.config.loss).short for run in done]
    settings[headline.metric] = [reached(run)[headline.metric] for run in done]
    return settings.sort_values(headline.metric, ascending=headline.best == 0)


def reached(run: Run) -> dict:
    """What a run reached; empty where it has kept no figures yet."""
    try:
        return run.metrics
    except RunError:
        return {}


def _asked(run: Run) -> dict:
    config = run.config
    return {
        "run": run.name,
        "state": run.state,
        "task": run.task,
        "data": data_name(run),
        "loss": choice(run.task, config.loss).short,
        "epochs": _epochs(run),
    }


def _epochs(run: Run) -> str:
    """Those done of those asked for; the recipe `quick` fits a head and trains none."""
    return "–" if run.config.recipe == QUICK else f"{_epochs_done(run)}/{_epochs_asked_for(run.config)}"


def _epochs_asked_for(config: TrainConfig) -> int | str:
    """How many epochs a run trains; a question mark until the recipe `better` has chosen their number."""
    if config.epochs is None or config.freeze_epochs is None:
        return "?"
    return config.freeze_epochs + config.epochs


def _took(run: Run) -> dict:
    return {"seconds": reached(run).get("seconds")}


def _figures(run: Run) -> dict:
    headline, metrics = HEADLINES[run.task], reached(run)
    figures = {name: metrics.get(name) for name in (headline.metric, headline.baseline)}
    figures[ERROR_REDUCTION] = headline.error_reduction(metrics) if _has_headline(run) else None
    return figures | {name: metrics.get(name) for name in headline.others}


def _words(run: Run) -> dict:
    if not _has_headline(run):
        return {"reached": None, BEST_CONSTANT: None, ERROR_REDUCTION: None}
    headline, metrics = HEADLINES[run.task], reached(run)
    return {
        "reached": f"{headline.title} {headline.form.format(metrics[headline.metric])}",
        BEST_CONSTANT: headline.form.format(metrics[headline.baseline]),
        ERROR_REDUCTION: headline.error_reduction(metrics),
    }


def _has_headline(run: Run) -> bool:
    headline, metrics = HEADLINES[run.task], reached(run)
    return all(isinstance(metrics.get(name), int | float) for name in (headline.metric, headline.baseline))


def _searched(run: Run) -> str:
    loss = choice(run.task, run.config.loss).title
    return f"{run.name} {run.state} {loss} {run.config.to_json()}".casefold()


def _epochs_done(run: Run) -> int:
    try:
        return len(run.history)
    except RunError:
        return 0
