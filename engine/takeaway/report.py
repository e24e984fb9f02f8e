"""The report (first form)."""

from html import escape

from engine.runs import Run


def html(run: Run) -> str:
    """A page that needs nothing but itself."""
    return f"<!doctype html><meta charset=utf-8><title>{escape(run.name)}</title><h1>{escape(run.name)}</h1>"
