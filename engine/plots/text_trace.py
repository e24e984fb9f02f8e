"""Text in a chart at positions in its units: a single trace, which is drawn faster than many annotations."""

from collections.abc import Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """Text at (x, y), on one side of that point as Plotly names it ("middle right", "top left", ...)."""

    x: float
    y: float
    text: str
    colour: str
    side: str


def words(texts: Sequence[Word], axis: str = "") -> dict:
    """A Plotly trace of words on the axes x and y, or those of another number ("2")."""
    x, y, labels, colours, sides = map(list, zip(*texts, strict=True)) if texts else ([], [], [], [], [])
    return {
        "type": "scatter",
        "mode": "text",
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "x": x,
        "y": y,
        "text": [_apart(text, side) for text, side in zip(labels, sides, strict=True)],
        "textposition": sides,
        "textfont": {"color": colours},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _apart(text: str, side: str) -> str:
    """A letter-wide space keeps the text away from the mark at its position."""
    return f"\u2002{text}" if side.endswith("right") else f"{text}\u2002" if side.endswith("left") else text
