"""What is noted about the labels of any format: numbers written in two ways, dates, missing values, and no text."""

from __future__ import annotations

import re
from collections import defaultdict

from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import some
from engine.data.formats.tables.cells import MISSING

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|"
                   rf"\d{{1,2}}-{_MONTH}(-\d{{2,4}})?|{_MONTH}-\d{{2,4}}", re.IGNORECASE)  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


def label_notes(parsed: ParsedSource) -> list[str]:
    """A sentence for each thing about the labels that is probably not meant, and one for each missing value."""
    labels = sorted({label for row in parsed.rows for label in row.labels})
    notes = []
    same = defaultdict(list)
    for label in labels:
        if _NUMBER.fullmatch(label):
            same[float(label)].append(label)
    twice = [" and ".join(f"“{label}”" for label in group) for group in same.values() if len(group) > 1]
    if twice:
        notes.append(
            f"Labels that are the same number, written differently, count as different: {some(twice)}."
        )
    dates = [f"“{label}”" for label in labels if _DATE.fullmatch(label)]
    if dates:
        notes.append(
            f"Labels that look like dates, which a spreadsheet may have made of them: {some(dates)}."
        )
    missing = [f"“{label}”" for label in labels if label.casefold() in MISSING]
    if missing:
        notes.append(f"Labels that look like a missing value, and count as labels here: {some(missing)}.")
    told = [
        one for one in parsed.assumptions if one.what == "missing values" and "means no label" in one.value
    ]
    notes += [f"Missing values: {one.value}." for one in told]
    return notes


def text_problems(parsed: ParsedSource) -> list[str]:
    """Labels and names that are no text: half of a surrogate pair, which no file can hold."""
    labels = {label for row in parsed.rows for label in row.labels if not _is_text(label)}
    names = {row.fname for row in parsed.rows if not _is_text(row.fname)}
    told = [
        f"{what} that are no text ({len(words):,}): {some([repr(word) for word in sorted(words)])}."
        for what, words in (("Labels", labels), ("Names of images", names))
        if words
    ]
    parsed.rows = [row for row in parsed.rows if row.fname not in names and not labels & set(row.labels)]
    return told


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
