"""Which pictures are for validation, where the data set does not say it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def random_split(groups: Sequence[str | None], valid_share: float, seed: int) -> list[bool]:
    """Choose rows for validation at random, N booleans, always the same ones for the same seed.

    Rows of one group stay together, so that no person or video is on both sides; `None` is a group of its own.
    About `valid_share` (0..1) of the rows are chosen, at least one group, never all.
    """
    keys = [("row", str(at)) if group is None else ("group", group) for at, group in enumerate(groups)]
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
