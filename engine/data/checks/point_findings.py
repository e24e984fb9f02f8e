"""Findings about points: outside their picture, or with their axes exchanged."""

from __future__ import annotations

from engine.data.checks.check_input import Subject
from engine.data.checks.finding import NOTE, STOPS, Finding, Fix, leave_out
from engine.data.edits import POINT
from engine.data.formats import checks

Point = tuple[float, float]


def findings(subject: Subject) -> list[Finding]:
    """All of them."""
    sizes = subject.facts.sizes
    rows = [row for row in subject.used if row.fname in sizes]
    points = {row.fname: row.point_px for row in rows if row.point_px}
    outside = checks.outside(rows, sizes)
    if not outside:
        return []
    (problem,) = checks.outside_problems(rows, sizes)
    names = tuple(row.fname for row in outside)
    about = {
        row.fname: f"({x:g}, {y:g}) in {sizes[row.fname][0]} x {sizes[row.fname][1]}"
        for row in outside
        for x, y in (points[row.fname],)
    }
    if subject.parsed.may_leave_out_points:
        return [Finding("outside", f"Left out: {problem}", NOTE, names, (), about)]
    clipped = {name: _clipped(points[name], sizes[name]) for name in names}
    remedies = (
        *_exchanged(points, sizes),
        Fix("Move to the edge of the picture", POINT, clipped),
        leave_out(names),
    )
    return [Finding("outside", str(problem), STOPS, names, remedies, about)]


def _clipped(point_px: Point, size_wh: tuple[int, int]) -> Point:
    x, y = point_px
    return min(max(x, 0.0), float(size_wh[0])), min(max(y, 0.0), float(size_wh[1]))


def _exchanged(points: dict[str, Point], sizes: checks.Sizes) -> tuple[Fix, ...]:
    """Where every point would lie inside with x and y exchanged, they probably are."""
    swapped = {fname: (y, x) for fname, (x, y) in points.items()}
    fits = all(0 <= x <= sizes[fname][0] and 0 <= y <= sizes[fname][1] for fname, (x, y) in swapped.items())
    return (Fix("Exchange x and y of all pictures", POINT, swapped),) if fits else ()
