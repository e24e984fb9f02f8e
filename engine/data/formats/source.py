"""What somebody brought: a folder or one table, with every file that may describe pictures read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.data.formats.csv_file import read_csv
from engine.data.formats.excel_file import read_excel
from engine.data.formats.file_index import Listing, is_picture, list_files
from engine.data.formats.json_file import read_json, read_json_lines, table_of
from engine.data.formats.merge_split_tables import join_parts
from engine.data.formats.record import DatasetError
from engine.data.formats.text_table import TextTable

USUAL_TABLES = ("train.csv", "labels.csv", "points.csv")
TABLES = {
    ".csv": read_csv, ".tsv": read_csv, ".jsonl": read_json_lines, ".ndjson": read_json_lines, ".xlsx": read_excel,
}  # fmt: skip
"""How the kinds of table are read, by the ending of the file's name. A .json file may be a table, too."""

MOST_FILES_READ = 20
"""More tables or JSON files than these belong to single pictures, and describe no data set."""


@dataclass(frozen=True)
class Source:
    """A folder with its files, or a table with those beside it."""

    path: Path
    listing: Listing

    @cached_property
    def _read(self) -> tuple[list[TextTable], list[str]]:
        tables: list[TextTable] = []
        unread: list[str] = []
        for name in self._table_names:
            try:
                tables += self._table(name)
            except DatasetError as error:
                unread += error.problems
        return join_parts(tables, self.listing), unread

    @property
    def tables(self) -> list[TextTable]:
        """Every table that can be read: usual names first, those of the folder itself before those deeper in it.

        Those of training and validation are one, where they have the same columns.
        """
        return self._read[0]

    @property
    def unread_tables(self) -> list[str]:
        """What is wrong with the others, a sentence each."""
        return self._read[1]

    def folder_of(self, table: TextTable) -> str:
        """The folder a table lies in, relative to the listing; "" for the listing's own."""
        inside = table.path.parent.relative_to(self.listing.folder).as_posix()
        return "" if inside == "." else inside

    @cached_property
    def jsons(self) -> dict[str, object]:
        """What the JSON files hold, by name; one that cannot be read is told as its `DatasetError`."""
        if self.path.is_file():
            names = [self.path.name] if self.path.suffix.lower() == ".json" else []
        else:
            names = [name for name in self.listing.names if name.lower().endswith(".json")]
        return {name: self._json(name) for name in names} if len(names) <= MOST_FILES_READ else {}

    def _json(self, name: str):
        try:
            return read_json(self.listing.folder / name)
        except DatasetError as error:
            return error

    @cached_property
    def pictures(self) -> list[str]:
        """The names of all pictures."""
        return [name for name in self.listing.names if is_picture(name)]

    @property
    def _table_names(self) -> list[str]:
        if self.path.is_file():
            return [self.path.name]
        names = [name for name in self.listing.names if _ending(name) in {*TABLES, ".json"}]
        deep = [name for name in names if "/" in name]
        names = [name for name in names if "/" not in name] + (deep if len(deep) <= MOST_FILES_READ else [])
        return sorted(names, key=_rank)

    def _table(self, name: str) -> list[TextTable]:
        path = self.listing.folder / name
        if _ending(name) != ".json":
            return [TABLES.get(_ending(name), read_csv)(path)]
        held = self.jsons.get(name)
        if isinstance(held, DatasetError):
            raise held
        return [table_of(path, enumerate(held, 1))] if isinstance(held, list) and held else []


def source_of(path: Path) -> Source:
    """The source at a path, which its caller may read. Raises `DatasetError` where nothing is there."""
    if path.is_file():
        return Source(path, list_files(path.parent))
    if not path.is_dir():
        raise DatasetError(f"There is no folder or table “{path}”; check the name.")
    return Source(path, list_files(path))


def descend(folder: Path) -> Path:
    """The folder in it that holds the data, where a folder holds nothing but one other.

    A folder of pictures only stays inside the one around it: its name may be a label.
    """
    while True:
        listing = list_files(folder)
        tops = {name.partition("/")[0] for name in listing.names}
        if len(tops) != 1 or "" in listing.folders or not listing.names:
            return folder
        [top] = tops
        if set(listing.folders) == {top} and all(is_picture(name) for name in listing.names):
            return folder
        folder = folder / top


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _rank(name: str) -> tuple:
    usual = USUAL_TABLES.index(name) if name in USUAL_TABLES else len(USUAL_TABLES)
    return name.count("/"), usual, name
