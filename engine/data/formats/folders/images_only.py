"""Images about which nothing is said: they wait to be labelled."""

from __future__ import annotations

from engine.data.formats.evidence import Evidence
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.data.formats.phrases import counted
from engine.data.formats.source import Source


def find(source: Source) -> Evidence | None:
    """Any images."""
    if not source.images:
        return None
    return Evidence((f"There are {counted(len(source.images), 'image')}, but no labels or points.",))


def read(source: Source) -> ParsedSource:
    """One row for each image, without labels."""
    return ParsedSource(source.listing, [Row(name, name) for name in source.images], is_bare=True)
