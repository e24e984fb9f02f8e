"""The default split: which images are for validation where a dataset does not say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data.splits import stratify
from engine.functional import label_encoding

AT_RANDOM, BY_LABEL, BY_GROUP, GROUPS_BY_LABEL = (
    "at random",
    "evenly by label",
    "whole groups",
    "groups by label",
)


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
    all. Otherwise labels are spread as evenly as possible, and one with a single image (or group) stays in training.
    """
    units = _units(groups)
    counts, sizes = counts_of(label_lists, units)
    has_labels, is_grouped = counts.shape[1] > 0, len(sizes) < len(units)
    if is_grouped:
        way = GROUPS_BY_LABEL if has_labels else BY_GROUP
        chosen = stratify.whole_groups(counts, sizes, share, seed)
    else:
        way = BY_LABEL if has_labels else AT_RANDOM
        chosen = (stratify.evenly if has_labels else stratify.at_random)(counts, sizes, share, seed)
    stratify.keep_some_for_training(chosen, counts)
    return Split(chosen[units], way)


def counts_of(label_lists: Sequence[Sequence[str]], units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(U, C) how many images of each unit have each label, and (U,) how many images it has; `units` (N,) are 0..U-1."""
    vocab = tuple(sorted({label for found in label_lists for label in found}))
    counts = np.zeros((units.max() + 1, len(vocab)), int)
    if vocab:
        np.add.at(counts, units, label_encoding.encode_all(label_lists, vocab).astype(int))
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
