"""Which pictures are for validation, where the data set does not say it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def random_split(groups: Sequence[str | None], valid_share: float, seed: int) -> list[bool]:
    """Choose rows for validation at random, N booleans, always the same ones for the same seed.

    Rows of one group stay together, so that no person or video is on both sides; `None` is a group of its own. Where
    all rows are of the same group, they are divided after all.
    About `valid_share` (0..1) of the rows are chosen, at least one group, never all.
    """
    alone = is_one_group(groups)
    keys = [
        ("row", str(at)) if alone or group is None else ("group", group) for at, group in enumerate(groups)
    ]
    names = list(dict.fromkeys(keys))
    counts = {name: 0 for name in names}
    for key in keys:
        counts[key] += 1
    wanted, chosen, held = max(1, round(valid_share * len(keys))), set(), 0
    for at in np.random.default_rng(seed).permutation(len(names))[: len(names) - 1]:
        if held >= wanted:
            break
        chosen.add(names[at])
        held += counts[names[at]]
    return [key in chosen for key in keys]


def is_one_group(groups: Sequence[str | None]) -> bool:
    """Whether all rows are of the same person or series, so that no split can keep it on one side."""
    return len(groups) > 0 and groups[0] is not None and len(set(groups)) == 1
