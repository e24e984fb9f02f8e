"""What is examined: the rows of a data set as they stand, those that the task uses, and the facts of their files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine import tasks
from engine.data.checks.finding import Fix
from engine.data.checks.image_facts import Facts
from engine.data.checks.near_duplicates import Groups, nearly_same, same_bytes
from engine.data.edits import SPLIT
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


@dataclass(frozen=True)
class Subject:
    """`parsed` as the decisions make it, divided as `engine.data.load` would; `facts` of the files that are there.

    `left_out` are the pictures that a person left out before.
    """

    parsed: ParsedSource
    task: str
    facts: Facts
    left_out: tuple[str, ...] = ()

    @cached_property
    def used(self) -> list[Row]:
        """The rows that the task uses: for a single label those with one, for points those with a point."""
        return [row for row in self.parsed.rows if _IS_USED[self.task](row)]

    @cached_property
    def by_name(self) -> dict[str, Row]:
        """The row of each picture; of several the first."""
        return {row.fname: row for row in reversed(self.parsed.rows)}

    @cached_property
    def with_label(self) -> dict[str, list[Row]]:
        """The used rows of each label, in the order of the labels."""
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self.used if tasks.get(self.task).has_labels else ():
            for label in row.labels:
                rows[label].append(row)
        return dict(sorted(rows.items()))

    @cached_property
    def copies(self) -> Groups:
        """The pictures that are there more than once, the same to the byte."""
        return same_bytes(self.facts.readable())

    @cached_property
    def alike(self) -> Groups:
        """The pictures that look nearly the same; of copies only the first counts."""
        return nearly_same(self.facts.readable())

    def is_valid(self, fname: str) -> bool:
        """Whether a picture is for validation."""
        return bool(self.by_name[fname].is_valid)

    def moved(self, says: str, parts: Mapping[str, bool]) -> Fix:
        """Move pictures to another part.

        Where the division is only a random choice so far, all of it is written down, so that nothing else moves.
        """
        if self.parsed.has_split:
            return Fix(says, SPLIT, dict(parts))
        now = {row.fname: bool(row.is_valid) for row in self.parsed.rows}
        return Fix(says, SPLIT, now | dict(parts))


def quoted(labels: Iterable[str]) -> list[str]:
    """Labels as a sentence shows them."""
    return [f"“{label}”" for label in labels]


_IS_USED: dict[str, Callable[[Row], bool]] = {
    SINGLE_LABEL: lambda row: len(row.labels) == 1,
    MULTI_LABEL: lambda row: True,
    POINTS: lambda row: row.point_px is not None,
}
