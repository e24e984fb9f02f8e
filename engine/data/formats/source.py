"""What is imported: a folder or one table, with every file that may describe images read once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from engine.data.formats.annotation_files import TABLES, AnnotationFiles, ending_of
from engine.data.formats.assumptions import AmbiguousError, Assumption
from engine.data.formats.files.file_index import Listing, is_image, list_files
from engine.data.formats.images.image_names import tidy
from engine.data.formats.phrases import some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.columns import Columns, columns_of
from engine.data.formats.tables.image_column import has_no_header
from engine.data.formats.tables.merge_split_tables import join_parts, table_name
from engine.data.formats.tables.split_table import divide_by_tables
from engine.data.formats.tables.text_table import TextTable
from engine.functional.label_text import LONGEST, visible
from engine.jobs import access

USUAL_TABLES = ("train.csv", "labels.csv", "points.csv")

MOST_CELLS_TRIED = 5_000
MOST_TABLES_READ = 20
"""More tables than these below the folder belong to single images, and describe no dataset."""


@dataclass(frozen=True)
class Source:
    """A folder with its files, or a table with those next to it, and what was said about how to read it."""

    path: Path
    listing: Listing
    options: ReadOptions = field(default_factory=ReadOptions)
    shared_files: AnnotationFiles | None = None

    def with_options(self, options: ReadOptions) -> Source:
        """The same source, read in another way; the files that were read are not read again."""
        return replace(self, options=options, shared_files=self.files)

    @cached_property
    def files(self) -> AnnotationFiles:
        """What the files hold, before any option says how to take it."""
        return self.shared_files or AnnotationFiles(self.listing, self.file)

    @cached_property
    def _read(self) -> tuple[list[TextTable], dict[str, str]]:
        tables: list[TextTable] = []
        unread: dict[str, str] = {}
        for name in self._table_names:
            try:
                tables += [self._with_header(table) for table in self._sheets(self.files.tables(name))]
            except AmbiguousError:
                raise
            except DatasetError as error:
                unread[name] = " ".join(error.problems)
        joined = join_parts(tables, self.listing, self.options)
        return divide_by_tables(joined, self.listing, self.options), unread

    @property
    def tables(self) -> list[TextTable]:
        """Every table that can be read: usual names first, those of the folder itself before those deeper in it.

        Those of training and validation are one, where they have the same columns.
        """
        return self._read[0]

    @property
    def unread_tables(self) -> dict[str, str]:
        """What is wrong with the others, a sentence for each name."""
        return self._read[1]

    @property
    def all_sheets(self) -> list[TextTable]:
        """Every table of every file, each sheet on its own, before any is chosen or joined."""
        sheets: list[TextTable] = []
        for name in self._table_names:
            with suppress(DatasetError):
                sheets += [self._with_header(table) for table in self.files.tables(name)]
        return sheets

    @cached_property
    def _columns(self) -> dict[int, Columns | DatasetError]:
        return {}

    def columns(self, table: TextTable) -> Columns:
        """What each column of one of the tables is for. Raises what `columns_of` raises."""
        known = self._columns.get(id(table))
        if known is None:
            try:
                known = columns_of(table, self.listing, self.options)
            except DatasetError as error:
                known = error
            self._columns[id(table)] = known
        if isinstance(known, DatasetError):
            raise known
        return known

    def about(self, table: TextTable) -> list[Assumption]:
        """What was assumed to read the file of a table: its encoding, its delimiter, its sheet, its header."""
        read = [Assumption("table", table.title, "the first that fits", "table")]
        if table.joined:
            told = some([f"“{name}”" for name in dict.fromkeys(table.joined)])
            read = [Assumption("table", told, "they have the same columns and are read as one", "table")]
        if table.encoding and table.encoding != "UTF-8":
            read.append(Assumption("encoding", table.encoding, f"{table.title} is not UTF-8"))
        if table.delimiter and table.delimiter != ",":
            shown = {"\t": "tab"}.get(table.delimiter, table.delimiter)
            read.append(Assumption("between cells", shown, "it gives most lines the same number of cells"))
        if table.sheet:
            read.append(Assumption("sheet", table.sheet, "the first sheet that names images", "sheet"))
        if table.split_file:
            read.append(
                Assumption("split", table.split_file, "it names a part for every image", "split_column")
            )
        if table.guarded:
            told = f"it keeps spreadsheets from running {some(table.guarded)}"
            read.append(Assumption("apostrophe", "dropped in front of a formula", told))
        if table.has_no_header:
            read.append(Assumption("header", "none", "the first row names an image"))
        return read

    def name_of(self, table: TextTable) -> str:
        """The name of a table's file, relative to the listing."""
        return table_name(table, self.listing)

    def folder_of(self, table: TextTable) -> str:
        """The folder a table lies in, relative to the listing; "" for the listing's own."""
        inside = table.path.parent.relative_to(self.listing.folder).as_posix()
        return "" if inside == "." else inside

    @property
    def file(self) -> str:
        """The file that was named, relative to the listing; "" for a folder."""
        if not self.path.is_file():
            return ""
        return self.path.resolve().relative_to(self.listing.folder.resolve()).as_posix()

    @property
    def jsons(self) -> dict[str, Any]:
        """What the JSON files hold, by name; one that cannot be read is told as its `DatasetError`."""
        return self.files.jsons

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What readers keep of a source between finding it and reading it, by their own keys."""
        return {}

    @cached_property
    def images(self) -> list[str]:
        """The names of all images."""
        return [name for name in self.listing.names if is_image(name)]

    @property
    def _table_names(self) -> list[str]:
        if self.options.table:
            if self.options.table not in self.listing.known:
                raise DatasetError(
                    f"There is no table “{self.options.table}” in “{self.path.name}” (--table)."
                )
            return [self.options.table]
        if self.file:
            return [self.file]
        names = [name for name in self.listing.names if ending_of(name) in {*TABLES, ".json"}]
        deep = [name for name in names if "/" in name]
        names = [name for name in names if "/" not in name] + (deep if len(deep) <= MOST_TABLES_READ else [])
        return sorted(names, key=_rank)

    def _sheets(self, tables: list[TextTable]) -> list[TextTable]:
        """The sheet that was said; of several, those that name images: two of them are a question."""
        if len(tables) < 2 and not self.options.sheet:
            return tables
        if self.options.sheet:
            chosen = [table for table in tables if table.sheet in ("", self.options.sheet)]
            if not chosen:
                names = ", ".join(f"“{table.sheet}”" for table in tables)
                raise DatasetError(
                    f"“{tables[0].path.name}” has no sheet “{self.options.sheet}”; it has {names}."
                )
            return chosen
        naming = [table for table in tables if self._names_images(table)]
        naming = [table for table in naming if self._names_images_here(table)] or naming
        if len({table.header for table in naming}) > 1:
            names = " and ".join(f"“{table.sheet}”" for table in naming)
            raise AmbiguousError(
                f"The sheets {names} of “{tables[0].path.name}” both name images.",
                ("sheet",),
                [{"sheet": table.sheet} for table in naming],
            )
        return naming or tables[:1]

    def _names_images(self, table: TextTable) -> bool:
        try:
            columns_of(self._with_header(table), self.listing, self.options)
        except AmbiguousError:
            return True
        except DatasetError:
            return False
        return True

    def _names_images_here(self, table: TextTable) -> bool:
        """Whether any cell of a table names an image that is there."""
        cells = islice((cell for _, row in table.rows for cell in row), MOST_CELLS_TRIED)
        return any(self.listing.candidates(tidy(cell)) for cell in cells if cell.strip())

    def _with_header(self, table: TextTable) -> TextTable:
        """The table; where its first row names an image, with headings of its own instead."""
        if not has_no_header(table, self.listing):
            return table
        names = tuple(f"column {at}" for at in range(1, len(table.header) + 1))
        return replace(table, header=names, rows=[(1, list(table.header)), *table.rows], has_no_header=True)


def source_of(path: Path, options: ReadOptions | None = None) -> Source:
    """The source at a path, which its caller may read. Raises `DatasetError` where nothing is there."""
    options = options or ReadOptions()
    if path.is_file():
        return Source(path, _beside(path), options)
    if not path.is_dir():
        raise DatasetError(f"There is no folder or table “{visible(str(path), LONGEST)}”; check the name.")
    return Source(path, list_files(path), options)


def _beside(path: Path) -> Listing:
    """The files next to a table; those of the folder around it for JSON in a folder without images, as COCO has it."""
    beside, around = list_files(path.parent), path.resolve().parent.parent
    if ending_of(path.name) != ".json" or any(map(is_image, beside.names)) or not access.is_allowed(around):
        return beside
    wider = list_files(around)
    return wider if any(map(is_image, wider.names)) else beside


def descend(folder: Path) -> Path:
    """The folder in it that holds the data, where a folder holds nothing but one other.

    A folder of images only stays inside the one around it: its name may be a label.
    """
    while True:
        listing = list_files(folder)
        tops = {name.partition("/")[0] for name in listing.names}
        if len(tops) != 1 or "" in listing.folders or not listing.names:
            return folder
        [top] = tops
        if set(listing.folders) == {top} and all(is_image(name) for name in listing.names):
            return folder
        folder = folder / top


def _rank(name: str) -> tuple:
    usual = USUAL_TABLES.index(name) if name in USUAL_TABLES else len(USUAL_TABLES)
    return name.count("/"), usual, name
