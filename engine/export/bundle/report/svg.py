"""Small charts as SVG: lines, bars, a histogram and points in a frame. They draw what they are given, no more."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.export.bundle.report.markup import Markup, tag

WIDTH, HEIGHT = 460, 270
LEFT, TOP, BOTTOM = 50, 12, 42
LETTER, LINE_HEIGHT = 7.3, 15
LONGEST_NAME = 26


@dataclass(frozen=True)
class Line:
    """One line of a chart, its name written at its end; `dash` as SVG's stroke-dasharray."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    dash: str = ""
    width: float = 2.5


def lines(title: str, x_title: str, y_title: str, drawn: Sequence[Line], y_range=None) -> Markup:
    """Lines over one pair of axes, from `y_range` (low, high) where it is given. What is no number leaves a gap."""
    right = WIDTH - min(170, 16 + LETTER * max(len(_short(line.name)) for line in drawn))
    x = _Scale(*_ends([line.x for line in drawn]), LEFT, right)
    low, high = y_range or _ends([line.y for line in drawn])
    y = _Scale(low, high, HEIGHT - BOTTOM, TOP, pad=0 if y_range else 0.04)
    parts = [*_axes(x, y, x_title, right)]
    for line in drawn:
        parts.append(_path(line, x, y, low))
    parts += _names(drawn, x, y, right)
    return _figure(title, f"{y_title} over {x_title}", HEIGHT, parts, y_title)


def bars(
    title: str, names: Sequence[str], values: Sequence[float], colour: str, says: Sequence[str]
) -> Markup:
    """A bar for each name, one below the other, with what it says at its end."""
    left = 16 + LETTER * max((len(_short(name)) for name in names), default=1)
    scale = _Scale(0, max([*values, 1e-12]), left, WIDTH - 60)
    parts = []
    for place, (name, value, word) in enumerate(zip(names, values, says, strict=True)):
        top = 4 + 24 * place
        parts.append(tag("text", _short(name), x=left - 8, y=top + 13, text_anchor="end"))
        width = max(1.0, scale(value) - left)
        parts.append(tag("rect", x=_n(left), y=top, width=_n(width), height=17, fill=colour, rx=2))
        parts.append(tag("text", word, x=_n(left + width + 6), y=top + 13, class_="tick"))
    return _figure(title, "bars", 8 + 24 * len(names), parts)


