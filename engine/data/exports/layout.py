"""Where the images of a dataset lie in an export."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from engine.data.exports.export_format import ExportError, Limitation
from engine.data.exports.limitations import renamed
from engine.data.formats import Dataset
from engine.data.formats.images.locate_images import IMAGE_FOLDERS
from engine.data.formats.tables.cells import TRAIN, VALID, part_named


def short_names(dataset: Dataset) -> list[str]:
    """The name of each image, without the usual folder ("train/") that all of them lie in, if they do."""
    names = dataset.table["fname"].tolist()
    usual = next(
        (one for one in IMAGE_FOLDERS if one and all(name.startswith(f"{one}/") for name in names)), None
    )
    return [name.removeprefix(f"{usual}/") if usual else name for name in names]


def names_in_parts(dataset: Dataset) -> list[str]:
    """The same, also without a folder such as "valid/" that all images of a part lie in.

    A format that has a folder for each part puts its own in front.
    """
    names, is_valid = short_names(dataset), dataset.table["is_valid"].tolist()
    for part, said in ((False, TRAIN), (True, VALID)):
        inside = [at for at, valid in enumerate(is_valid) if bool(valid) == part]
        tops = {names[at].partition("/")[0] if "/" in names[at] else "" for at in inside}
        top = tops.pop() if len(tops) == 1 else ""
        if part_named(top) == said:
            for at in inside:
                names[at] = names[at].removeprefix(f"{top}/")
    return names


def into_parts(dataset: Dataset, names: Sequence[str], train: str, valid: str) -> list[str]:
    """Each name below the folder of its part."""
    parts = dataset.table["is_valid"]
    return [f"{valid if part else train}/{name}" for name, part in zip(names, parts, strict=True)]


def placed(dataset: Dataset, names: Iterable[str]) -> dict[str, str]:
    """The `fname` of each image by its name in the zip. Raises `ExportError` where two images get the same name."""
    images: dict[str, str] = {}
    for name, fname in zip(names, dataset.table["fname"], strict=True):
        if name in images:
            raise ExportError(
                f"“{images[name]}” and “{fname}” would both be called “{name}”; choose another format."
            )
        images[name] = fname
    return images


def with_own_stems(names: Sequence[str], format_title: str) -> tuple[list[str], list[Limitation]]:
    """Names of which no two in a folder differ only in their ending, as formats with a text file for each image need.

    Of "1.jpg" and "1.png" the second becomes "1-png.png".
    """
    given = _own_stems(names)
    why = f"{format_title} pairs an image with the annotation of the same name"
    return given, renamed(names, given, why)


def flat_names(names: Sequence[str], format_title: str) -> tuple[list[str], list[Limitation]]:
    """Names without folders and each with a stem of its own: "cat/1.jpg" becomes "cat_1.jpg"."""
    given = _own_stems([name.replace("/", "_") for name in names])
    return given, renamed(names, given, f"{format_title} has one folder for all images")


def _own_stems(names: Sequence[str]) -> list[str]:
    given: list[str] = []
    taken = {_stem(name) for name in names}
    used: set[str] = set()
    for name in names:
        wanted, number = name, 2
        if _stem(name) in used:
            base, ending = os.path.splitext(name)
            wanted = f"{base}-{ending[1:]}{ending}"
            while _stem(wanted) in taken | used:
                wanted, number = f"{base}-{number}{ending}", number + 1
        used.add(_stem(wanted))
        given.append(wanted)
    return given


def _stem(name: str) -> str:
    """A name without its ending, in small letters: some disks do not distinguish them."""
    return PurePosixPath(name).with_suffix("").as_posix().casefold()
