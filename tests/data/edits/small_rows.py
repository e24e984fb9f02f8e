"""Rows of a small source, and what they are after the decisions of a folder."""

from engine.data import edits
from engine.data.formats.apply_edits import apply_decisions
from engine.data.formats.files.file_index import Listing
from engine.data.formats.parsed_source import ParsedSource, Row

FILES = ("a.jpg", "A.JPG", "b.jpg", "c.jpg", "d.jpg", "new.jpg")


LABELLED = {"a.jpg": (("cat",), False), "b.jpg": (("Cat", "dog"), False), "c.jpg": ((), True)}


POINTS = {"a.jpg": (1.0, 3.0), "b.jpg": (2.0, 4.0)}


def applied(folder, task="multi-label") -> dict[str, Row]:
    """The rows of `LABELLED`, or of `POINTS`, by name after the decisions kept in a folder."""
    rows = [Row(fname, labels=labels, is_valid=is_valid) for fname, (labels, is_valid) in LABELLED.items()]
    if task == "points":
        rows = [Row(fname, point_px=point, is_valid=False) for fname, point in POINTS.items()]
    found = ParsedSource(Listing(folder, FILES), rows, has_split=True)
    apply_decisions(found, edits.read(folder), task)
    return {row.fname: row for row in found.rows}


def labels_of(folder) -> dict[str, tuple[str, ...]]:
    return {fname: row.labels for fname, row in applied(folder).items()}
