"""The bundled scenes as a dataset in the form of PASCAL_2007, a few labels wrong on purpose."""

import csv
import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from engine.synthetic.scenes import KINDS, SAMPLE, draw, labels, stream_spec

COUNT = 800
SIZE_WH = (288, 216)
JPEG_QUALITY = 76
VALID_SHARE, WRONG_SHARE = 0.2, 0.02
_MISTAKEN = {
    "dog": ("bear", "cat"),
    "cat": ("dog",),
    "bear": ("dog",),
    "horse": ("dog", "sheep"),
    "sheep": ("horse", "dog"),
    "car": ("bus",),
    "bus": ("car",),
    "bicycle": ("chair",),
    "chair": ("bicycle",),
    "bird": ("cat",),
    "boat": ("car",),
    "person": ("chair",),
}


@dataclass(frozen=True)
class Row:
    """An image's name, the labels given in the table, those that are right, and its part."""

    fname: str
    given: tuple[str, ...]
    right: tuple[str, ...]
    is_valid: bool


def write_scenes(
    folder: Path | str,
    seed: int = 0,
    count: int = COUNT,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write `count` scenes: `train/000001.jpg` ..., `train.csv` and `wrong_labels.csv`.

    The bytes depend on seed and count only, not on the number of processes; every file is there whole or not at
    all. `progress(done, of)` is called after each image.
    """
    folder = Path(folder)
    (folder / "train").mkdir(parents=True, exist_ok=True)
    right: list[tuple[str, ...]] = []
    for image_labels in _mapped(partial(_write_image, folder, seed), range(count), processes):
        right.append(image_labels)
        if progress:
            progress(len(right), count)
    rows = table(right, seed)
    _write_csv(
        folder / "train.csv",
        ("fname", "labels", "is_valid"),
        [(row.fname, " ".join(row.given), row.is_valid) for row in rows],
    )
    _write_csv(
        folder / "wrong_labels.csv",
        ("fname", "given", "right"),
        [(row.fname, " ".join(row.given), " ".join(row.right)) for row in rows if row.given != row.right],
    )


def table(right: Sequence[tuple[str, ...]], seed: int) -> list[Row]:
    """Split the images by chance, and mistake one label in each of a few training images for another."""
    rng = np.random.default_rng((SAMPLE, seed))
    order = rng.permutation(len(right))
    valid = set(order[: round(VALID_SHARE * len(right))].tolist())
    training = [int(i) for i in order if int(i) not in valid]
    given = dict(enumerate(right)) | _mistakes(rng, right, training)
    return [Row(name(i), given[i], right[i], i in valid) for i in range(len(right))]


def name(index: int) -> str:
    """The file name of image number `index`, counted from 0; names count from 1."""
    return f"{index + 1:06d}.jpg"


def _mistakes(rng, right, training) -> dict[int, tuple[str, ...]]:
    """Wrong labels for some images; a lone dog labelled bear comes first."""
    lone_dogs = [i for i in training if right[i] == ("dog",)]
    others = [i for i in training if right[i] and i not in lone_dogs]
    wanted = round(WRONG_SHARE * len(right))
    as_bears = lone_dogs[: -(-wanted // 3)]
    mistakes: dict[int, tuple[str, ...]] = {i: ("bear",) for i in as_bears}
    for i in others[: wanted - len(as_bears)]:
        mistakes[i] = _mistaken(rng, right[i])
    return mistakes


def _mistaken(rng, kinds) -> tuple[str, ...]:
    """The labels with one of them mistaken for a kind that is not there."""
    wrong = kinds[rng.integers(len(kinds))]
    likely = [kind for kind in _MISTAKEN[wrong] if kind not in kinds] or sorted(set(KINDS) - set(kinds))
    return tuple(sorted({*kinds, str(rng.choice(likely))} - {wrong}))


def _mapped(function, items, processes) -> Iterator:
    if processes == 1:
        yield from map(function, items)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(function, items, chunksize=8)


def _write_image(folder: Path, seed: int, index: int) -> tuple[str, ...]:
    spec = stream_spec(SAMPLE, seed, index, SIZE_WH)
    jpeg = io.BytesIO()
    draw(spec).save(jpeg, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    _write_whole(folder / "train" / name(index), jpeg.getvalue())
    return tuple(labels(spec))


def _write_csv(path: Path, header, rows) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    _write_whole(path, text.getvalue().encode())


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(part, path)
