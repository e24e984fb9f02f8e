"""The default split: which images are for validation where a dataset does not say it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from engine.data.splits import stratify
from engine.jobs import array_cache

AT_RANDOM, BY_LABEL, BY_GROUP, GROUPS_BY_LABEL = (
    "at random",
    "evenly by label",
    "whole groups",
    "groups by label",
)


LEAST_CACHED = 1_000
"""From so many images on, a split is kept on disk: loading scikit-learn alone takes longer than to read the dataset."""
MOST_CELLS = 2_000_000
"""So many images times labels are spread evenly in a few seconds; of more labels, the most frequent ones count."""
_LIBRARIES = ("iterative-stratification", "scikit-learn", "numpy")


@dataclass(frozen=True)
class Split:
    """The chosen split: `is_valid` (N,), and in which `way` it was chosen."""

    is_valid: np.ndarray
    way: str


def choose(
    label_lists: Sequence[Sequence[str]], groups: Sequence[str | None], share: float, seed: int
) -> Split:
    """Choose about `share` (0..1) of N images for validation, the same ones for the same seed; never none or all.

    `label_lists` are the labels of each image, all empty for points. Images of one group stay together, so that no
    person or video is in both parts; None is a group of its own. Where all images are of one group, it is split after
    all. Otherwise labels are spread as evenly as possible, and one with a single image (or group) stays in training:
    every label, or where images times labels are more than `MOST_CELLS`, only the most frequent ones.
    """
    units = _units(groups)
    counts, sizes = counts_of(label_lists, units)
    has_labels, is_grouped = counts.shape[1] > 0, len(sizes) < len(units)
    if is_grouped:
        way, pick = GROUPS_BY_LABEL if has_labels else BY_GROUP, stratify.whole_groups
    else:
        way, pick = (BY_LABEL, stratify.evenly) if has_labels else (AT_RANDOM, stratify.at_random)

    def choose_units() -> np.ndarray:
        chosen = pick(counts, sizes, share, seed)
        stratify.keep_some_for_training(chosen, counts)
        return chosen

    if len(units) < LEAST_CACHED:
        return Split(choose_units()[units], way)
    made_by = " ".join(version(name) for name in _LIBRARIES)
    key = f"split 2 {_digest(counts, sizes)} {way} {share} {seed} {made_by}"
    return Split(array_cache.shared().get(key, choose_units)[units], way)


def counts_of(label_lists: Sequence[Sequence[str]], units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(U, C) how many images of each unit have each label, and (U,) how many images it has; `units` (N,) are 0..U-1.

    C is at least one where there are labels, but never more than `MOST_CELLS` allows.
    """
    images = Counter(label for found in label_lists for label in set(found))
    most = max(1, MOST_CELLS // len(label_lists)) if label_lists else 0
    vocab = sorted(label for label, _ in images.most_common(most))
    place = {label: at for at, label in enumerate(vocab)}
    counts = np.zeros((units.max() + 1, len(vocab)), int)
    for unit, found in zip(units.tolist(), label_lists, strict=True):
        for label in set(found) & place.keys():
            counts[unit, place[label]] += 1
    return counts, np.bincount(units)


def is_one_group(groups: Sequence[str | None]) -> bool:
    """Whether all images are of the same person or series, so that no split can keep it on one side."""
    return len(groups) > 0 and groups[0] is not None and len(set(groups)) == 1


def _units(groups: Sequence[str | None]) -> np.ndarray:
    """(N,) the number of each image's group, in the order in which the groups appear."""
    is_one = is_one_group(groups)
    keys = [("image", at) if is_one or group is None else ("group", group) for at, group in enumerate(groups)]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], int)


def _digest(*arrays: np.ndarray) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
