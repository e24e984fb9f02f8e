"""Small tables as plain HTML: they load at once, and scroll sideways on a narrow screen. Every cell is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from engine.plots.signed import signed

if TYPE_CHECKING:
    import pandas as pd

STYLE = """
.plain {overflow-x: auto}
@media (max-width: 640px) {.plain {mask-image: linear-gradient(to right, #000 calc(100% - 1.6rem), #0003)}
  .plain table {margin-right: 1.6rem}}
.plain table {border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; border: 0}
.plain th, .plain td {border: 0; border-bottom: 1px solid rgba(128,128,128,.3); padding: .25rem .9rem .25rem 0;
  text-align: right; white-space: nowrap}
.plain thead th {font-weight: 400; opacity: .75}
.plain tbody th {text-align: left; font-weight: 600}
@media (max-width: 640px) {
  .plain table {font-size: .8rem}
  .plain th, .plain td {padding-right: .4rem}
  .plain thead th {white-space: normal; vertical-align: bottom}
  .plain tbody th {white-space: normal; position: sticky; left: 0; background: light-dark(#fff, #171614);
    min-width: 3.6rem; max-width: 8.5rem}
}
"""


def show_rows(columns: Sequence[str], rows: Mapping[str, Sequence[object]]) -> None:
    """Show named rows under named columns; numbers with a fraction get four digits."""
    head = "".join(f"<th>{escape(column)}</th>" for column in ("", *columns))
    body = "".join(
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{_cell(cell)}</td>' for cell in cells)}</tr>"
        for name, cells in rows.items()
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    st.html(f'<div class="plain" tabindex="0">{table}</div>')


def show(table: pd.DataFrame) -> None:
    """Show a table with its index as row names."""
    show_rows([str(column) for column in table], {str(row[0]): row[1:] for row in table.itertuples()})


def _cell(value: object) -> str:
    return escape(signed(value, ".4f") if isinstance(value, float) else str(value))
