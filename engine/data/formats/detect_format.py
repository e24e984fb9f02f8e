"""What somebody brought, told without being asked: the form, why, what else it might be, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.data.formats.forms import FORMS, Form
from engine.data.formats.match import Evidence
from engine.data.formats.phrases import some
from engine.data.formats.read_options import How
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source, source_of
from engine.data.formats.suggestion import suggest
from engine.data.formats.text_table import TextTable
from engine.jobs import access


@dataclass(frozen=True)
class Recognition:
    """The form (a name of `engine.data.formats.forms.FORMS`), the task it suggests, and the reasons, a sentence each.

    `how` names form, separator and unit as they are understood; `others` are forms in which it can be read, too.
    """

    form: str
    task: str
    because: tuple[str, ...]
    how: How
    others: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What a person calls the form."""
        return FORMS[self.form].title

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that the form serves."""
        return FORMS[self.form].tasks


def recognise(path: Path, form: str | None = None) -> Recognition:
    """Look at a folder or table without being told what it is; `form` says it nevertheless.

    Raises `DatasetError` where there is nothing that could be labelled or trained on, or where the form said does not
    fit, or where the current user may not read it.
    """
    source = source_of(access.authorize(path, DatasetError))
    found = {one.name: evidence for one in FORMS.values() if (evidence := _found(one, source))}
    if form is not None and form not in found:
        raise DatasetError(f"“{path.name}” cannot be read as “{FORMS[form].title}”.")
    if not found:
        raise DatasetError(_why_nothing(source))
    chosen = form or _first(source, found)
    evidence = found[chosen]
    how = How(chosen, evidence.separator, evidence.unit)
    others = tuple(name for name in found if name != chosen)
    task, why = suggest(FORMS[chosen], source, how)
    because = (*evidence.because, *why, *_on_unread(source, chosen), *_on_other_tables(source, evidence))
    return Recognition(chosen, task, because, how, others)


def _found(form: Form, source: Source) -> Evidence | None:
    try:
        return form.find(source)
    except DatasetError as error:
        return Evidence(error.problems)


def _first(source: Source, found: dict[str, Evidence]) -> str:
    """The first in order; but a single folder of pictures, with nothing else, says no labels."""
    first = next(iter(found))
    if first == "folders" and len({name.rpartition("/")[0] for name in source.pictures}) == 1:
        return "pictures"
    return first


def _on_unread(source: Source, chosen: str) -> list[str]:
    """When nothing but folders or pictures was recognised, why the tables beside them do not serve."""
    if chosen not in ("folders", "pictures"):
        return []
    unread = [str(held) for held in source.jsons.values() if isinstance(held, DatasetError)]
    useless = [f"“{table.path.name}” has no columns that are known." for table in source.tables]
    return list(dict.fromkeys([*source.unread_tables, *unread, *useless]))


def _on_other_tables(source: Source, evidence: Evidence) -> list[str]:
    """One table is read, perhaps of several files; what lies in others should not be missed without a word."""
    if evidence.table is None:
        return []
    read = [name for table in source.tables if table.path == evidence.table for name in table.joined]
    others = [
        name for table in source.tables if table.path != evidence.table for name in _names(source, table)
    ]
    told = [f"{some(_quoted(read))} have the same columns and are read as one table."] if read else []
    if others:
        told.append(f"Other tables are not read ({len(others):,}): {some(_quoted(others))}.")
    return told


def _names(source: Source, table: TextTable) -> tuple[str, ...]:
    return table.joined or (table.path.relative_to(source.listing.folder).as_posix(),)


def _quoted(names: Iterable[str]) -> list[str]:
    return [f"“{name}”" for name in names]


def _why_nothing(source: Source) -> str | list[str]:
    if not source.pictures:
        return f"There are no pictures in “{source.path.name}”."
    return source.unread_tables or f"No data set was found in “{source.path.name}”."
