"""What export formats cannot represent, as sentences about one dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.data.archives.limits import limits
from engine.data.exports.export_format import (
    BOXES,
    EMPTY,
    GROUPS,
    NAMES,
    SIZE,
    TURNED,
    UNUSED,
    Contents,
    Limitation,
)
from engine.data.formats import Dataset
from engine.data.formats.phrases import counted, some
from engine.images import ImageError, is_turned

MB = 1024**2


def no_groups(dataset: Dataset, title: str) -> list[Limitation]:
    """Groups, where the dataset has some and the format has no place for them."""
    if "group" not in dataset.table:
        return []
    groups = [group for group in dataset.table["group"] if group]
    if not groups:
        return []
    sentence = (
        f"{title} cannot store groups: the {counted(len(set(groups)), 'group')} of "
        f"{counted(len(groups), 'image')} are lost, so a new split could put a group into both parts."
    )
    return [Limitation(GROUPS, sentence)]


def whole_image_boxes(dataset: Dataset, title: str) -> list[Limitation]:
    """Labels in a format that wants a box for each."""
    sentence = (
        f"{title} stores a box for each label, and this dataset has no boxes: each box is the whole "
        "image, so do not train a detector on it."
    )
    return [Limitation(BOXES, sentence)] if any(dataset.table["labels"]) else []


def point_boxes(title: str, box: str) -> list[Limitation]:
    """Points in a format that wants a box around each."""
    return [Limitation(BOXES, f"{title} needs a box, and this dataset has only points: each box is {box}.")]


def empty_files(dataset: Dataset, title: str, written: str) -> list[Limitation]:
    """Images without labels; `written` says what is written for each of them."""
    bare = [fname for fname, labels in _labels(dataset) if not labels]
    sentence = f"{title} cannot mark images without labels: {written} for {_of(bare)}."
    return [Limitation(EMPTY, sentence, tuple(bare))] if bare else []


def unused_images(dataset: Dataset, title: str) -> list[Limitation]:
    """Images that do not have exactly one label, in a format with one label for each."""
    left_out = [fname for fname, labels in _labels(dataset) if len(labels) != 1]
    kept = {labels[0] for _, labels in _labels(dataset) if len(labels) == 1}
    lost = [f"“{label}”" for label in dataset.vocab if label not in kept]
    with_labels = f", and with them {some(lost)}" if lost else ""
    sentence = f"{title} holds one label for each image. Left out: {_of(left_out)} with none or several{with_labels}."
    return [Limitation(UNUSED, sentence, tuple(left_out))] if left_out else []


def renamed(names: Sequence[str], given: Sequence[str], why: str) -> list[Limitation]:
    """Images that get another name; `why` begins the sentence."""
    other = [(name, new) for name, new in zip(names, given, strict=True) if name != new]
    if not other:
        return []
    name, new = other[0]
    sentence = (
        f"{why}, so {counted(len(other), 'image gets', 'images get')} another name: “{name}” becomes “{new}”."
    )
    return [Limitation(NAMES, sentence, tuple(name for name, _ in other))]


def turned_images(dataset: Dataset) -> list[Limitation]:
    """Points in images whose pixels are stored turned: not every program turns them upright."""
    turned = [fname for fname in dataset.table["fname"] if _is_turned(dataset, fname)]
    sentence = (
        f"Points refer to upright images. {counted(len(turned), 'image is', 'images are')} stored turned "
        f"(EXIF): programs that ignore that see the point elsewhere ({some(turned)})."
    )
    return [Limitation(TURNED, sentence, tuple(turned))] if turned else []


def too_large(made: Contents, size: int) -> list[Limitation]:
    """An export that the import would refuse."""
    most, files = limits(), len(made.texts) + len(made.images)
    reasons = []
    if files > most.files:
        reasons.append(f"{files:,} files, and the limit is {most.files:,}")
    if size > most.bytes_per_set:
        reasons.append(f"{size / MB:,.0f} MB, and the limit is {most.bytes_per_set / MB:,.0f} MB")
    sentence = f"It is too large to be imported here again: it has {' and '.join(reasons)}."
    return [Limitation(SIZE, sentence)] if reasons else []


def _labels(dataset: Dataset) -> Iterator[tuple[str, tuple[str, ...]]]:
    return zip(dataset.table["fname"], dataset.table["labels"], strict=True)


def _of(fnames: Sequence[str]) -> str:
    return f"{counted(len(fnames), 'image')} ({some(fnames)})"


def _is_turned(dataset: Dataset, fname: str) -> bool:
    try:
        return is_turned(dataset.folder / fname)
    except ImageError:
        return False
