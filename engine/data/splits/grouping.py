"""Which images belong to one person or series, told from the table, the folders or the names.

Images of one series resemble each other. With some of them on each side, the validation part asks what the network
has nearly seen, and the score is too good.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from engine.data.formats.parsed_source import Row

LAST_NUMBER = re.compile(r"\d+\D*$")
FIRST_NUMBER = re.compile(r"\d+")
UPLOAD_PREFIX = re.compile(r"(.*/)?([0-9a-f]{8})-([^/]+)")
"""A name as Label Studio keeps an uploaded file, with a random prefix."""
SEPARATORS = " _-.#("


@dataclass(frozen=True)
class Grouping:
    """One way to tell groups: its `title`, the group of each row, and the `doubt` one must have, if any."""

    title: str
    groups: tuple[str, ...]
    doubt: str = ""

    @property
    def members(self) -> dict[str, int]:
        """How many images each group has, the largest first."""
        counts: dict[str, int] = defaultdict(int)
        for group in self.groups:
            counts[group] += 1
        return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def groupings(rows: Sequence[Row]) -> list[Grouping]:
    """Every way that gives at least two groups, one of them of several images; the most trustworthy first."""
    named = _as_uploaded(rows)
    told = [Grouping(title, tuple(group_of(row) for row in named)) for title, group_of in _RULES.items()]
    useful = [one for one in told if 2 <= len(one.members) < len(rows)]
    unlike = {one.groups: one for one in reversed(useful)}
    return [Grouping(one.title, one.groups, _doubt(one, rows)) for one in useful if unlike[one.groups] is one]


def _as_uploaded(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without the random prefixes of an upload, where every name has one and all of them differ."""
    found = [UPLOAD_PREFIX.fullmatch(row.fname) for row in rows]
    prefixes = {match[2] for match in found if match}
    names = [(match[1] or "") + match[3] for match in found if match]
    if not len(prefixes) == len(set(names)) == len(rows):
        return rows
    return [replace(row, fname=name) for row, name in zip(rows, names, strict=True)]


def _doubt(one: Grouping, rows: Sequence[Row]) -> str:
    """Groups that are the labels themselves are no series: each label would be on one side only."""
    held: dict[str, Counter] = defaultdict(Counter)
    for row, group in zip(rows, one.groups, strict=True):
        for label in row.labels:
            held[label][group] += 1
    if len(held) > 1 and all(2 * max(groups.values()) > groups.total() for groups in held.values()):
        return "most labels occur in one group only, so these look like labels, not series"
    if len(one.members) < 3:
        return "there are only two groups, so one of them would be the whole validation part"
    return ""


def _column(row: Row) -> str:
    return row.group or f"alone: {row.fname}"


def _folder(row: Row) -> str:
    return str(PurePosixPath(row.fname).parent)


def _before_last_number(row: Row) -> str:
    """ "anna/take2_0007_rgb.jpg" is of "anna/take2"."""
    path = PurePosixPath(row.fname)
    return str(path.parent / (LAST_NUMBER.sub("", path.stem).rstrip(SEPARATORS) or path.stem))


def _before_first_number(row: Row) -> str:
    """ "anna/take2_0007_rgb.jpg" is of "anna/take"."""
    path = PurePosixPath(row.fname)
    return str(path.parent / (FIRST_NUMBER.split(path.stem)[0].rstrip(SEPARATORS) or path.stem))


def _first_number(row: Row) -> str:
    """ "anna/take2_0007_rgb.jpg" is of "anna/take2"; what stands behind the first number is left off."""
    path = PurePosixPath(row.fname)
    found = FIRST_NUMBER.search(path.stem)
    return str(path.parent / (path.stem[: found.end()] if found else path.stem))


_RULES: dict[str, Callable[[Row], str]] = {
    "the table's own groups": _column,
    "the folders": _folder,
    "the name before its last number": _before_last_number,
    "the name up to its first number": _first_number,
    "the name before its first number": _before_first_number,
}
