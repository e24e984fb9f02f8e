"""The images of the experiment: one animal of three, none of them, or two, generated for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np

from engine.images.resize import to_square
from engine.synthetic.scenes import KINDS, draw, labels, random_spec

ANIMALS = ("bear", "cat", "dog")
"""The vocabulary: the three bears of the book's exercise, as far as the generated scenes have them."""

OTHERS = tuple(kind for kind in KINDS if kind not in ANIMALS)
TRAIN_ONE, TRAIN_NONE = "train one", "train none"
ONE, NEITHER, TWO = "one animal", "neither", "two animals"
COUNTS = {TRAIN_ONE: 180, TRAIN_NONE: 180, ONE: 120, NEITHER: 120, TWO: 120}
"""The number of images in each part."""

SIZE_WH = (160, 120)
_STREAM = 4
_NONE_COUNTS = (0.25, 0.5, 0.25)
"""How often an image of neither shows no object, one, or two."""


def targets(part: str, index: int) -> tuple[str, ...]:
    """The animals in an image of a part, sorted; every animal, and every pair, comes equally often."""
    if part in (TRAIN_ONE, ONE):
        return (ANIMALS[index % 3],)
    return tuple(name for at, name in enumerate(ANIMALS) if at != index % 3) if part == TWO else ()


def image(part: str, index: int, size: int) -> np.ndarray:
    """The image of that number, squished: (size, size, 3) uint8, always the same."""
    rng = np.random.default_rng((_STREAM, list(COUNTS).index(part), index))
    wanted = targets(part, index)
    while True:
        kinds = wanted or tuple(rng.choice(OTHERS, rng.choice(3, p=_NONE_COUNTS), replace=False))
        spec = random_spec(rng, SIZE_WH, [str(kind) for kind in kinds])
        if tuple(labels(spec)) == tuple(sorted(kinds)):
            return to_square(draw(spec), size)


def images(
    part: str, size: int, show: Callable[[float], object], processes: int | None = None
) -> Iterator[np.ndarray]:
    """All images of a part, drawn by one process per core; `show` is called with the progress."""
    count = COUNTS[part]
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for index, drawn in enumerate(pool.map(partial(image, part, size=size), range(count), chunksize=8)):
            show((index + 1) / count)
            yield drawn
