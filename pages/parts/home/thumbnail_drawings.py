"""Three small drawings of what the lessons are about: a one-hot vector, a threshold, and a fitted line."""

from engine.plots.style import CURRENT, PREDICTION, SIGMOID, TRUTH
from pages.parts.shared import svg_image

_GREY = "#8a8d96"
_CELLS = (0, 1, 0, 0, 1)
_POINTS = ((18, 70), (34, 58), (52, 55), (66, 40), (84, 36), (100, 20))


def all_three() -> str:
    """The drawings as SVG, in a row."""
    return "".join(svg_image.tag("0 0 120 90", draw()) for draw in (_one_hot, _threshold, _line))


def _one_hot() -> str:
    return "".join(
        f'<rect x="{11 + 20 * at}" y="36" width="18" height="18" rx="3" stroke="{_GREY}" stroke-width="1.5" '
        f'fill="{SIGMOID if is_on else "none"}"/>'
        for at, is_on in enumerate(_CELLS)
    )


def _threshold() -> str:
    return (
        f'<path d="M12 74 C55 74 50 18 108 16" fill="none" stroke="{SIGMOID}" stroke-width="4"/>'
        f'<path d="M58 12 V80" stroke="{CURRENT}" stroke-width="4"/>'
    )


def _line() -> str:
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="4" fill="{PREDICTION}"/>' for x, y in _POINTS)
    return f'<path d="M10 76 L110 16" stroke="{TRUTH}" stroke-width="4"/>{dots}'
