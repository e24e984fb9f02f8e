"""The legend above the curves of lesson 3: each line as it is drawn, with its name and its value now."""

from collections.abc import Sequence
from html import escape

from engine.plots.threshold import Entry

STYLE = """<style>
.lines {display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; font-size: .85rem; font-variant-numeric: tabular-nums}
.lines span {white-space: nowrap} .lines svg {vertical-align: middle; margin-right: .4rem}
</style>"""
_DASHES = {"dash": "6 4", "dot": "2 3"}


def html(entries: Sequence[Entry]) -> str:
    """The entries in a row that wraps on a narrow screen."""
    return f'<div class="lines">{"".join(map(_entry, entries))}</div>'


def _entry(entry: Entry) -> str:
    return f"<span>{_swatch(entry) if 'width' in entry.line else ''}{escape(entry.text)}</span>"


def _swatch(entry: Entry) -> str:
    colour, width, dash = (entry.line.get(name, "") for name in ("color", "width", "dash"))
    return (
        f'<svg width="26" height="6" aria-hidden="true"><path d="M0 3h26" stroke="{colour}" '
        f'stroke-width="{width}" stroke-dasharray="{_DASHES.get(dash, "none")}"/></svg>'
    )
