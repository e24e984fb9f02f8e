"""Several runs next to each other: their curves, their different settings, and their results."""

import pandas as pd
import streamlit as st

from engine import tasks
from engine.functional.loss_registry import choice
from engine.plots import run_comparison
from engine.plots.hyper_parameters import in_words
from engine.plots.names import named
from engine.runs import Run, RunError, files, table
from engine.runs.published_results import SOURCE, reference
from pages.parts.shared import charts, run_badges, runs, tables
from pages.parts.train import disagreements, settings_and_results

MOST = 8
_METRICS = tuple(task.metrics[0] for task in tasks.ALL)
_CURVES = (*_METRICS, "valid_loss", "train_loss")


@st.fragment
def show(every: list[Run]) -> None:
    """Choose runs: their curves over each other, what differs, where they disagree, and what made the others better."""
    with_history = {runs.title(run): run for run in every if not _history(run).empty}
    titles = st.multiselect(
        "Runs to compare", list(with_history), _first(list(with_history.values())), key="compare",
        bind="query-params", max_selections=MOST,
    )  # fmt: skip
    if not titles:
        st.caption("Choose at least one run.")
        return
    chosen = {title: with_history[title] for title in titles}
    st.html(run_badges.key(titles))
    _curves(chosen)
    if len(chosen) > 1:
        _what_differs(chosen)
    if len({run.task for run in chosen.values()}) > 1:
        st.caption("These runs have different tasks. Choose runs of one task to see where they disagree.")
        return
    if len(chosen) > 1:
        disagreements.show(chosen)
    settings_and_results.show(every, next(iter(chosen.values())))


def _first(every: list[Run]) -> list[str]:
    """What is compared at first: one's own newest runs of one task on the same data, else the bundled runs."""
    newest = sorted((run for run in every if not runs.is_bundled(run)), key=_changed, reverse=True)
    alike = [run for run in newest if _question(run) == _question(newest[0])][:3]
    if len(alike) > 1:
        return [runs.title(run) for run in alike]
    bundled = [
        run
        for run in every
        if runs.is_bundled(run) and _question(run) in {_question(run_alike) for run_alike in alike}
    ]
    return [runs.title(run) for run in [*alike, *bundled] or every[:1]]


def _question(run: Run) -> tuple[str, str]:
    """What makes runs comparable: their task and data."""
    return run.task, run.config.data


def _changed(run: Run) -> float:
    try:
        return (run.folder / files.HISTORY).stat().st_mtime
    except OSError:
        return 0.0


def _curves(chosen: dict[str, Run]) -> None:
    histories = {title: _history(run) for title, run in chosen.items()}
    shared = [name for name in _CURVES if all(name in history for history in histories.values())]
    if not shared:
        st.caption("These runs have no metric in common, so no curves can be compared.")
        return
    column = st.segmented_control(
        "Curve", shared, default=shared[0], format_func=named, key="train_curve", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    first = next(iter(chosen.values()))
    losses = {(run.task, run.config.loss) for run in chosen.values()}
    text = (
        reference(first.task, first.config.loss, column) if len({task for task, _ in losses}) == 1 else None
    )
    compared = (
        (text.title, text.history) if text and (len(losses) == 1 or not column.endswith("loss")) else None
    )
    levels = _baselines(chosen) if column in _METRICS else {}
    same_data = len({run.config.data for run in chosen.values()}) == 1
    charts.show(run_comparison.together(histories, column, levels, compared, same_data), key="together")
    if not same_data:
        st.caption("These runs used different data: compare each with its own baseline.")
    if text and compared:
        st.caption(f"Dotted, to compare the shape: {text.says}. Source: {SOURCE}.")
    if column.endswith("loss") and len(losses) > 1:
        st.caption("Different losses have different scales: compare shapes, not heights.")


def _baselines(chosen: dict[str, Run]) -> dict[str, float]:
    """Each baseline once, with its dataset where there are several."""
    data_of: dict[tuple[str, float], str] = {}
    for run in chosen.values():
        for constant in runs.baselines(run):
            data_of.setdefault((constant.description, round(constant.value, 6)), table.data_name(run))
    several = len(set(data_of.values())) > 1
    return {f"{says}{f' ({data})' * several}": level for (says, level), data in data_of.items()}


def _what_differs(chosen: dict[str, Run]) -> None:
    several = list(chosen.values())
    differs = table.differences(several)
    rows = {
        named(name): [in_words(cell) for cell in row]
        for name, row in zip(differs.index, differs.to_numpy(), strict=True)
    }
    if "loss" in rows:
        rows["loss"] = [choice(run.task, run.config.loss).short for run in several]
    figures = table.table(several).set_index("run")
    for name in ("reached", table.BEST_CONSTANT, *_numbers(figures)):
        if name in figures:
            rows[named(name)] = [_told(value) for value in figures[name]]
    st.markdown("**Different settings, and the results**" if len(differs) else "Their settings are the same.")
    letters = [f"{run_comparison.letter(place)} {title}" for place, title in enumerate(chosen)]
    tables.show_rows(letters, rows)


def _numbers(figures: pd.DataFrame) -> list[str]:
    return [str(name) for name in figures.select_dtypes("number") if name != "seconds"] + ["seconds"]


def _told(value) -> str:
    if isinstance(value, str):
        return value
    return "" if pd.isna(value) else f"{value:.4g}"


def _history(run: Run) -> pd.DataFrame:
    try:
        return run.history
    except RunError:
        return pd.DataFrame()
