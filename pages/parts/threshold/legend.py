"""The legend above the curves of lesson 3: each line as it is drawn, with its name and its value now."""

from collections.abc import Sequence
from html import escape

from engine.plots.threshold import Entry

STYLE = """<style>
.lines {display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; font-size: .85rem; font-variant-numeric: tabular-nums}
.lines span {white-space: nowrap}
.lines i {display: inline-block; width: 1.7rem; vertical-align: middle; margin-right: .4rem}
</style>"""
_STYLES = {"dash": "dashed", "dot": "dotted"}


def html(entries: Sequence[Entry]) -> str:
    """The entries in a row that wraps on a narrow screen."""
    return f'<div class="lines">{"".join(map(_entry, entries))}</div>'


def _entry(entry: Entry) -> str:
    return f"<span>{_swatch(entry) if 'width' in entry.line else ''}{escape(entry.text)}</span>"


def _swatch(entry: Entry) -> str:
    style = _STYLES.get(str(entry.line.get("dash")), "solid")
    return f'<i style="border-top:{entry.line["width"]}px {style} {entry.line["color"]}"></i>'
