"""The pages in reading order, each with its link and the first sentence of its own description."""

import ast
from pathlib import Path

import streamlit as st

from engine import paths

PAGES = paths.ROOT / "pages"


def in_order() -> list[Path]:
    """The page files by the number they begin with."""
    return sorted(PAGES.glob("[0-9]*_*.py"), key=lambda path: int(path.name.split("_")[0]))


def show() -> None:
    """A link to each page, and what it is about."""
    for path in in_order():
        link, says = st.columns([1, 3], vertical_alignment="center")
        number, _, name = path.stem.partition("_")
        link.page_link(f"pages/{path.name}", label=f"{number}. {name.replace('_', ' ')}")
        says.markdown(description(str(path), path.stat().st_mtime_ns))


@st.cache_data(max_entries=64, show_spinner=False)
def description(path: str, changed_ns: int) -> str:
    """The first line of a page's docstring."""
    docstring = ast.get_docstring(ast.parse(Path(path).read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]
