"""Predict any number of image files: decoded ahead in threads, in even batches, in order, unreadable ones skipped.

The prediction for an image never depends on how many images there are: a network whose rounding does gets `BATCH_SIZE`
images at once, its last batch filled up. Memory holds a few dozen decoded squares.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

import numpy as np

from engine import paths, tasks
from engine.config import TrainConfig
from engine.data.storage import reading
from engine.images import ImageError, Source, image_size, open_square
from engine.inference.predict import LabelPrediction, Model, PointPrediction
from engine.jobs import access

BATCH_SIZE = 16
DECODED_AHEAD = 64
THREADS = min(4, os.cpu_count() or 1)
THREADS_FOR_STORAGE = 16
"""Reading from storage is mostly waiting for it."""

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class DecodedImage:
    """An image file as the network sees it: `square` (size, size, 3) uint8.

    `size_wh` is the file's own size, which points are reported in; (0, 0) for labels, which do not need it.
    """

    fname: str
    square: np.ndarray
    size_wh: tuple[int, int]


@dataclass(frozen=True)
class UnreadableImage:
    """An image file that is skipped, and the sentence that says why."""

    fname: str
    problem: str


@dataclass(frozen=True)
class PredictedImage:
    """An image file, its own size (as in `DecodedImage`) and its prediction."""

    fname: str
    size_wh: tuple[int, int]
    prediction: LabelPrediction | PointPrediction


def predict_images(model: Model, fnames: Iterable[str]) -> Iterator[PredictedImage | UnreadableImage]:
    """The prediction for each image file, or why the file is skipped, in order."""
    for batch in decoded_batches(model.config, fnames):
        predicted = iter(predict_batch(model, readable(batch)))
        for image in batch:
            yield image if isinstance(image, UnreadableImage) else next(predicted)


def decoded_batches(
    config: TrainConfig, fnames: Iterable[str]
) -> Iterator[list[DecodedImage | UnreadableImage]]:
    """Image files as a network with this configuration sees them, `BATCH_SIZE` at a time, in order."""
    threads, fnames = _threads_for(iter(fnames))
    with ThreadPoolExecutor(threads) as pool:
        decoded = _in_order(pool, lambda fname: decode(config, fname), fnames)
        try:
            while batch := list(islice(decoded, BATCH_SIZE)):
                yield batch
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _threads_for(fnames: Iterator[str]) -> tuple[int, Iterator[str]]:
    """How many threads read such files, by the first of them; and all of them again."""
    first = list(islice(fnames, 1))
    in_storage = bool(first and paths.storage_address(first[0]))
    return THREADS_FOR_STORAGE if in_storage else THREADS, chain(first, fnames)


def decode(config: TrainConfig, fname: str) -> DecodedImage | UnreadableImage:
    """One image file, decoded no larger than the network needs. Raises `StorageError` where storage fails."""
    try:
        file = _source(fname)
        square = open_square(file, config.size, config.resize, fname)
        size_wh = image_size(file, fname) if tasks.get(config.task).has_points else (0, 0)
    except ImageError as error:
        return UnreadableImage(fname, str(error))
    return DecodedImage(fname, square, size_wh)


def _source(fname: str) -> Source:
    """An image's path, or its content where the name is an address in storage. Raises `ImageError`."""
    if address := paths.storage_address(fname):
        return reading.image_bytes(address)
    return access.authorize(fname, ImageError)


def readable(batch: Iterable[DecodedImage | UnreadableImage]) -> list[DecodedImage]:
    """The images of a batch that could be decoded."""
    return [image for image in batch if isinstance(image, DecodedImage)]


def predict_batch(model: Model, images: Sequence[DecodedImage]) -> list[PredictedImage]:
    """Predictions for at most `BATCH_SIZE` decoded images, in order. Their points are in pixels of the files."""
    if not images:
        return []
    squares = filled_up(model, [image.square for image in images])
    sizes_wh = [image.size_wh for image in images] + [(1, 1)] * (len(squares) - len(images))
    predictions = model.predict_squares(squares, sizes_wh)
    return [PredictedImage(image.fname, image.size_wh, predictions[at]) for at, image in enumerate(images)]


def filled_up(model: Model, squares: Sequence[np.ndarray]) -> list[np.ndarray]:
    """At least one square; for a model that needs it, the last one is repeated until there are `BATCH_SIZE`."""
    missing = 0 if model.is_batch_invariant else BATCH_SIZE - len(squares)
    return [*squares, *[squares[-1]] * missing]


def _in_order(
    pool: ThreadPoolExecutor, do: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[Result]:
    """What `do` returns for each item, in order, with at most `DECODED_AHEAD` under way."""
    waiting: deque[Future[Result]] = deque()
    for item in items:
        waiting.append(pool.submit(do, item))
        if len(waiting) >= DECODED_AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
