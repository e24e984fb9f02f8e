"""Which form a source is read in for a task, where nobody has said it."""

from __future__ import annotations

from engine.data.formats import csv_multilabel, point_columns
from engine.data.formats.forms import FORMS, Form
from engine.data.formats.image_table import missing_columns
from engine.data.formats.locate_images import PICTURE_FOLDERS
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.tasks import POINTS

KNOWN_FORMS = (
    "a table (fname, labels or fname, x, y) with its pictures, Pascal VOC (JPEGImages and Annotations), COCO (a JSON"
    " file), YOLO (text files), BIWI (a folder for each person with _pose.txt files), or a folder for each class"
)


def form_for(source: Source, task: str) -> Form:
    """The first form in which the source is recognised and that serves the task.

    A folder that is recognised as another form is not read as a third. Raises `DatasetError` where none serves.
    """
    other: Form | None = None
    for form in FORMS.values():
        if form.name in ("folders", "pictures") and not _may_be_folders(source, form):
            continue
        if form.find(source) is None:
            continue
        if task in form.tasks:
            return form
        other = other or form
        if not form.is_table:
            break
    raise DatasetError(_why_none(source, task, other))


def _may_be_folders(source: Source, form: Form) -> bool:
    """Pictures alone are never trained on by guess; and a table's folder of pictures is no label."""
    if form.name != "folders":
        return False
    tops = {name.partition("/")[0] for name in source.pictures if "/" in name} - set(PICTURE_FOLDERS)
    return len(tops) > 1 or not (source.tables or source.unread_tables)


def _why_none(source: Source, task: str, other: Form | None) -> str | list[str]:
    name = source.path.name
    if other is not None and not other.is_table:
        return f"“{name}” holds {other.holds}; choose the task {other.tasks[0]}, or another folder."
    if source.tables:
        points, labels = point_columns.COLUMNS, csv_multilabel.COLUMNS
        return missing_columns(source.tables[0], *((points, labels) if task == POINTS else (labels, points)))
    if source.unread_tables:
        return source.unread_tables
    unread = [str(held) for held in source.jsons.values() if isinstance(held, DatasetError)]
    return unread or f"No data set was found in “{name}”; known are {KNOWN_FORMS}."
