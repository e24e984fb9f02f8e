"""Words in a chart, at places in its own units: one trace for many, drawn faster than so many annotations."""

from collections.abc import Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """Some text at (x, y), on one side of that place as Plotly names it ("middle right", "top left", ...)."""

    x: float
    y: float
    text: str
    colour: str
    side: str


def words(said: Sequence[Word], axis: str = "") -> dict:
    """A Plotly trace of words on the axes x and y, or those of another number ("2")."""
    x, y, texts, colours, sides = map(list, zip(*said, strict=True)) if said else ([], [], [], [], [])
    return {
        "type": "scatter",
        "mode": "text",
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "x": x,
        "y": y,
        "text": [_apart(text, side) for text, side in zip(texts, sides, strict=True)],
        "textposition": sides,
        "textfont": {"color": colours},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _apart(text: str, side: str) -> str:
    """A space that is as wide as a letter keeps the text off what stands at its place."""
    return f"\u2002{text}" if side.endswith("right") else f"{text}\u2002" if side.endswith("left") else text
