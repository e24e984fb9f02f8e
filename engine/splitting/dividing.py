"""Which pictures are for validation, in four ways, always the same ones for the same seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from engine import labels
from engine.connected import connected
from engine.datasets.found import Row
from engine.datasets.splits import random_split

RANDOM, STRATIFIED, GROUPS, TABLE = "random", "stratified", "groups", "table"
WAYS = {
    RANDOM: "At random",
    STRATIFIED: "Evenly by label",
    GROUPS: "By group",
    TABLE: "As the table says",
}
DRAWS = 64
"""How often whole groups are drawn; the draw that divides the labels most evenly is taken."""


class SplitError(ValueError):
    """The pictures cannot be divided so; one sentence."""


@dataclass(frozen=True)
class Plan:
    """How to divide: the `way`, the `share` (0..1) for validation, the `seed`, and how groups were told.

    `merged` renames groups (a group given the name of another one joins it); `together` keeps pictures that look
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

    `groups` names the group of each row, for the way "groups"; `alike` are pictures (by name) that stay together if
    the plan says so; `source` is what the table says, for the way "table". About `plan.share` of the rows are chosen,
    at least one unit and never all. Labels of which there are several units have some in training in every way but
    the last. Raises `SplitError` where there is nothing to divide.
    """
    if plan.way == TABLE:
        return _as_the_table_says(source)
    units = _units(rows, groups if plan.way == GROUPS else None, alike if plan.together else ())
    if len(set(units)) < 2:
        raise SplitError("All pictures belong together, so they cannot be divided; choose another way.")
    targets, sizes = _of_units(rows, units)
    chosen = _CHOOSE[plan.way](targets, sizes, plan)
    _leave_some_for_training(chosen, targets)
    return [bool(chosen[unit]) for unit in units]


def merged(groups: Sequence[str], renamed: Sequence[tuple[str, str]]) -> list[str]:
    """The groups under the names that a person gave them."""
    names = dict(renamed)
    return [names.get(group, group) for group in groups]


def _as_the_table_says(source: Sequence[bool | None] | None) -> list[bool]:
    if source is None or not any(part is not None for part in source):
        raise SplitError("The data set itself does not say which pictures are for validation.")
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


def _of_units(rows: Sequence[Row], units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(U, C) how many pictures of each unit have each label, and (U,) how many pictures it has."""
    vocab = tuple(sorted({label for row in rows for label in row.labels}))
    counts = np.zeros((units.max() + 1, len(vocab)), int)
    if vocab:
        np.add.at(counts, units, labels.encode_all([row.labels for row in rows], vocab).astype(int))
    return counts, np.bincount(units)


def _at_random(counts: np.ndarray, sizes: np.ndarray, plan: Plan) -> np.ndarray:
    owners = [str(unit) for unit, size in enumerate(sizes) for _ in range(size)]
    rows = random_split(owners, plan.share, plan.seed)
    return np.array(rows)[np.cumsum(sizes) - 1]


def _evenly(counts: np.ndarray, sizes: np.ndarray, plan: Plan) -> np.ndarray:
    """scikit-learn where every unit has one label, iterative stratification (Sechidis et al., 2011) otherwise.

    What has no label counts as a class of its own. A label with one unit stays in training, which needs it first.
    """
    if not counts.shape[1]:
        return _at_random(counts, sizes, plan)
    classes = np.column_stack([counts > 0, counts.sum(axis=1) == 0])
    free = ~classes[:, classes.sum(axis=0) == 1].any(axis=1)
    classes = classes[:, classes.sum(axis=0) > 1]
    chosen = np.zeros(len(sizes), bool)
    places = np.flatnonzero(free)
    if len(places) < 2:
        return _at_random(counts, sizes, plan)
    count = min(max(round(plan.share * len(sizes)), 1), len(places) - 1)
    chosen[places] = _stratified(classes[places], count, plan.seed)
    return chosen


def _stratified(classes: np.ndarray, count: int, seed: int) -> np.ndarray:
    """A mask of `count` rows of the classes (N, C)."""
    from iterstrat.ml_stratifiers import MultilabelStratifiedShuffleSplit  # slow to load, and seldom needed
    from sklearn.model_selection import StratifiedShuffleSplit

    kinds, chosen = classes.sum(axis=0), np.zeros(len(classes), bool)
    is_single = (classes.sum(axis=1) == 1).all()
    if is_single and count >= (kinds > 0).sum() <= len(classes) - count and (kinds[kinds > 0] > 1).all():
        splitter = StratifiedShuffleSplit(n_splits=1, test_size=count, random_state=seed)
        chosen[next(splitter.split(classes, classes.argmax(axis=1)))[1]] = True
        return chosen
    share = count / len(classes)
    splitter = MultilabelStratifiedShuffleSplit(n_splits=1, test_size=share, random_state=seed)
    chosen[next(splitter.split(classes, classes.astype(int)))[1]] = True
    return _with_just(count, chosen, classes)


def _with_just(count: int, chosen: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Add or take away the rows whose classes are most lacking or most abundant, since the iteration ends near by."""
    share = count / len(classes)
    while (held := chosen.sum()) != count:
        lacking = share * classes.sum(axis=0) - classes[chosen].sum(axis=0)
        wanted = classes @ lacking / np.maximum(classes.sum(axis=1), 1)
        places = np.flatnonzero(chosen == (held > count))
        best = places[np.argmax(wanted[places] if held < count else -wanted[places])]
        chosen[best] = held < count
    return chosen


def _by_group(counts: np.ndarray, sizes: np.ndarray, plan: Plan) -> np.ndarray:
    """Whole units, of many draws the one in which labels and pictures come nearest to the share."""
    rng, wanted = np.random.default_rng(plan.seed), max(1, round(plan.share * sizes.sum()))
    weighed = np.column_stack([sizes, counts])
    draws = [_draw(rng, sizes, wanted) for _ in range(DRAWS)]
    return min(draws, key=lambda chosen: _unevenness(weighed, chosen, plan.share))


def _draw(rng: np.random.Generator, sizes: np.ndarray, wanted: int) -> np.ndarray:
    order = rng.permutation(len(sizes))[: len(sizes) - 1]
    before = np.cumsum(sizes[order]) - sizes[order]
    chosen = np.zeros(len(sizes), bool)
    chosen[order[before < wanted]] = True
    return chosen


def _unevenness(weighed: np.ndarray, chosen: np.ndarray, share: float) -> float:
    """How far the share of the pictures, and on average of each label, is from what was asked."""
    shares = weighed[chosen].sum(axis=0) / np.maximum(weighed.sum(axis=0), 1)
    return abs(shares[0] - share) + float(np.abs(shares - share).mean())


def _leave_some_for_training(chosen: np.ndarray, counts: np.ndarray) -> None:
    """A label that is in the validation part only cannot be learned: one unit that has it goes back."""
    for label in np.flatnonzero(counts[chosen].any(axis=0) & ~counts[~chosen].any(axis=0)):
        holders = np.flatnonzero(chosen & (counts[:, label] > 0))
        if chosen.sum() > 1 and not counts[~chosen, label].any():
            chosen[holders[np.argmin(counts[holders].sum(axis=1))]] = False


_CHOOSE = {RANDOM: _at_random, STRATIFIED: _evenly, GROUPS: _by_group}
