"""Small tables as plain HTML: they load at once, and scroll sideways on a narrow screen."""

import pandas as pd
import streamlit as st

_STYLE = """<style>
.plain {overflow-x: auto}
.plain table {border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; border: 0}
.plain th, .plain td {border: 0; border-bottom: 1px solid rgba(128,128,128,.3); padding: .25rem .9rem .25rem 0;
  text-align: right; white-space: nowrap}
.plain thead th {font-weight: 400; opacity: .75}
.plain tbody th {text-align: left; font-weight: 600}
</style>"""


def show(table: pd.DataFrame) -> None:
    """Show a table with its index as row names; every cell is escaped, numbers get four digits."""
    html = table.to_html(border=0, float_format="{:.4f}".format, na_rep="—", escape=True)
    st.html(f'{_STYLE}<div class="plain">{html}</div>')
