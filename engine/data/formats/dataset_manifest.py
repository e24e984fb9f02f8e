"""The folder of an imported dataset: `set.json` next to its images.

set.json         the `DatasetManifest`
pictures/        the files as they were imported; absent where the dataset is a folder elsewhere on this machine
decisions.jsonl  what a person has decided about single images, if anything
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from engine import paths
from engine.data.files import IMAGES, MANIFEST
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.functional import label_text
from engine.jobs import user_scope
from engine.jobs.atomic_write import write_text
from engine.tasks import TASKS

VERSION = 1
"""The version of the file's format; files of Loss Lab before there were versions have none."""


@dataclass(frozen=True)
class DatasetManifest:
    """An imported dataset: its name, its task, how it is read, and where it came from.

    Attributes:
        source: where it came from, in words.
        in_place: the folder or table of this machine that is read where it lies; "" for a copy.
        options: how it is read; without a format it is undecided, and reading it raises `AmbiguousError`.
        reasons: what was detected and why, a sentence each.
        other_formats: the formats in which it can be read, too.
        imported_at: the time of import (ISO).
        chosen_options: the part of `options` that a person chose; the rest was detected.
    """

    name: str
    task: str
    source: str = ""
    in_place: str = ""
    options: ReadOptions = field(default_factory=ReadOptions)
    reasons: tuple[str, ...] = ()
    other_formats: tuple[str, ...] = ()
    imported_at: str = ""
    chosen_options: ReadOptions = field(default_factory=ReadOptions)

    def __post_init__(self):
        if self.task not in TASKS:
            raise ValueError(f"task must be one of {', '.join(TASKS)}; got {self.task!r}.")

    def save(self, folder: Path) -> None:
        """Write it into the folder of its dataset, whole or not at all."""
        record = {"version": VERSION} | asdict(self)
        write_text(folder / MANIFEST, json.dumps(record, ensure_ascii=False, indent=1) + "\n")

    def data_of(self, folder: Path) -> Path:
        """The folder or table that holds the data themselves."""
        return Path(self.in_place) if self.in_place else folder / IMAGES


def read_manifest(folder: Path) -> DatasetManifest:
    """The manifest in a folder. Raises `DatasetError` where there is none that can be read, or of another version."""
    if not _is_real_file(folder / MANIFEST):
        raise _unreadable(folder)
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version = record.pop("version", None)
        if version == VERSION and not isinstance(version, bool):
            return _manifest(record)
        is_manifest = {"name", "task"} <= record.keys()
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _unreadable(folder) from error
    raise _other_version(folder, version) if is_manifest else _unreadable(folder)


def _manifest(record: dict) -> DatasetManifest:
    for name in ("reasons", "other_formats"):
        record[name] = tuple(map(_text, record.get(name, ())))
    for name in ("name", "task", "source", "in_place", "imported_at"):
        record[name] = _text(record.get(name, ""))
    if not record["name"] or label_text.problem(record["name"]):
        raise ValueError("its name cannot be used")
    for name in ("options", "chosen_options"):
        record[name] = _options(record[name])
    return DatasetManifest(**record)


def _options(record: dict) -> ReadOptions:
    for value in record.values():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                _text(one)
    return ReadOptions(**record)


def _text(value: object) -> str:
    """The value, where it is text that a file could hold. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:80]!r} is not text")
    value.encode()
    return value


def _unreadable(folder: Path) -> DatasetError:
    reason = "it is damaged" if _is_real_file(folder / MANIFEST) else "it is gone"
    return DatasetError(
        f"The dataset “{folder.name}” has no {MANIFEST} that can be read ({reason}): remove it, or import it again."
    )


def _other_version(folder: Path, version: object) -> DatasetError:
    age = "a newer" if isinstance(version, int) and version > VERSION else "an older"
    return DatasetError(
        f"The dataset “{folder.name}” was imported by {age} version of Loss Lab, whose {MANIFEST} is in another "
        "format: import it again."
    )


def is_in_library(folder: Path) -> bool:
    """Whether it is the folder of an imported dataset; a `set.json` anywhere else is not believed."""
    library = paths.data_folder().resolve()
    parent = folder.resolve().parent
    is_place = parent == library or parent.parent == library / user_scope.VISITORS
    return is_place and not folder.name.startswith(".") and _is_real_file(folder / MANIFEST)


def _is_real_file(path: Path) -> bool:
    """Whether it is a file and no link, which could show another user's file."""
    return path.is_file() and not path.is_symlink()
