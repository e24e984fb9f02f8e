"""The letter and colour by which a run is known among those compared, as HTML. All names are escaped."""

from collections.abc import Sequence
from html import escape

from engine.plots import run_comparison

STYLE = """<style>
.runs-key {display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .9rem}
.badge {display: inline-block; min-width: 1.45rem; text-align: center; border-radius: .35rem; color: #fff;
  font-weight: 700; margin-right: .35rem; text-shadow: 0 0 2px rgba(0,0,0,.6)}
</style>"""


def badge(place: int) -> str:
    """The letter of the run at a place among those compared, in its colour."""
    colour, letter = run_comparison.colour(place), run_comparison.letter(place)
    return f'<span class="badge" style="background: {colour}">{letter}</span>'


def key(titles: Sequence[str]) -> str:
    """Which letter is which run."""
    inside = "".join(f"<span>{badge(place)}{escape(title)}</span>" for place, title in enumerate(titles))
    return f'{STYLE}<div class="runs-key">{inside}</div>'
