"""The colours of text in charts: those of the lines that it names, but dark or light enough to be read.

A colour that reads well as a line is too pale for small text, and no colour has a contrast of 4.5:1 on white and on
the dark theme's background. So each has a darker and a lighter form for text; `style` tells the browser to use them.
"""

WHITE, DARK = "#ffffff", "#171614"
"""The backgrounds of the two themes."""

LEAST_CONTRAST = 4.5
_STEP = 0.02

COLOURS = (
    "#009E73", "#D55E00", "#0072B2", "#CC3311", "#888888", "#E69F00", "#1F84C6", "#CC79A7", "#56B4E9", "#7B61C4",
    "#B5533C", "#A6761D", "#A67C00", "#2E8BC9", "#1B6FA8", "#C23B17", "#E0532F", "#6B6F76", "#808495",
)  # fmt: skip
"""The colours that `engine/plots/` draws with, and last Streamlit's own for text without one.

They stand here so that a page need not load Plotly first.
"""

INK = "#010203"
"""Text on a faint colour, as `engine/plots/style.py` has it: black on white, white on dark."""


def style() -> str:
    """The rules that give coloured text in charts its darker form on white, and its lighter form on dark."""
    return "".join(_RULES)


def legible(colour: str, background: str) -> str:
    """The colour, mixed with as little black or white as gives it `LEAST_CONTRAST` with the background.

    >>> legible("#E69F00", "#ffffff"), legible("#000000", "#ffffff")
    ('#9c6c00', '#000000')
    """
    towards = 0 if luminance(background) > 0.5 else 255
    share = 0.0
    while contrast(mixed := _mix(colour, towards, share), background) < LEAST_CONTRAST:
        share += _STEP
    return mixed


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a colour such as "#0072B2", from 0 to 1."""
    shares = [value / 255 for value in _channels(colour)]
    red, green, blue = (s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(colour: str, towards: int, share: float) -> str:
    return "#" + "".join(f"{round(value + (towards - value) * share):02x}" for value in _channels(colour))


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _rule(colour: str, on_white: str, on_dark: str) -> str:
    """Plotly writes a text's colour into its style, as in "fill: rgb(0, 114, 178);"."""
    written = ", ".join(map(str, _channels(colour)))
    both = f"light-dark({on_white}, {on_dark})"
    return f'.js-plotly-plot text[style*="fill: rgb({written})"] {{fill: {both} !important}}\n'


_RULES = [_rule(colour, legible(colour, WHITE), legible(colour, DARK)) for colour in COLOURS]
_RULES.append(_rule(INK, "#000", "#fff"))
