"""Files that describe one image each and bear its name, wherever they lie next to it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath

from engine.data.formats.splits.folders import part_of

LEAST_SHARE = 0.1


def sidecars(images: list[str], described: list[str]) -> dict[str, str]:
    """For each image the file of the same stem that lies nearest to it, where there is one.

    A file under `train` never describes an image under `valid`. Nearest means that most folders of the two paths are
    the same: train/images/7.jpg belongs to train/labels/7.txt before old/labels/7.txt.
    """
    if not described:
        return {}
    by_stem: dict[str, list[str]] = defaultdict(list)
    for name in described:
        by_stem[PurePosixPath(name).stem].append(name)
    pairs = {}
    for image in images:
        fitting = [name for name in by_stem.get(PurePosixPath(image).stem, ()) if _same_part(image, name)]
        if fitting:
            pairs[image] = max(fitting, key=lambda name: _shared(image, name))
    return pairs


def _same_part(one: str, other: str) -> bool:
    parts = {part_of(one), part_of(other)} - {None}
    return len(parts) < 2


def _shared(one: str, other: str) -> int:
    folders, others = PurePosixPath(one).parts[:-1], PurePosixPath(other).parts[:-1]
    return len(set(folders) & set(others)) - abs(len(folders) - len(others))
