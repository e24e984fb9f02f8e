"""The files that may hold labels and cannot be read: an import that would do without them is refused."""

from __future__ import annotations

from engine.data.formats.annotation_files import OTHER_TABLES, ending_of
from engine.data.formats.phrases import counted
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.unread_files import is_readme
from engine.data.formats.voc.annotation import BROKEN, parse, read_bytes

MOST_XML_TRIED, MOST_TOLD = 20, 5


def unreadable(source: Source) -> list[str]:
    """A sentence for each table, JSON, XML or YAML file that cannot be read: its name, the reason, what to do."""
    problems = dict(source.unread_tables)
    problems |= {
        name: " ".join(held.problems) for name, held in source.jsons.items() if isinstance(held, DatasetError)
    }
    names = [name for name in source.listing.names if not is_readme(name)]
    problems |= {
        name: f"“{name}” cannot be read: it is not a table that Loss Lab can read; save it as CSV."
        for name in names
        if ending_of(name) in OTHER_TABLES
    }
    xmls = [name for name in names if ending_of(name) == ".xml"]
    problems |= {name: why for name in xmls[:MOST_XML_TRIED] if (why := _why_no_xml(source, name))}
    sentences = list(dict.fromkeys(problems.values()))
    more = len(sentences) - MOST_TOLD
    return (
        sentences if more <= 1 else [*sentences[:MOST_TOLD], f"{counted(more, 'more file')} cannot be read."]
    )


def _why_no_xml(source: Source, name: str) -> str:
    try:
        parse(read_bytes(source.listing.folder / name))
    except BROKEN as error:
        why = " ".join(str(error).split())
        return f"“{name}” cannot be read as XML ({why}): export it again from its program."
    return ""
