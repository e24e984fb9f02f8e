"""What is examined: the rows of a dataset as they stand, those that the task uses, and the facts of their files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from engine import tasks
from engine.data.checks.finding import Fix
from engine.data.checks.image_facts import Facts
from engine.data.checks.near_duplicates import Groups, merged_groups, nearly_same, same_bytes
from engine.data.edits import SPLIT
from engine.data.formats import checks
from engine.data.formats.bad_rows import can_be_set_aside, unit_without
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


@dataclass(frozen=True)
class Subject:
    """`parsed` as the decisions make it, divided as `engine.data.load` would; `facts` of the files that are there.

    `left_out` are the images that a person left out before.
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
    def outside(self) -> list[Row]:
        """The used rows whose point lies outside its image; of labels it does not matter."""
        return checks.outside(self.used, self.facts.sizes) if tasks.get(self.task).has_points else []

    @cached_property
    def set_aside(self) -> frozenset[str]:
        """The images without which training goes on, since they cannot be read or their point lies outside.

        There are none where they are too many, or where x and y of all images seem to be exchanged.
        """
        used = frozenset(row.fname for row in self.used)
        errors, outside = used & self.facts.errors.keys(), frozenset(row.fname for row in self.outside)
        concerned = [("unreadable", errors), ("outside", outside)]
        if self.parsed.may_leave_out_points:
            concerned, errors = concerned[:1], errors | outside
        elif outside and checks.may_be_exchanged(self.used, self.facts.sizes):
            return frozenset()
        aside = errors | outside
        is_same_unit = not aside or unit_without(self.parsed, aside) == self.parsed.unit
        return aside if is_same_unit and can_be_set_aside(concerned, len(used)) else frozenset()

    @property
    def undivided(self) -> list[Row]:
        """The rows that loading divides into training and validation: for points only those that it keeps."""
        if not tasks.get(self.task).has_points or not self.set_aside:
            return self.parsed.rows
        doubtful = [row for row in self.parsed.rows if row.fname in self.set_aside]
        sizes, _ = checks.measure(self.parsed.folder, doubtful)
        outside = {row.fname for row in self.outside}
        gone = {row.fname for row in doubtful if row.fname in outside or row.fname not in sizes}
        return [row for row in self.parsed.rows if row.fname not in gone]

    @cached_property
    def kept(self) -> list[Row]:
        """The rows that training uses: those that the task uses without the images that are set aside."""
        return [row for row in self.used if row.fname not in self.set_aside]

    @cached_property
    def by_name(self) -> dict[str, Row]:
        """The row of each image; of several the first."""
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
        """The images that are there more than once, byte for byte."""
        return same_bytes(self.facts.readable())

    @cached_property
    def alike(self) -> Groups:
        """The images that look nearly the same; of copies only the first counts."""
        return nearly_same(self.facts.readable())

    @cached_property
    def look_alikes(self) -> list[tuple[tuple[str, ...], Groups]]:
        """Groups of used images that are the same or look nearly so, each with the copies in it, byte for byte."""
        used = {row.fname for row in self.used}
        copies, alike = (
            [kept for group in groups if len(kept := tuple(name for name in group if name in used)) > 1]
            for groups in (self.copies, self.alike)
        )
        merged = merged_groups(copies + alike)
        of_group = {fname: at for at, group in enumerate(merged) for fname in group}
        inside: list[Groups] = [[] for _ in merged]
        for group in copies:
            inside[of_group[group[0]]].append(group)
        return list(zip(merged, inside, strict=True))

    def is_valid(self, fname: str) -> bool:
        """Whether an image is for validation."""
        return bool(self.by_name[fname].is_valid)

    def to_training(self, says: str, fnames: Iterable[str]) -> tuple[Fix, ...]:
        """Move images to training; no fix where the source itself keeps any of them for validation or testing.

        Where the split is only a random choice so far, all of it is written down, so that nothing else moves.
        """
        moved = list(fnames)
        if any(self.by_name[fname].source_is_valid for fname in moved):
            return ()
        now = {} if self.parsed.has_split else {row.fname: bool(row.is_valid) for row in self.parsed.rows}
        return (Fix("move-to-training", says, SPLIT, now | dict.fromkeys(moved, False)),)


_IS_USED: dict[str, Callable[[Row], bool]] = {
    SINGLE_LABEL: lambda row: len(row.labels) == 1,
    MULTI_LABEL: lambda row: True,
    POINTS: lambda row: row.point_px is not None,
}
