"""Images whose row cannot be used: few of them are set aside and listed; many mean that the source is read wrongly."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import counted, quoted, some

HALF, TENTH = 2, 10
BROKEN_ROW = "broken row"
"""The kind of `Problem` about rows of a table that could not be read, so that it is not known of which images."""
SET_ASIDE = "Set aside"
"""How every note about what is set aside begins."""
_LIMITS = {
    "missing": HALF,
    "missing image": HALF,
    "missing annotation": HALF,
    "unreadable": HALF,
    "nameless": TENTH,
    "number": TENTH,
    "part": TENTH,
    "outside": TENTH,
}
"""The kinds of `Problem` that leave no doubt about the other images, and up to which part of all these can be told
from a source that is read wrongly: files go missing in numbers, but cells that make no sense are few, or no accident.
"""


def set_bad_rows_aside(parsed: ParsedSource, problems: Iterable[str | Problem]) -> list[str | Problem]:
    """Set the images aside of which only a few have a problem, and return the problems that remain.

    Where one problem concerns too many images, or all together concern more than half, all of them remain.
    """
    unused = {*parsed.for_testing} - {row.fname for row in parsed.rows}
    problems = _without(problems, unused)
    bad = [problem for problem in problems if isinstance(problem, Problem) and problem.kind in _LIMITS]
    names = {fname for problem in bad for fname in problem.fnames}
    concerned = [(problem.kind, problem.fnames) for problem in bad]
    if not can_be_set_aside(concerned, len(names | {row.fname for row in parsed.rows})):
        return problems
    if names and (unit := unit_without(parsed, names)) != parsed.unit:
        says = (
            f"Without these images the points would be read as {unit}, not as {parsed.unit}: choose the units"
        )
        return [*problems, f"{says} (--units)."]
    before = {label for row in parsed.rows for label in row.labels}
    parsed.rows = [row for row in parsed.rows if row.fname not in names]
    gone = before.difference(*(row.labels for row in parsed.rows))
    if gone:
        labels = some(quoted(sorted(gone)))
        parsed.notes.append(f"No image of {labels} is left, because all are set aside.")
    parsed.set_aside += [replace(problem, says=says_set_aside(problem.says)) for problem in bad]
    return _without(problems, names)


def _without(problems: Iterable[str | Problem], names: Collection[str]) -> list[str | Problem]:
    """The problems that remain where these images are unused."""
    others = [problem.without(names) if isinstance(problem, Problem) else problem for problem in problems]
    return [problem for problem in others if not isinstance(problem, Problem) or problem.told]


def unit_without(parsed: ParsedSource, names: Collection[str]) -> str:
    """The unit that the points would be read in without these images and those that are set aside already."""
    if parsed.unit_without is None:
        return parsed.unit
    return parsed.unit_without({*names, *(fname for one in parsed.set_aside for fname in one.fnames)})


def can_be_set_aside(concerned: Sequence[tuple[str, Collection[str]]], total: int) -> bool:
    """Whether training can go on without the images of these kinds of problems, of `total` images."""
    together = {fname for _, fnames in concerned for fname in fnames}
    return are_few(len(together), total) and all(
        are_few(len(fnames), total, _LIMITS[kind]) for kind, fnames in concerned
    )


def are_few(count: int, total: int, limit: int = HALF) -> bool:
    """Whether so many of all images can be set aside: at most one part in `limit`, and one of three or more.

    >>> are_few(3, 6), are_few(3, 6, TENTH), are_few(1, 6, TENTH), are_few(1, 2, TENTH)
    (True, False, True, False)
    """
    return limit * count <= total or (count == 1 and total > HALF)


def says_set_aside(says: Callable[[list[str]], str], noun: str = "image") -> Callable[[list[str]], str]:
    """What makes the sentence of a problem, with how many images or rows are set aside for it."""
    return lambda told: f"{set_aside(len(told), noun)} {says(told)}"


def set_aside(count: int, noun: str = "image") -> str:
    """How a sentence about what is set aside begins.

    >>> set_aside(2), set_aside(1, "row")
    ('Set aside 2 images.', 'Set aside 1 row.')
    """
    return f"{SET_ASIDE} {counted(count, noun)}."
