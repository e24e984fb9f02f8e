"""Any folder or table that somebody brings, as one checked record, or every problem with it at once."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from engine import decisions
from engine.datasets import checks
from engine.datasets.biwi import is_biwi, read_biwi
from engine.datasets.class_folders import is_class_folders, read_class_folders
from engine.datasets.csv_file import CsvTable, read_csv
from engine.datasets.decided import apply_decisions
from engine.datasets.found import Found, Problem, Row
from engine.datasets.listing import Listing, list_files
from engine.datasets.names import name_problems
from engine.datasets.picture_table import needed_columns, read_table
from engine.datasets.record import Dataset, DatasetError
from engine.datasets.shelf_note import is_on_shelf, read_note
from engine.datasets.splits import is_one_group, random_split
from engine.datasets.voc import is_voc, read_voc
from engine.datasets.wording import counted
from engine.tasks import POINTS, SINGLE_LABEL, TASKS

USUAL_TABLES = ("train.csv", "labels.csv", "points.csv")
TABLE_ENDINGS = (".csv", ".tsv")
KNOWN_FORMS = (
    "a table (fname, labels or fname, x, y) with its pictures, Pascal VOC (JPEGImages and Annotations), BIWI (a folder"
    " for each person with _pose.txt files), or a folder for each class"
)


def load(folder_or_table: str | os.PathLike, task: str, valid_share: float = 0.2, seed: int = 0) -> Dataset:
    """Read a data set in any of the known forms, check all of it, and divide it into training and validation.

    Forms: a table of labels as PASCAL_2007 has it or of points, with the pictures in `train/`, `images/` or beside it;
    Pascal VOC; BIWI head poses; a folder for each class. Decisions that a person made about the data set
    (`engine.decisions`) are applied first. The source's own division is kept (is_valid, val.txt, valid_people.txt,
    folders `train` and `valid`); otherwise `valid_share` (between 0 and 1) of the pictures are chosen at random with
    `seed`, whole groups where groups are known. Single-label keeps the rows with exactly one label. No picture is
    decoded; the sizes that points need are read from the headers.

    Raises `DatasetError`, which lists every problem at once, and ValueError for an unknown task or share.
    """
    if task not in TASKS:
        raise ValueError(f"task must be one of {', '.join(TASKS)}; got {task!r}.")
    if not 0 < valid_share < 1:
        raise ValueError(f"valid_share must lie between 0 and 1; got {valid_share}.")
    path = Path(folder_or_table)
    found = read(path, task, valid_share)
    vocab = tuple(sorted({label for row in found.rows for label in row.labels})) if task != POINTS else ()
    sizes = _check(found, vocab, task)
    divide(found, valid_share, seed)
    _raise(checks.part_problems(found))
    found.notes += checks.unseen_labels(found.rows, task)
    table = _points_table(found.rows, sizes) if task == POINTS else _labels_table(found.rows)
    return Dataset(name_of(path), task, found.folder, table, vocab, tuple(found.notes))


def read(path: Path, task: str, valid_share: float = 0.2) -> Found:
    """What the source of a data set holds, as the person's decisions make it, before any of it is checked.

    Raises `DatasetError` where no known form can be made out at all.
    """
    is_shelved = is_on_shelf(path)
    found = _read(read_note(path).data_of(path) if is_shelved else path, task, valid_share)
    apply_decisions(found, decisions.read(path if is_shelved else decisions.home(path)), task)
    return found


def name_of(path: Path) -> str:
    """What to call a data set: the name it was given on the shelf, or that of its folder or table."""
    return read_note(path).name if is_on_shelf(path) else path.resolve().name


def _read(path: Path, task: str, valid_share: float) -> Found:
    if path.is_file():
        return read_table(read_csv(path), list_files(path.parent), task)
    if not path.is_dir():
        raise DatasetError(f"There is no folder or table “{path}”; check the name.")
    listing = list_files(path)
    if is_voc(listing):
        return read_voc(listing, task)
    if is_biwi(listing):
        return read_biwi(listing, valid_share) if task == POINTS else _only_for(path, "head poses", "points")
    table = _table_of(listing, task)
    if table is not None:
        return read_table(table, listing, task)
    if not is_class_folders(listing):
        raise DatasetError(f"No data set was found in “{path.name}”; known are {KNOWN_FORMS}.")
    if task == POINTS:
        return _only_for(path, "a folder for each class", "single-label")
    return read_class_folders(listing)


def _only_for(path: Path, holds: str, task: str) -> Found:
    raise DatasetError(f"“{path.name}” holds {holds}; choose the task {task}, or another folder.")


def _table_of(listing: Listing, task: str) -> CsvTable | None:
    """The table that serves the task: a usual name first, then any other; if none serves, the most usual one."""
    names = [name for name in listing.folders.get("", []) if name.lower().endswith(TABLE_ENDINGS)]
    names.sort(
        key=lambda name: (USUAL_TABLES.index(name) if name in USUAL_TABLES else len(USUAL_TABLES), name)
    )
    unread: list[str] = []
    tables: list[CsvTable] = []
    for name in names:
        try:
            tables.append(read_csv(listing.folder / name))
        except DatasetError as error:
            unread += error.problems
            continue
        if tables[-1].has(*needed_columns(task)):
            return tables[-1]
    if unread and not tables:
        raise DatasetError(unread)
    return tables[0] if tables else None


def _check(found: Found, vocab: tuple[str, ...], task: str) -> checks.Sizes:
    """All checks of the rows. Returns the sizes of the pictures, for points; raises with every problem."""
    sizes: checks.Sizes = {}
    problems = [*found.problems, *name_problems(found)]
    if not found.rows and not problems:
        problems.append("There are no pictures in it.")
    elif task == POINTS:
        sizes, faults = _check_points(found)
        problems += faults
    elif found.rows:
        problems += checks.spelling_problems(found.rows) + checks.vocab_problems(vocab, task)
    _raise(problems)
    if task == SINGLE_LABEL:
        _keep_single_labels(found)
    return sizes


def _check_points(found: Found) -> tuple[checks.Sizes, list[Problem]]:
    there = [row for row in found.rows if row.point_px and row.fname in found.listing.known]
    sizes, faults = checks.measure(found.folder, there)
    if not found.may_leave_out_points:
        return sizes, faults + checks.outside_problems(there, sizes)
    beyond = {row.fname for row in checks.outside(there, sizes)}
    if beyond:
        found.notes.append(f"Left out: {counted(len(beyond), 'picture')} whose point lies outside.")
        found.rows = [row for row in found.rows if row.fname not in beyond]
    return sizes, faults


def _keep_single_labels(found: Found) -> None:
    kept = [row for row in found.rows if len(row.labels) == 1]
    none, several = sum(not row.labels for row in found.rows), sum(len(row.labels) > 1 for row in found.rows)
    if none or several:
        found.notes.append(
            f"Single-label uses the {counted(len(kept), 'picture')} with exactly one label; left out:"
            f" {none:,} without a label, {several:,} with several."
        )
    found.rows = kept


def divide(found: Found, valid_share: float, seed: int) -> None:
    """Choose the part of each row at random where the source does not say it and nobody decided it.

    Where most rows were decided upon, the others came later and are for training.
    """
    undecided = [row for row in found.rows if row.is_valid is None]
    if found.has_split or len(undecided) <= len(found.rows) / 2:
        return
    groups = [row.group for row in undecided]
    chosen = random_split(groups, valid_share, seed)
    for row, is_valid in zip(undecided, chosen, strict=True):
        row.is_valid = is_valid
    chose = f"{counted(sum(chosen), 'picture')} chosen for validation at random (seed {seed})"
    if is_one_group(groups):
        how = f"; “{groups[0]}” is in both parts, so errors look smaller than they are for others."
    else:
        how = ", whole groups together." if any(group is not None for group in groups) else "."
    found.notes.append(chose + how)


def _labels_table(rows: list[Row]) -> pd.DataFrame:
    table = _common_columns(rows)
    table.insert(1, "labels", pd.Series([row.labels for row in rows], dtype=object))
    return table


def _points_table(rows: list[Row], sizes: checks.Sizes) -> pd.DataFrame:
    table = _common_columns(rows)
    for at, column in enumerate(("x", "y")):
        table.insert(1 + at, column, [float(row.point_px[at]) for row in rows])
    for at, column in enumerate(("width", "height")):
        table[column] = [sizes[row.fname][at] for row in rows]
    return table


def _common_columns(rows: list[Row]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "fname": pd.Series([row.fname for row in rows], dtype=object),
            "is_valid": [bool(row.is_valid) for row in rows],
        }
    )
    if any(row.group is not None for row in rows):
        table["group"] = pd.Series([row.group for row in rows], dtype=object)
    return table


def _raise(problems: list[str | Problem]) -> None:
    if problems:
        raise DatasetError([str(problem) for problem in problems])
