"""The folder of an imported dataset: `set.json` next to its images.

set.json         the `DatasetManifest`
pictures/        the files as they were imported; absent where the data set is a folder elsewhere on this machine
decisions.jsonl  what a person has decided about single pictures, if anything
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from engine import paths
from engine.data.files import IMAGES, MANIFEST
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.jobs import user_scope
from engine.jobs.atomic_write import write_text
from engine.tasks import TASKS


@dataclass(frozen=True)
class DatasetManifest:
    """An imported dataset: its name, its task, how it is read, and where it came from.

    `source` says in words where it came from; `elsewhere` is the folder or table of this machine that is read where
    it lies, "" for a copy; `recognised` are the sentences of what was recognised and why, `others` the forms in
    which it can be read, too; the last field is the time of import (ISO); `said` is what a person said about how to
    read it, which is all of `how` that was not recognised. A `how` without a format is undecided:
    reading it raises `AmbiguousError`.
    """

    name: str
    task: str
    source: str = ""
    elsewhere: str = ""
    how: ReadOptions = field(default_factory=ReadOptions)
    recognised: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    brought: str = ""
    said: ReadOptions = field(default_factory=ReadOptions)

    def __post_init__(self):
        if self.task not in TASKS:
            raise ValueError(f"task must be one of {', '.join(TASKS)}; got {self.task!r}.")

    def save(self, folder: Path) -> None:
        """Write it into the folder of its data set, whole or not at all."""
        write_text(folder / MANIFEST, json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")

    def data_of(self, folder: Path) -> Path:
        """The folder or table that holds the data themselves."""
        return Path(self.elsewhere) if self.elsewhere else folder / IMAGES


def read_manifest(folder: Path) -> DatasetManifest:
    """The note in a folder. Raises `DatasetError` where there is none that can be read."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        told |= {name: tuple(told.get(name, ())) for name in ("recognised", "others")}
        told["how"] = ReadOptions(**told["how"])
        told["said"] = ReadOptions(**told["said"]) if "said" in told else told["how"]
        return DatasetManifest(**told)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DatasetError(f"The data set “{folder.name}” has no {MANIFEST} that can be read.") from error


def is_in_library(folder: Path) -> bool:
    """Whether it is the folder of an imported dataset; a `set.json` anywhere else is not believed."""
    library = paths.data_folder().resolve()
    parent = folder.resolve().parent
    is_place = parent == library or parent.parent == library / user_scope.VISITORS
    return is_place and not folder.name.startswith(".") and _is_real_file(folder / MANIFEST)


def _is_real_file(path: Path) -> bool:
    """Whether it is a file and no link, which could show another user's file."""
    return path.is_file() and not path.is_symlink()
