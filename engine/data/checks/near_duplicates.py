"""Which images are the same: by their bytes, or nearly the same to the eye.

Two images are nearly the same where their perceptual hashes (ImageHash's `phash`, 64 bits) differ in at most
`MOST_BITS` bits and the colours of their thumbnails by at most `MOST_COLOUR` of 255 on average. On photographs of
fruit, of blood cells and of animals, and on drawn scenes, this found every copy and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from engine.data.checks.image_facts import Facts
from engine.functional.connected_components import connected

MOST_BITS = 6
MOST_COLOUR = 8.0
MOST_NEIGHBOURS = 512
"""How many images each one is compared with at most, in each of the orders below."""

Groups = list[tuple[str, ...]]


def same_bytes(facts: Facts) -> Groups:
    """The images whose files are the same to the byte, in groups of two or more."""
    by_content: dict[bytes, list[str]] = defaultdict(list)
    for fname, content in zip(facts.fnames, facts.array["content"], strict=True):
        by_content[content.tobytes()].append(fname)
    return [tuple(group) for group in by_content.values() if len(group) > 1]


def nearly_same(facts: Facts) -> Groups:
    """The images that look nearly the same, in groups; of files with the same bytes only the first counts."""
    firsts = _first_of_each_content(facts)
    pairs = near_pairs(firsts.array["look"], firsts.array["thumb"])
    return [tuple(firsts.fnames[at] for at in group) for group in _connected(pairs, len(firsts.fnames))]


def merged_groups(groups: Groups) -> Groups:
    """The same names in groups that have none in common: those that share one become one."""
    names = list(dict.fromkeys(name for group in groups for name in group))
    places = {name: at for at, name in enumerate(names)}
    pairs = [(places[a], places[b]) for group in groups for a, b in pairwise(group)]
    return [tuple(names[at] for at in one) for one in _connected(np.array(pairs, int), len(names))]


def near_pairs(looks: np.ndarray, thumbs: np.ndarray) -> np.ndarray:
    """The pairs (M, 2) of places whose looks (N,) uint64 and thumbnails (N, K) uint8 are nearly the same.

    Hashes within `MOST_BITS` bits agree wholly in at least one of `MOST_BITS` + 1 bands of bits. So only those
    with a band in common are compared: seconds for 100,000 images.
    """
    pairs = np.unique(np.concatenate([_close_in_band(looks, band) for band in _bands()]), axis=0)
    colours = [_colour_distance(thumbs, part) for part in np.array_split(pairs, len(pairs) // 50_000 + 1)]
    return pairs[np.concatenate(colours) <= MOST_COLOUR]


def _first_of_each_content(facts: Facts) -> Facts:
    contents = np.ascontiguousarray(facts.array["content"])
    _, first = np.unique(contents, axis=0, return_index=True) if len(contents) else (None, np.array([], int))
    return facts.only(np.sort(first))


def _bands() -> list[np.uint64]:
    """Masks that divide 64 bits among `MOST_BITS` + 1 bands."""
    edges = np.linspace(0, 64, MOST_BITS + 2).astype(int)
    return [np.uint64((1 << int(high)) - (1 << int(low))) for low, high in pairwise(edges)]


def _close_in_band(looks: np.ndarray, band: np.uint64) -> np.ndarray:
    """The pairs that agree in a band and differ in few bits; equal hashes stand together, so all of them are met."""
    parts = looks & band
    order = np.lexsort((looks, parts))
    looks, parts, found = looks[order], parts[order], [np.empty((0, 2), int)]
    at = np.arange(len(looks))
    for step in range(1, min(MOST_NEIGHBOURS, len(looks) - 1) + 1):
        at = at[at < len(looks) - step]
        at = at[parts[at] == parts[at + step]]
        if not len(at):
            break
        close = at[np.bitwise_count(looks[at] ^ looks[at + step]) <= MOST_BITS]
        found.append(np.stack([order[close], order[close + step]], axis=1))
    return np.sort(np.concatenate(found), axis=1)


def _colour_distance(thumbs: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    left, right = thumbs[pairs[:, 0]].astype(np.int16), thumbs[pairs[:, 1]].astype(np.int16)
    return np.abs(left - right).mean(axis=1)


def _connected(pairs: np.ndarray, count: int) -> list[list[int]]:
    """The places joined by pairs, in groups of two or more, in order."""
    if not len(pairs):
        return []
    names = connected(pairs, count)
    groups: dict[int, list[int]] = defaultdict(list)
    for at in np.unique(pairs):
        groups[int(names[at])].append(int(at))
    return list(groups.values())
