"""What a sweep comes to: the honest comparison first, then what mattered, and the run to export."""

from statistics import fmean, stdev

import streamlit as st

from engine.experiments.sweeps import tables
from engine.experiments.sweeps.folder import Sweep
from engine.plots import sweeps as figures
from engine.plots.hyper_parameters import in_words
from engine.plots.names import named
from pages.parts.shared import charts, settings_chart, streamlit_internals
from pages.parts.shared import tables as html_tables
from pages.parts.shared.text import plain
from pages.parts.shared.workflow_steps import EXPORT
from pages.parts.train.start_run import SECTION

TRAIN_PAGE = "pages/7_Train.py"
FEWEST = 3
"""So many completed trials are worth a chart of each setting."""


def show(sweep: Sweep) -> None:
    """The comparison, the best run, and the charts."""
    results = sweep.results
    st.header("Result")
    for line in str(results["verdict"]).splitlines():
        st.markdown(plain(line))
    _finals(results)
    _best(sweep)
    done = tables.completed(sweep)
    if len(done) < FEWEST:
        return
    st.header("What mattered")
    if shares := results.get("importances"):
        charts.show(figures.importances(shares), key="sweep_importances")
    _one_setting(sweep)
    table = tables.parallel(sweep)
    if len(table.columns) > 1:
        settings_chart.show(table, key="sweep", noun="trial")
    st.caption(
        "The charts show scores on images held back inside the training part. These scores chose the best trial."
    )


def _finals(results: dict) -> None:
    """Each seed's score, the mean and the spread."""
    rows = {
        name.capitalize(): [*values, fmean(values), stdev(values)]
        for name, values in results["finals"].items()
    }
    seeds = [f"seed {number + 1}" for number in range(len(results["finals"]["best"]))]
    html_tables.show_rows([*seeds, "mean", "spread"], rows)


def _best(sweep: Sweep) -> None:
    results = sweep.results
    best = results["best"]
    values = ", ".join(
        f"{named(name)} **{plain(in_words(tables.as_read(sweep, name, value)))}**"
        for name, value in best["params"].items()
    )
    st.markdown(f"Trial {best['trial']} was best: {values}.")
    base = sweep.config.base
    if kept := results.get("kept"):
        streamlit_internals.page_link(
            TRAIN_PAGE,
            label="Open and export the best run",
            icon=":material/download:",
            query_params={
                "run": kept,
                SECTION: EXPORT,
                "task": base.task,
                "data": base.data,
            },
        )


def _one_setting(sweep: Sweep) -> None:
    names = list(sweep.config.vary)
    name = st.selectbox("Setting", names, format_func=named, key="sweep_setting", width=260)
    figure = figures.one_setting(
        tables.completed(sweep), name, sweep.objective.metric, tables.baseline(sweep)
    )
    charts.show(figure, key="sweep_setting_chart")
