"""What made runs better: the settings of all runs of a task against what they reached."""

import streamlit as st

from engine.plots import hyper_parameters
from engine.plots.training import named
from engine.runs import Run, table
from pages.parts.shared import charts, tables
from pages.parts.shared.text import plain

ENOUGH = 3
"""A line through two runs shows no more than the table above it."""

_STYLE = """<style>
.st-key-settings_chart .axis :is(path, line) {stroke: rgba(128,128,128,.8) !important}
.st-key-settings_table {display: none}
@media (max-width: 640px) {
  .st-key-settings_chart {display: none}
  .st-key-settings_table {display: flex}
}
</style>"""


def show(every: list[Run], like: Run) -> None:
    """Parallel coordinates of all finished runs of the task and data of one run; a table on a narrow screen."""
    alike = [run for run in every if (run.task, run.config.data) == (like.task, like.config.data)]
    settings = table.settings_and_results(alike)
    if len(settings) < ENOUGH or len(settings.columns) < 2:
        return
    st.subheader(f"Which settings helped {like.task} runs on {plain(table.data_name(like))}")
    st.html(_STYLE)
    with st.container(key="settings_chart"):
        charts.show(hyper_parameters.parallel(settings), key="settings")
        st.caption("Each line is a run. Drag along an axis to keep only the runs that pass through.")
    with st.container(key="settings_table"):
        st.markdown("**Best first**")
        rows = zip(settings.index, settings.to_numpy(), strict=True)
        tables.show_rows(
            [named(str(name)) for name in settings],
            {str(name): [hyper_parameters.in_words(value) for value in row] for name, row in rows},
        )
