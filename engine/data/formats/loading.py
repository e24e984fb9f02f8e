"""Any folder or table that is imported, as one checked record, or every problem with it at once."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from engine import tasks
from engine.data import edits
from engine.data.edits import DecisionError
from engine.data.formats import checks
from engine.data.formats.apply_edits import apply_decisions
from engine.data.formats.assumptions import as_detected
from engine.data.formats.bad_rows import set_bad_rows_aside
from engine.data.formats.dataset_manifest import is_in_library, read_manifest
from engine.data.formats.detect_format import parse_source
from engine.data.formats.images.check_names import name_problems
from engine.data.formats.label_notes import label_notes, text_problems
from engine.data.formats.objects.lone_objects import wants_points
from engine.data.formats.open_source import open_source
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import Dataset, DatasetError
from engine.data.formats.source import Source
from engine.data.formats.tables.point_columns import in_pixels
from engine.data.splits import validation
from engine.functional.label_text import visible
from engine.jobs import access
from engine.jobs.resource_limits import OutOfTime
from engine.tasks import TASKS

AS_RECOGNISED = ReadOptions()
_LOG = logging.getLogger(__name__)


def load(
    folder_or_table: str | os.PathLike,
    task: str,
    options: ReadOptions | None = None,
    *,
    valid_share: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Read a dataset in any of the known formats, check all of it, and split it up into training and validation.

    Formats: tables (CSV, TSV, JSON lines, Excel, Parquet) with a cell of labels, a column for each class, a row for
    each label, or points, with the images in any folder; Pascal VOC; COCO; YOLO; BIWI head poses; a folder for each
    class; an archive of any of these; the folder of a dataset in the library. `options` says how to read it.

    Decisions that a person made about the dataset (`engine.data.edits`) are applied first. The source's own split
    is kept (is_valid, val.txt, valid_people.txt, folders `train` and `valid`); otherwise `valid_share` (between 0 and
    1) of the images are chosen with `seed`, evenly by label, whole groups where groups are known. Single-label keeps
    the rows with exactly one label. No image is decoded; the sizes that points need are read from the headers.

    Raises `DatasetError`, which lists every problem at once, `AmbiguousError` where two readings are equally likely,
    and ValueError for an unknown task or share.
    """
    if task not in TASKS:
        raise ValueError(f"task must be one of {', '.join(TASKS)}; got {task!r}.")
    if not 0 < valid_share < 1:
        raise ValueError(f"valid_share must lie between 0 and 1; got {valid_share}.")
    path = Path(folder_or_table)
    parsed = read(path, task, valid_share, options or AS_RECOGNISED)
    vocab = (
        tuple(sorted({label for row in parsed.rows for label in row.labels}))
        if tasks.get(task).has_labels
        else ()
    )
    sizes = _check(parsed, vocab, task)
    divide(parsed, valid_share, seed)
    _raise(checks.part_problems(parsed), parsed.set_aside)
    parsed.notes += checks.unseen_labels(parsed.rows, task)
    table = _points_table(parsed.rows, sizes) if tasks.get(task).has_points else _labels_table(parsed.rows)
    notes = (*parsed.notes, *map(str, parsed.set_aside))
    assumptions = tuple(parsed.assumptions)
    return Dataset(name_of(path), task, parsed.folder, table, vocab, notes, assumptions)


def read(
    path: Path, task: str, valid_share: float = 0.2, options: ReadOptions = AS_RECOGNISED
) -> ParsedSource:
    """What the source of a dataset holds, as the person's decisions make it, its bad rows set aside.

    A dataset in the library is read as its manifest says. Raises `DatasetError` where no format can be made out at all.
    """
    parsed = read_source(path, task, valid_share, options)
    apply_decisions(parsed, edits.read(edits.home(path)), task)
    parsed.problems = set_bad_rows_aside(parsed, [*parsed.problems, *name_problems(parsed)])
    return parsed


def read_source(
    path: Path, task: str, valid_share: float = 0.2, options: ReadOptions = AS_RECOGNISED
) -> ParsedSource:
    """The same without any decision: what the source itself says, points in pixels.

    Every way to read a dataset comes through here, so here it is asked whether the current user may: of the path, and
    of the one that a dataset in the library refers to.
    """
    return _completed(_parsed(path, task, valid_share, options), task)


def read_opened(source: Source, task: str, valid_share: float = 0.2) -> ParsedSource:
    """The same for a source that is opened already."""
    parsed = _telling_what_fails(source.path, lambda: parse_source(source, task, valid_share))
    return _completed(parsed, task)


def _completed(parsed: ParsedSource, task: str) -> ParsedSource:
    """What was parsed, with what is wrong or odd about its texts, and points in pixels."""
    parsed.problems += text_problems(parsed)
    parsed.notes += label_notes(parsed)
    if wants_points(task):
        _turn_into_pixels(parsed)
    return parsed


def refuse_unusable_text(source: Source, task: str) -> None:
    """Raise `DatasetError` where labels or names of images cannot be used; other problems can be fixed later."""
    try:
        parsed = _telling_what_fails(source.path, lambda: parse_source(source, task, 0.2))
    except DatasetError:
        return
    if problems := text_problems(parsed):
        raise DatasetError(map(str, problems))


def _parsed(path: Path, task: str, valid_share: float, options: ReadOptions) -> ParsedSource:
    access.authorize(path, DatasetError)
    if "\0" in str(path):
        raise DatasetError(f"“{visible(path.name)}” cannot be read: no path holds the character NUL.")
    return _telling_what_fails(path, lambda: _read_as_said(path, task, valid_share, options))


