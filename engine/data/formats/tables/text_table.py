"""A table in which every cell is only ever text, whatever kind of file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.formats.bad_rows import BROKEN_ROW, HALF, TENTH, are_few
from engine.data.formats.parsed_source import Problem
from engine.data.formats.phrases import counted, some
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.headings import normal
from engine.functional.label_text import composed

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 5_000, 5_000_000


@dataclass(frozen=True)
class TextTable:
    """A table: its header as it came, and (number, cells) for each row.

    `unit` is what the numbers count, "line" or "row"; `sheet` is the sheet of an Excel file; `encoding` and `delimiter`
    are how a text file was read; `joined` names the files, where several were read as this one: then a number also
    says of which. `part_column` is the place of a column that was added to tell the parts of the joined files,
    or what the table `split_file` says of them. `set_aside` names the few rows that could not be read,
    and `texts_set_aside` are their texts; `guarded` are cells whose apostrophe, a guard against formulas, was dropped.
    """

    path: Path
    header: tuple[str, ...]
    rows: list[tuple[int | str, list[str]]]
    problems: tuple[str, ...] = ()
    unit: str = "line"
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    joined: tuple[str, ...] = ()
    part_column: int | None = None
    set_aside: tuple[Problem, ...] = ()
    texts_set_aside: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    has_no_header: bool = False
    split_file: str = ""

    @property
    def title(self) -> str:
        """What sentences call the table."""
        return f"“{self.path.name}”, sheet “{self.sheet}”" if self.sheet else f"“{self.path.name}”"

    def cells_at(self, at: int) -> list[str]:
        """The cells of the column at this place, stripped of spaces around them."""
        return [cells[at].strip() for _, cells in self.rows]

    def place_of(self, heading: str, flag: str) -> int:
        """The place of the column of this heading. Raises `DatasetError`, which names the flag, without one."""
        names = [name.strip() for name in self.header]
        alike = [normal(name) for name in names]
        if heading not in names and normal(heading) not in alike:
            came = ", ".join(name or "(no name)" for name in names)
            raise DatasetError(f"{self.title} has no column “{heading}” ({flag}); its columns are: {came}.")
        return names.index(heading) if heading in names else alike.index(normal(heading))

    def places(self) -> list[str]:
        """How error sentences call each row: "line 7"."""
        return [f"{self.unit} {number}" for number, _ in self.rows]


def text_table(
    path: Path,
    header: Iterable[str],
    rows: Iterable,
    unit: str = "line",
    unread: Iterable[tuple[int, str, str]] = (),
    **about: Any,
) -> TextTable:
    """A table from its header and (number, cells) of its rows; empty rows are skipped.

    `unread` are the numbers of rows that could not be read, with the reason as a predicate and their text: (7, "is
    none", "3"). They and rows of the wrong length are set aside where they are few, and a problem of the table where
    they are many or a quotation mark that is not closed may have swallowed other rows.
    `about` are further attributes of the table. Raises `DatasetError` when there is no header or when there are too
    many rows.
    """
    header = tuple(map(composed, header))
    if not any(heading.strip() for heading in header):
        raise DatasetError(f"“{path.name}” is empty; its first line must name the columns.")
    if len(header) > MOST_COLUMNS:
        raise DatasetError(f"“{path.name}” has more than {MOST_COLUMNS:,} columns, too many for a table.")
    few = not_too_many(path, rows, len(header))
    full = [(number, cells) for number, cells in few if any(cell.strip() for cell in cells)]
    even = [(number, cells) for number, cells in full if len(cells) == len(header)]
    uneven = [
        (number, f"has {counted(len(cells), 'cell')}", "\t".join(cells))
        for number, cells in full
        if len(cells) != len(header)
    ]
    unread, must = list(unread), f"every row must have {counted(len(header), 'cell')} like the header"
    problems, aside, texts = [], [], []
    for broken, rule, limit in ((uneven, must, TENTH), (unread, "every row must be a JSON object", HALF)):
        problem = _broken_rows(path, unit, broken, rule)
        may_be_several = any("\n" in text.strip() for *_, text in broken)
        if broken and not may_be_several and are_few(len(broken), len(full) + len(unread), limit):
            aside.append(problem)
            texts += [text for *_, text in broken]
        elif broken:
            problems.append(str(problem))
    about |= {"set_aside": tuple(aside), "texts_set_aside": tuple(texts)}
    return TextTable(path, header, even, tuple(problems), unit, **about)


def not_too_many(path: Path, rows: Iterable, columns: int = 1) -> Iterator:
    """The rows one by one. Raises `DatasetError` at the first that is too many for a table of so many columns."""
    most = min(MOST_ROWS, MOST_CELLS // columns)
    for count, row in enumerate(rows):
        if count >= most:
            raise DatasetError(
                f"“{path.name}” has more than {most:,} rows, too many for a table; split it up."
            )
        yield row


def _broken_rows(path: Path, unit: str, broken: Iterable[tuple[int, str, str]], rule: str) -> Problem:
    told = tuple(
        (f"{unit} {number} of “{path.name}”", f"{unit} {number} {reason}") for number, reason, _ in broken
    )
    return Problem(BROKEN_ROW, told, lambda told: f"In “{path.name}” {rule}: {some(told)}.")
