"""Which images are for validation, in four ways, always the same ones for the same seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from engine.data.formats.parsed_source import Row
from engine.data.splits import stratify
from engine.data.splits.validation import counts_of
from engine.functional.connected_components import connected

RANDOM, STRATIFIED, GROUPS, TABLE = "random", "stratified", "groups", "table"
WAYS = {
    RANDOM: "At random",
    STRATIFIED: "Evenly by label",
    GROUPS: "By group",
    TABLE: "As in the dataset",
}


class SplitError(ValueError):
    """The images cannot be divided so; one sentence."""


@dataclass(frozen=True)
class Plan:
    """How to divide: the `way`, the `share` (0..1) for validation, the `seed`, and how groups were told.

    `merged` renames groups (a group given the name of another one joins it); `together` keeps images that look
    alike in one part.
    """

    way: str = STRATIFIED
    share: float = 0.2
    seed: int = 0
    grouping: str = ""
    merged: tuple[tuple[str, str], ...] = ()
    together: bool = True

    def __post_init__(self):
        if self.way not in WAYS:
            raise ValueError(f"way must be one of {', '.join(WAYS)}; got {self.way!r}.")
        if not 0 < self.share < 1:
            raise ValueError(f"share must lie between 0 and 1; got {self.share}.")

    def record(self) -> dict:
        """The plan as plain values, for JSON."""
        return asdict(self)


def divide(
    rows: Sequence[Row],
    plan: Plan,
    groups: Sequence[str] | None = None,
    alike: Sequence[Sequence[str]] = (),
    source: Sequence[bool | None] | None = None,
) -> list[bool]:
    """For each row whether it is for validation.

    `groups` names the group of each row, for the way "groups"; `alike` are images (by name) that stay together if
    the plan says so; `source` is what the table says, for the way "table". About `plan.share` of the rows are chosen,
    at least one unit and never all. Labels of which there are several units have some in training in every way but
    the last. Raises `SplitError` where there is nothing to divide.
    """
    if plan.way == TABLE:
        return _as_the_table_says(source)
    units = _units(rows, groups if plan.way == GROUPS else None, alike if plan.together else ())
    if len(set(units)) < 2:
        raise SplitError("All images belong together, so they cannot be split; choose another method.")
    counts, sizes = counts_of([row.labels for row in rows], units)
    chosen = _CHOOSE[plan.way](counts, sizes, plan.share, plan.seed)
    stratify.keep_some_for_training(chosen, counts)
    return [bool(chosen[unit]) for unit in units]


def merged(groups: Sequence[str], renamed: Sequence[tuple[str, str]]) -> list[str]:
    """The groups under the names that a person gave them."""
    names = dict(renamed)
    return [names.get(group, group) for group in groups]


def _as_the_table_says(source: Sequence[bool | None] | None) -> list[bool]:
    if source is None or not any(part is not None for part in source):
        raise SplitError("The dataset does not mark any images for validation.")
    return [bool(part) for part in source]


def _units(rows: Sequence[Row], groups: Sequence[str] | None, alike: Sequence[Sequence[str]]) -> np.ndarray:
    """(N,) the number of the unit of each row: what is of one group, or looks alike, goes to one part."""
    places = {row.fname: at for at, row in enumerate(rows)}
    links = [[places[fname] for fname in together if fname in places] for together in alike]
    by_group: dict[str, list[int]] = defaultdict(list)
    for at, group in enumerate(groups or ()):
        by_group[group].append(at)
    pairs = [pair for one in [*links, *by_group.values()] for pair in pairwise(one)]
    return connected(np.array(pairs, int), len(rows))


_CHOOSE = {RANDOM: stratify.at_random, STRATIFIED: stratify.evenly, GROUPS: stratify.whole_groups}
