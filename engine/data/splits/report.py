"""What a division comes to: how each label divides, and what is on both sides that should not be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from engine.data.formats.parsed_source import Row

EVERY = "all images"


def shares(rows: Sequence[Row], is_valid: Sequence[bool]) -> pd.DataFrame:
    """One row for all images and one for each label: how many are for training and validation, and the share (0..1)
    of the validation part; the commonest label first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row, part in zip(rows, is_valid, strict=True):
        for label in row.labels:
            counts[label][bool(part)] += 1
    ordered = sorted(counts.items(), key=lambda one: (-sum(one[1]), one[0]))
    valid = sum(map(bool, is_valid))
    table = pd.DataFrame(
        [(len(rows) - valid, valid), *(parts for _, parts in ordered)],
        columns=["training", "validation"],
        index=pd.Index([EVERY, *(label for label, _ in ordered)], name="label"),
    )
    table["share"] = table["validation"] / (table["training"] + table["validation"]).clip(lower=1)
    return table


def groups_across(groups: Sequence[str], is_valid: Sequence[bool]) -> list[str]:
    """The groups that have images in both parts."""
    parts: dict[str, set[bool]] = defaultdict(set)
    for group, part in zip(groups, is_valid, strict=True):
        parts[group].add(bool(part))
    return [group for group, found in parts.items() if len(found) > 1]


def alike_across(
    rows: Sequence[Row], is_valid: Sequence[bool], alike: Sequence[Sequence[str]]
) -> list[tuple[str, ...]]:
    """The images that look alike and are in both parts, in groups."""
    part = {row.fname: bool(valid) for row, valid in zip(rows, is_valid, strict=True)}
    groups = [tuple(fname for fname in group if fname in part) for group in alike]
    return [group for group in groups if len({part[fname] for fname in group}) > 1]
