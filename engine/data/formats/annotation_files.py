"""The tables and JSON documents of a folder: each is read once, in whatever ways the dataset is then looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.data.formats.coco.large_file_cache import read_cached
from engine.data.formats.files.csv_file import read_csv
from engine.data.formats.files.excel_file import read_excel
from engine.data.formats.files.file_index import Listing
from engine.data.formats.files.json_file import read_json, read_json_lines, table_of
from engine.data.formats.files.text_file import MOST_BYTES as MOST_HELD_BYTES
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.text_table import TextTable
from engine.jobs.resource_limits import OutOfTime, within_seconds

TABLES: dict[str, Callable[[Path], TextTable | list[TextTable]]] = {
    ".csv": read_csv, ".tsv": read_csv, ".jsonl": read_json_lines, ".ndjson": read_json_lines, ".xlsx": read_excel,
    ".manifest": read_json_lines,
}  # fmt: skip
"""How the kinds of table are read, by the ending of the file's name. A .json file may be a table, too."""
OTHER_TABLES = (".xls", ".ods", ".parquet", ".arrow")
"""What may hold labels in a form that is not read; Parquet files with images become files before."""
MOST_JSON_FILES, MOST_JSON_BYTES = 50_000, 256 * 1024**2
SECONDS_PER_FILE = 12
"""So much processor time one table or JSON document may take."""
SECONDS_TO_READ, SECONDS_OF_LARGE_JSON, FILES_IN_A_SECOND = 16, 60, 10_000
"""So much may reading a dataset take that is imported, and so much more for a large file of COCO and many files."""


def ending_of(name: str) -> str:
    """The ending of a file's name in small letters, such as ".csv"."""
    return os.path.splitext(name)[1].lower()


@dataclass
class AnnotationFiles:
    """The files of a folder that may describe its images; `file` is the only one that was asked for, or ""."""

    listing: Listing
    file: str = ""
    _tables: dict[str, list[TextTable] | DatasetError] = field(default_factory=dict)

    def tables(self, name: str) -> list[TextTable]:
        """The tables in a file as it has them: one for each filled sheet. Raises `DatasetError`, also the next time."""
        if name not in self._tables:
            try:
                self._tables[name] = self._read_tables(name)
            except DatasetError as error:
                self._tables[name] = error
        held = self._tables[name]
        if isinstance(held, DatasetError):
            raise held
        return held

    @property
    def seconds_to_read(self) -> int:
        """How much processor time reading all of them may take."""
        sizes = [(self.listing.folder / name).stat().st_size for name in self._json_names]
        is_large = any(size > MOST_HELD_BYTES for size in sizes)
        for_files = len(self.listing.names) // FILES_IN_A_SECOND
        return SECONDS_TO_READ + for_files + (SECONDS_OF_LARGE_JSON if is_large else 0)

    @property
    def _json_names(self) -> list[str]:
        if self.file:
            return [self.file] if ending_of(self.file) == ".json" else []
        return [name for name in self.listing.names if name.lower().endswith(".json")]

    @cached_property
    def jsons(self) -> dict[str, Any]:
        """What the JSON files hold, by name; one that cannot be read is told as its `DatasetError`.

        Where they are too many or too large to be kept at once, all are told so.
        """
        names = self._json_names
        if len(names) > MOST_JSON_FILES or self._bytes(names) > MOST_JSON_BYTES:
            most = MOST_JSON_BYTES // 1024**2
            says = (
                f"{len(names):,} JSON files are not read: more than {MOST_JSON_FILES:,} files or {most} MB."
            )
            return {name: DatasetError(says) for name in names}
        return {name: self._json(name) for name in names}

    def _read_tables(self, name: str) -> list[TextTable]:
        path = self.listing.folder / name
        if ending_of(name) == ".json":
            return _in_time(path, self._table_of_json, self.jsons.get(name), path)
        read = _in_time(path, TABLES.get(ending_of(name), read_csv), path)
        return read if isinstance(read, list) else [read]

    def _table_of_json(self, held: Any, path: Path) -> list[TextTable]:
        if isinstance(held, DatasetError):
            raise held
        if isinstance(held, dict) and self._gives_labels(held):
            heading = "label" if all(isinstance(one, str) for one in held.values()) else "labels"
            held = [{"image": image, heading: labels} for image, labels in held.items()]
        return [table_of(path, enumerate(held, 1))] if isinstance(held, list) and held else []

    def _gives_labels(self, held: dict) -> bool:
        """Whether a JSON object gives images their labels: {"a.jpg": ["cat"]}."""
        are_labels = all(
            isinstance(one, str) or (isinstance(one, list) and all(isinstance(label, str) for label in one))
            for one in held.values()
        )
        named = sum(bool(self.listing.candidates(name)) for name in held) if are_labels else 0
        return 0 < len(held) <= 2 * named

    def _json(self, name: str) -> Any:
        path = self.listing.folder / name
        try:
            if path.stat().st_size > MOST_HELD_BYTES:
                return read_cached(path)
            return _in_time(path, read_json, path)
        except DatasetError as error:
            return error

    def _bytes(self, names: list[str]) -> int:
        """The size of all files that are held whole."""
        sizes = ((self.listing.folder / name).stat().st_size for name in names)
        return sum(size for size in sizes if size <= MOST_HELD_BYTES)


def _in_time(path: Path, read: Callable[..., Any], *arguments: Any) -> Any:
    try:
        with within_seconds(SECONDS_PER_FILE):
            return read(*arguments)
    except OutOfTime as error:
        raise DatasetError(f"“{path.name}” takes too long to read: split it up.") from error
