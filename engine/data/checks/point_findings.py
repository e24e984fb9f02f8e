"""Findings about points: outside their image, or with their axes exchanged."""

from __future__ import annotations

from engine.data.checks.check_input import Subject
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix, leave_out
from engine.data.edits import POINT
from engine.data.formats import checks
from engine.data.formats.bad_rows import set_aside

Point = tuple[float, float]


def findings(subject: Subject) -> list[Finding]:
    """All of them."""
    sizes = subject.facts.sizes
    rows = [row for row in subject.used if row.fname in sizes]
    points = {row.fname: row.point_px for row in rows if row.point_px}
    if not subject.outside:
        return []
    (problem,) = checks.outside_problems(rows, sizes)
    names = tuple(row.fname for row in subject.outside)
    about = {
        row.fname: f"({x:g}, {y:g}) in {sizes[row.fname][0]} x {sizes[row.fname][1]}"
        for row in subject.outside
        for x, y in (points[row.fname],)
    }
    if subject.parsed.may_leave_out_points:
        return [Finding("outside", f"Left out: {problem}", NOTE, names, (), about)]
    if subject.set_aside:
        return [
            Finding("outside", f"{set_aside(len(names))} {problem}", HARMS, names, (leave_out(names),), about)
        ]
    exchanged = _exchange(points) if checks.is_exchanged(rows, sizes) else ()
    left_out = leave_out(names)
    hint = " With x and y swapped, every point lies inside its image." if exchanged else ""
    are_most = 2 * len(names) > len(points)  # then those inside are probably wrong, too
    fixes = (*exchanged, left_out) if are_most else (left_out, *exchanged)
    return [Finding("outside", f"{problem}{hint}", STOPS, names, fixes, about)]


def _exchange(points: dict[str, Point]) -> tuple[Fix, ...]:
    swapped = {fname: (y, x) for fname, (x, y) in points.items()}
    return (Fix("exchange-axes", "Swap x and y in all images", POINT, swapped),)
