"""The lists that divide a Pascal VOC dataset: ImageSets/Main/train.txt and the like, with a name on each line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from engine.data.formats.files.file_index import Listing, is_image
from engine.data.formats.files.text_file import read_text
from engine.data.formats.tables.cells import TEST, TRAIN, VALID

SETS = ("ImageSets/Main", "ImageSets")
NAMES = {"train": TRAIN, "trainval": TRAIN, "val": VALID, "valid": VALID, "test": TEST}
MOST_BYTES = 16 * 1024**2
_MARKS = ("-1", "0", "1")


@dataclass
class Lists:
    """The part of each listed name; `twice` are the names in a training and a validation list."""

    parts: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def read_lists(listing: Listing, root: str, stems: Collection[str]) -> Lists:
    """The lists below a folder; `stems` are the names of its images without their endings.

    A name counts for validation before training, for both before test. Raises ValueError and OSError for a file that
    is no text.
    """
    lists = Lists()
    named: dict[str, set[str]] = {name: set() for name in NAMES}
    folder = next((one for one in SETS if _join(root, one) in listing.folders), SETS[0])
    for name in NAMES:
        file = _join(root, f"{folder}/{name}.txt")
        if file in listing.known:
            text, _ = read_text(listing.folder / file, MOST_BYTES)
            named[name] = {_stem(line.strip(), stems) for line in text.splitlines() if line.strip()}
            lists.files.append(file)
    valid = named["val"] | named["valid"]
    lists.twice = sorted(named["train"] & valid)
    for part, names in ((TEST, named["test"]), (TRAIN, named["train"] | named["trainval"]), (VALID, valid)):
        lists.parts |= dict.fromkeys(names, part)
    return lists


def _stem(line: str, stems: Collection[str]) -> str:
    """The name that a line means: all of it, also with spaces, or what comes before a mark such as -1."""
    name, _, mark = line.rpartition(" ")
    first = line.split()[0]
    candidates = [line, name.strip() if mark in _MARKS else line, _bare(line), _bare(first), first]
    return next((one for one in candidates if one in stems), candidates[1])


def _bare(name: str) -> str:
    """A name without folders and without the ending of an image."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.stem if is_image(path.name) else path.name


def _join(root: str, name: str) -> str:
    return f"{root}/{name}" if root else name
