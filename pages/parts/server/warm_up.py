"""What pages need is imported while the first visitor's browser still starts and loads the app's scripts."""

import threading
from collections.abc import Sequence
from importlib import import_module

MODULES = (
    "pandas",
    "streamlit.elements.plotly_chart",
    "pages.parts.shared.lesson.frame",
    "pages.parts.shared.charts",
    "engine.data.formats.loading",
)
"""In the order in which a page asks for them. pandas comes first, whole, as in `page.charts_loading`."""


def start(modules: Sequence[str] = MODULES) -> threading.Thread:
    """Import the modules in a thread of their own. A page that is opened meanwhile waits for what it needs."""
    thread = threading.Thread(target=_import, args=(modules,), name="imports for the first page", daemon=True)
    thread.start()
    return thread


def _import(modules: Sequence[str]) -> None:
    for name in modules:
        import_module(name)
