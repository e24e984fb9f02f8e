"""What made runs better: the settings of all runs of a task against what they reached."""

import streamlit as st

from engine.runs import Run, table
from pages.parts.shared import settings_chart
from pages.parts.shared.text import plain

ENOUGH = 3
"""A line through two runs shows no more than the table above it."""


def show(every: list[Run], like: Run) -> None:
    """All finished runs of the task and data of one run, with the settings in which they differ."""
    alike = [run for run in every if (run.task, run.config.data) == (like.task, like.config.data)]
    settings = table.settings_and_results(alike)
    if len(settings) < ENOUGH or len(settings.columns) < 2:
        return
    st.subheader(f"Which settings helped {like.task} runs on {plain(table.data_name(like))}")
    settings_chart.show(settings, key="runs")