def _telling_what_fails(path: Path, parse: Callable[[], ParsedSource]) -> ParsedSource:
    """What `parse` gives; an error that no reader expected becomes a sentence about the path."""
    try:
        return parse()
    except (DatasetError, DecisionError, OSError, MemoryError, OutOfTime):
        raise
    except Exception as error:
        _LOG.exception("reading %r failed", str(path))
        raise DatasetError(
            f"“{visible(path.name)}” cannot be read: its contents match no known format "
            f"({type(error).__name__}). Export it again from the program that made it."
        ) from error


def _read_as_said(path: Path, task: str, valid_share: float, options: ReadOptions) -> ParsedSource:
    """What the reader of the format gives; a dataset in the library is read as its manifest says."""
    if is_in_library(path):
        manifest = read_manifest(path)
        said = options.over(manifest.chosen_options)
        parsed = parse_source(
            open_source(manifest.data_of(path), options.over(manifest.options)), task, valid_share
        )
        parsed.assumptions = [as_detected(one, said, manifest.reasons) for one in parsed.assumptions]
        return parsed
    return parse_source(open_source(path, options), task, valid_share)


def name_of(path: Path) -> str:
    """What to call a dataset: its name in the library, or that of its folder or table."""
    return read_manifest(path).name if is_in_library(path) else path.resolve().name


def _turn_into_pixels(parsed: ParsedSource) -> None:
    """Points in any other unit, in pixels of their own image; where its size cannot be had, the check tells it."""
    if parsed.unit == "pixels":
        return
    there = [row for row in parsed.rows if row.point_px and row.fname in parsed.listing.known]
    sizes, _ = checks.measure(parsed.folder, there)
    for row in there:
        if row.point_px and row.fname in sizes:
            row.point_px = in_pixels(row.point_px, parsed.unit, sizes[row.fname])


def _check(parsed: ParsedSource, vocab: tuple[str, ...], task: str) -> checks.Sizes:
    """All checks of the rows. Returns the sizes of the images, for points; raises with every problem."""
    sizes: checks.Sizes = {}
    problems = list(parsed.problems)
    if not parsed.rows and not problems:
        problems.append("There are no images in it.")
    elif tasks.get(task).has_points:
        sizes, faults = _check_points(parsed)
        problems += faults
    elif parsed.rows:
        problems += checks.spelling_problems(parsed.rows) + checks.vocab_problems(vocab, task, parsed.rows)
    _raise(problems, parsed.set_aside)
    if tasks.get(task).has_one_label:
        _keep_single_labels(parsed)
    return sizes


def _check_points(parsed: ParsedSource) -> tuple[checks.Sizes, list[str | Problem]]:
    there = [row for row in parsed.rows if row.point_px and row.fname in parsed.listing.known]
    sizes, unreadable = checks.measure(parsed.folder, there)
    faults: list[str | Problem] = [*unreadable]
    outside = checks.outside_problems(there, sizes)
    if parsed.may_leave_out_points and outside:
        beyond = outside[0].fnames
        parsed.notes.append(f"Left out: {counted(len(beyond), 'image')} whose point lies outside.")
        parsed.rows = [row for row in parsed.rows if row.fname not in beyond]
    elif outside and checks.may_be_exchanged(there, sizes):
        return sizes, faults + outside
    else:
        faults += outside
    return sizes, set_bad_rows_aside(parsed, faults)


def _keep_single_labels(parsed: ParsedSource) -> None:
    kept = [row for row in parsed.rows if len(row.labels) == 1]
    none, several = (
        sum(not row.labels for row in parsed.rows),
        sum(len(row.labels) > 1 for row in parsed.rows),
    )
    if none or several:
        parsed.notes.append(
            f"Single-label uses the {counted(len(kept), 'image')} with exactly one label; left out:"
            f" {none:,} without a label, {several:,} with several."
        )
    parsed.rows = kept


def divide(parsed: ParsedSource, valid_share: float, seed: int) -> None:
    """Choose the part of each row where neither the source nor a person says it.

    Labels are spread evenly, and groups, where known, stay whole.

    Where most rows were decided upon, the others came later and are for training.
    """
    undecided = [row for row in parsed.rows if row.is_valid is None]
    if parsed.has_split or len(undecided) <= len(parsed.rows) / 2:
        return
    groups = [row.group for row in undecided]
    split = validation.choose([row.labels for row in undecided], groups, valid_share, seed)
    for row, is_valid in zip(undecided, split.is_valid.tolist(), strict=True):
        row.is_valid = is_valid
    chosen = counted(int(split.is_valid.sum()), "image")
    note = f"{chosen} chosen for validation, {_SPLIT_IN_WORDS[split.way]} (seed {seed})"
    if validation.is_one_group(groups):
        note += f"; “{groups[0]}” is in both parts, so errors on new groups will be larger"
    parsed.notes.append(f"{note}.")


_SPLIT_IN_WORDS = {
    validation.AT_RANDOM: "at random",
    validation.BY_LABEL: "evenly by label",
    validation.BY_GROUP: "whole groups together, at random",
    validation.GROUPS_BY_LABEL: "whole groups together, labels as evenly as possible",
}


def _labels_table(rows: list[Row]) -> pd.DataFrame:
    table = _common_columns(rows)
    table.insert(1, "labels", pd.Series([row.labels for row in rows], dtype=object))
    return table


def _points_table(rows: list[Row], sizes: checks.Sizes) -> pd.DataFrame:
    table = _common_columns(rows)
    for at, column in enumerate(("x", "y")):
        table.insert(1 + at, column, [float(row.point_px[at]) for row in rows if row.point_px])
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


def _raise(problems: Sequence[str | Problem], set_aside: Sequence[Problem]) -> None:
    """Stop because of the problems, naming what was set aside, too: it may be why too little remains."""
    if problems:
        raise DatasetError([str(problem) for problem in (*problems, *set_aside)])
