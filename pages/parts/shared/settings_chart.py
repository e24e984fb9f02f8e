"""Settings and results of many runs: parallel coordinates, or a table where a screen is too narrow for them."""

import pandas as pd
import streamlit as st

from engine.plots import hyper_parameters
from engine.plots.names import named
from pages.parts.shared import charts, tables

MOST_ROWS = 20
"""A table on a phone shows no more, best first."""

_STYLE = """<style>
[class*="st-key-settings_chart"] .axis :is(path, line) {stroke: rgba(128,128,128,.8) !important}
[class*="st-key-settings_chart"] .axis text {paint-order: stroke; stroke: light-dark(#fff, #161513);
  stroke-width: 4px; stroke-linejoin: round; text-shadow: none !important}
[class*="st-key-settings_table"] {display: none}
@media (max-width: 640px) {
  [class*="st-key-settings_chart"] {display: none}
  [class*="st-key-settings_table"] {display: flex}
}
</style>"""


def show(settings: pd.DataFrame, key: str, noun: str = "run") -> None:
    """A line for each row of `settings`, best first, the metric last; the index names the rows.

    `noun` is what a row is called, and `key` tells apart what stands on one page.
    """
    st.html(_STYLE)
    with st.container(key=f"settings_chart_{key}"):
        charts.show(hyper_parameters.parallel(settings, noun), key=f"settings_{key}")
        st.caption(f"Each line is a {noun}. Drag along an axis to keep only the {noun}s that pass through.")
    with st.container(key=f"settings_table_{key}"):
        st.markdown("**Best first**")  # the metric, too: other columns may be out of sight
        *names, metric = settings.columns
        best = settings.head(MOST_ROWS)[[metric, *names]]
        rows = zip(best.index, best.to_numpy(dtype=object), strict=True)
        tables.show_rows(
            [named(str(name)) for name in best],
            {str(name): [hyper_parameters.in_words(value) for value in row] for name, row in rows},
        )
