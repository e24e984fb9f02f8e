"""What an import holds, found without being asked: the format, why, what else it might be, and how it is read.

This is the only place that chooses a format: for paths, uploads and the command line, with or without a task.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine import tasks
from engine.data.formats.assumptions import AS_SAID, AmbiguousError, Assumption
from engine.data.formats.chosen_classes import keep_classes
from engine.data.formats.class_names import FORMS as CODED
from engine.data.formats.class_names import name_classes
from engine.data.formats.evidence import Evidence
from engine.data.formats.files.file_index import is_image
from engine.data.formats.forms import FORMS, Form
from engine.data.formats.label_notes import compose_labels
from engine.data.formats.open_source import open_source
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.suggestion import suggest
from engine.data.formats.tables.image_table import missing_columns
from engine.data.formats.tables.text_table import TextTable
from engine.data.formats.unread_files import unread_files
from engine.data.formats.unreadable import unreadable
from engine.data.formats.yolo.config import config_of

KNOWN_FORMS = (
    "a table (fname, labels or fname, x, y) with its images; Pascal VOC (JPEGImages and Annotations); COCO (a JSON"
    " file); YOLO (text files); BIWI (a folder for each person with _pose.txt files); or a folder for each class"
)
LABEL_LESS = ("pictures",)


@dataclass(frozen=True)
class DetectedFormat:
    """The format (a name of `engine.data.formats.forms.FORMS`), the task it suggests, and the reasons, a sentence each.

    `options` names format, separator and units as they are understood; it can also be read in `other_formats`.
    """

    form: str
    task: str
    reasons: tuple[str, ...]
    options: ReadOptions
    other_formats: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What a person calls the format."""
        return FORMS[self.form].title

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that the format serves."""
        return FORMS[self.form].tasks


def detect(path: Path, form: str | None = None, options: ReadOptions | None = None) -> DetectedFormat:
    """Look at a folder or table without being told what it is; `form` and `options` say it nevertheless.

    Raises `DatasetError` where there is nothing that could be labelled or trained on, or where the format said does
    not fit, or where the current user may not read it, and `AmbiguousError` where two readings are equally likely.
    """
    options = options or ReadOptions()
    return detect_in(open_source(Path(path), replace(options, format=form or options.format)))


def detect_in(source: Source) -> DetectedFormat:
    """The same for a source that is opened already, with what was said about it. Raises what `detect` raises."""
    chosen, evidence = choose(source)
    _refuse_unread_files(source, chosen)
    other_formats = tuple(name for name in _possible_formats(source) if name != chosen.name)
    said = source.options
    options = replace(said, format=chosen.name, separator=said.separator or evidence.separator,
                  units=said.units or evidence.unit)  # fmt: skip
    suggested = suggest(chosen, source, options)
    unread = _on_unread(source, chosen, evidence, suggested.files_read)
    reasons = (*evidence.reasons, *suggested.reasons, *unread, *_on_joined(source, evidence))
    return DetectedFormat(chosen.name, suggested.task, reasons, options, other_formats)


def _refuse_unread_files(source: Source, chosen: Form) -> None:
    """Raise `DatasetError` where labels may stand in a file that cannot be read, and nothing else gives them.

    To import the images without that file, the format is said.
    """
    if source.options.format:
        return
    problems: Sequence[str] = ()
    if chosen.name in (*LABEL_LESS, "folders"):
        problems = unreadable(source)
    elif chosen.name == "yolo":
        problems = config_of(source).unread
    if problems:
        raise DatasetError(problems)


def choose(source: Source, task: str | None = None) -> tuple[Form, Evidence]:
    """The format of a source and the evidence for it: the one that was said, or the first that is found.

    For a task it is the first that serves it; a folder that is detected as another format is not read as a third,
    and images without labels are never trained on by guess. Raises `DatasetError` where none serves.
    """
    if source.options.format:
        return _chosen_format(source, FORMS[source.options.format], task)
    other: Form | None = None
    for form in FORMS.values():
        if task is not None and (form.name in LABEL_LESS or (form.is_table and task not in form.tasks)):
            continue
        evidence = form.find(source)
        if evidence is None or (form.name == "folders" and not _may_be_folders(source, task)):
            continue
        if task is None or task in form.tasks:
            if form.name in (*LABEL_LESS, "folders"):
                _refuse_single_file(source)
                _refuse_flags_for_tables(source)
            return form, evidence
        other = other or form
        if not form.is_table:
            break
    raise DatasetError(_why_none(source, task, other))


def _refuse_single_file(source: Source) -> None:
    """Raise `DatasetError` for a file that names no images: the folder around it was not asked for."""
    if not source.file:
        return
    if is_image(source.file):
        raise DatasetError(f"“{source.path.name}” is an image: give the folder that contains it.")
    raise DatasetError(
        _table_problems(source)
        or f"“{source.path.name}” is neither a table nor another file that describes images."
    )


def _refuse_flags_for_tables(source: Source) -> None:
    """Raise `DatasetError` for options that name a column or sheet where no table can be read with them."""
    said = source.options
    names = (
        said.image_column,
        said.x_column,
        said.group_column,
        said.split_column,
        said.sheet,
        *said.label_columns,
    )
    if not any(names):
        return
    problems = _table_problems(source)
    raise DatasetError(problems or f"“{source.path.name}” has no table, so no column can be chosen.")


def _table_problems(source: Source) -> list[str]:
    """Why no table of a source can be read."""
    problems = list(source.unread_tables.values())
    for table in source.tables:
        try:
            source.columns(table)
        except DatasetError as error:
            problems += error.problems
    return problems


def parse_source(source: Source, task: str, valid_share: float) -> ParsedSource:
    """What a source holds for a task, with every assumption, also about files that are not read."""
    form, evidence = choose(source, task)
    if source.options.sheet and not any(table.sheet for table in source.tables):
        raise DatasetError(
            f"“{source.path.name}” has no sheets, which only Excel files have: leave out --sheet."
        )
    parsed = form.read(source, task, source.options, valid_share)
    compose_labels(parsed)
    if form.name in CODED:
        name_classes(parsed, source)
    if tasks.get(task).has_labels:
        keep_classes(parsed, source.options.classes)
    is_chosen = source.options.format is not None
    parsed.assumptions.insert(0, _assumed_form(form, evidence, is_chosen))
    parsed.assumptions += unread_files(source, parsed.files_read, form.endings)
    return parsed


def _assumed_form(form: Form, evidence: Evidence, is_chosen: bool) -> Assumption:
    return Assumption("format", form.title, AS_SAID if is_chosen else evidence.reasons[0], "format")


def _chosen_format(source: Source, form: Form, task: str | None) -> tuple[Form, Evidence]:
    if task is not None and task not in form.tasks:
        raise DatasetError(f"“{form.title}” is for the task {' or '.join(form.tasks)}; choose that task.")
    evidence = form.find(source)
    if evidence is None:
        raise DatasetError(_why_not(source, form))
    return form, evidence


def _why_not(source: Source, form: Form) -> str:
    """Why a format that was chosen does not serve; for a format of tables, in terms of the tables."""
    if not (form.is_table and source.tables):
        return f"“{source.path.name}” cannot be read as “{form.title}”."
    titles = some([table.title for table in source.tables])
    return (
        f"No columns for “{form.title}” were recognized in {titles}: choose the columns, or another format."
    )


def _possible_formats(source: Source) -> list[str]:
    """The names of all formats in which a source could be read, were it said."""
    return [form.name for form in FORMS.values() if _is_possible(form, source)]


def _is_possible(form: Form, source: Source) -> bool:
    try:
        return form.find(source) is not None
    except AmbiguousError:
        return False
    except DatasetError:
        return True


def _may_be_folders(source: Source, task: str | None) -> bool:
    """A single folder of images says no labels; nor does one next to a table that cannot be read."""
    folders = {name.rpartition("/")[0] for name in source.images}
    if len(folders) == 1:
        return task is not None and not _annotations(source)
    return True


def _annotations(source: Source) -> bool:
    """Whether any file but the images may say something of them."""
    return bool(source.tables or source.unread_tables or source.jsons or unread_files(source, set()))


def _on_unread(source: Source, chosen: Form, evidence: Evidence, read_already: frozenset[str]) -> list[str]:
    """Why the annotation files that are not read do not serve."""
    read = {source.name_of(table) for table in source.tables if table.path == evidence.table}
    joined = {name for table in source.tables if table.path == evidence.table for name in table.joined}
    return [
        f"{one.value}: {one.evidence.rstrip('.')}."
        for one in unread_files(source, read | joined | read_already, chosen.endings)
    ]


def _on_joined(source: Source, evidence: Evidence) -> list[str]:
    """One table is read, perhaps of several files."""
    read = [name for table in source.tables if table.path == evidence.table for name in table.joined]
    return [f"{some(_quoted(read))} have the same columns and are read as one table."] if read else []


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"“{name}”" for name in names]


def _why_none(source: Source, task: str | None, other: Form | None) -> str | list[str]:
    name = source.path.name
    if other is not None and not other.is_table:
        return f"“{name}” holds {other.holds}; choose the task {other.tasks[0]}, or another folder."
    if source.tables and task is not None:
        return _why_no_table(source, source.tables[0], task)
    if source.unread_tables and task is not None:
        return list(source.unread_tables.values())
    unread = [f"{one.value}: {one.evidence.rstrip('.')}." for one in unread_files(source, set())]
    if not source.images and task is None:
        return [f"There are no images in “{name}”.", *unread]
    return unread or f"No dataset was found in “{name}”. Loss Lab reads {KNOWN_FORMS}."


def _why_no_table(source: Source, table: TextTable, task: str) -> str | list[str]:
    try:
        return missing_columns(table, source.columns(table), tasks.get(task).has_points)
    except DatasetError as error:
        return list(error.problems)