def histogram(
    title: str,
    x_title: str,
    values: Sequence[float],
    colour: str,
    marks: Sequence[tuple[str, float, str]] = (),
):
    """How often values fall into equal steps; `marks` are (name, value, colour) of upright lines."""
    numbers = np.asarray(values, float)
    top = max([float(numbers.max()), *(value for _, value, _ in marks), 1e-9])
    counts, edges = np.histogram(numbers, bins=min(24, max(5, len(numbers) // 4)), range=(0, top))
    x = _Scale(0, top, LEFT, WIDTH - 16)
    y = _Scale(0, max(1, counts.max()), HEIGHT - BOTTOM, TOP + 20)
    parts = [*_axes(x, y, x_title, WIDTH - 16)]
    for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
        if count:
            box = {"x": _n(x(low) + 0.5), "y": _n(y(count)), "width": _n(x(high) - x(low) - 1)}
            parts.append(tag("rect", **box, height=_n(y(0) - y(count)), fill=colour))
    for place, (name, value, mark) in enumerate(marks):
        parts.append(_stroke(x(value), TOP + 16 * place, x(value), HEIGHT - BOTTOM, mark, 2))
        anchor = "end" if value > top * 0.6 else "start"
        shift = -5 if anchor == "end" else 5
        parts.append(tag("text", name, x=_n(x(value) + shift), y=TOP + 16 * place + 10, text_anchor=anchor))
    return _figure(title, x_title, HEIGHT, parts, "images")


def places(
    title: str, truths, predictions, size_wh: tuple[float, float], truth: str, prediction: str
) -> Markup:
    """Points in one frame: where they are, and by a line where they were seen. (N, 2) each, in the frame's pixels."""
    width, height = size_wh
    scale = (WIDTH - 8) / width
    tall = height * scale
    parts = [
        tag(
            "rect", x=4, y=4, width=_n(WIDTH - 8), height=_n(tall), fill="none", class_="grid", stroke_width=1
        )
    ]
    for (ax, ay), (bx, by) in zip(truths, predictions, strict=True):
        a, b = (4 + ax * scale, 4 + ay * scale), (4 + bx * scale, 4 + by * scale)
        parts.append(_stroke(*a, *b, prediction, 1.5))
        parts.append(
            tag("circle", cx=_n(a[0]), cy=_n(a[1]), r=3, fill="none", stroke=truth, stroke_width=1.5)
        )
    return _figure(title, "points in the image's frame", tall + 8, parts)


class _Scale:
    """From values to places along one axis, with round ticks."""

    def __init__(self, low: float, high: float, start: float, end: float, pad: float = 0.0):
        span = (high - low) or max(abs(low), 1.0) * 0.1
        self.low, self.high = low - pad * span, low + span + pad * span
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int, least: float = 0.0) -> list[float]:
        """Round values, at most so many, at least `least` apart."""
        raw = max((self.high - self.low) / most, least)
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
        first = math.ceil(self.low / step - 1e-9)
        return [step * number for number in range(first, math.floor(self.high / step + 1e-9) + 1)]


def _axes(x: _Scale, y: _Scale, x_title: str, right: float):
    for value in y.ticks(5):
        yield tag("line", x1=LEFT, x2=_n(right), y1=_n(y(value)), y2=_n(y(value)), class_="grid")
        yield tag("text", f"{value:.4g}", x=LEFT - 7, y=_n(y(value) + 4), text_anchor="end", class_="tick")
    for value in x.ticks(6, 1.0 if x_title == "epoch" else 0.0):
        yield tag(
            "text",
            f"{value:.4g}",
            x=_n(x(value)),
            y=HEIGHT - BOTTOM + 17,
            text_anchor="middle",
            class_="tick",
        )
    yield tag("text", x_title, x=_n((LEFT + right) / 2), y=HEIGHT - 7, text_anchor="middle", class_="tick")


def _path(line: Line, x: _Scale, y: _Scale, lowest: float) -> Markup:
    steps, pen = [], "M"
    for across, up in zip(line.x, line.y, strict=True):
        if not (math.isfinite(across) and math.isfinite(up) and up >= lowest):
            pen = "M"
            continue
        steps.append(f"{pen}{_n(x(across))} {_n(y(up))}")
        pen = "L"
    dash = {"stroke_dasharray": line.dash} if line.dash else {}
    path = " ".join(steps) if len(steps) > 1 else f"{' '.join(steps)} h0.01"
    return tag("path", d=path, fill="none", stroke=line.colour, stroke_width=line.width, stroke_linecap="round",
                  stroke_linejoin="round", **dash)  # fmt: skip


def _names(drawn: Sequence[Line], x: _Scale, y: _Scale, right: float):
    """Each line's name next to its end, moved apart where two ends meet."""
    ends = sorted(((y(_last(line.y)), line) for line in drawn), key=lambda end: end[0])
    lowest = HEIGHT - BOTTOM - LINE_HEIGHT * (len(ends) - 1)
    above = -math.inf
    for place, (at, line) in enumerate(ends):
        above = max(min(at, lowest + LINE_HEIGHT * place), above + LINE_HEIGHT)
        yield tag("text", _short(line.name), x=_n(right + 8), y=_n(above + 4), fill=line.colour)


def _last(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return known[-1] if known else 0.0


def _ends(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    known = [float(value) for group in groups for value in group if math.isfinite(value)] or [0.0, 1.0]
    return min(known), max(known)


def _figure(title: str, says: str, height: float, parts: Sequence[Markup], y_title: str = "") -> Markup:
    top = [tag("text", y_title, x=0, y=-2, class_="tick")] if y_title else []
    box = f"0 {-16 if y_title else 0} {WIDTH} {_n(height + (16 if y_title else 0))}"
    drawing = tag("svg", tag("title", f"{title} ({says})"), *top, *parts, viewBox=box, role="img")
    return tag("figure", tag("figcaption", title), drawing)


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> Markup:
    return tag("line", x1=_n(x1), y1=_n(y1), x2=_n(x2), y2=_n(y2), stroke=colour, stroke_width=width)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
