"""What is noted about the labels of any format: numbers written in two ways, dates, missing values, unusable text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from engine.data.archives.names import LONGEST_NAME
from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import some
from engine.data.formats.tables.cells import MISSING
from engine.functional import label_text
from engine.functional.label_text import LONGEST

UNUSABLE_LABEL = "unusable label"
"""The kind of `Problem` about labels that no file or page could show."""
MOST_LABELS, MOST_PAIRS = 20_000, 100_000_000
"""The most labels, and the most pairs of an image and a label; a table of them all is held in memory."""
SHOWN = 40

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|"
                   rf"\d{{1,2}}-{_MONTH}(-\d{{2,4}})?|{_MONTH}-\d{{2,4}}", re.IGNORECASE)  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


def compose_labels(parsed: ParsedSource) -> None:
    """Write each label with its accents joined to their letters: macOS takes both apart in the names of folders."""
    for row in parsed.rows:
        if not all(map(str.isascii, row.labels)):
            row.labels = tuple(dict.fromkeys(map(label_text.composed, row.labels)))


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
        notes.append(f"Labels that look like dates; a spreadsheet may have converted them: {some(dates)}.")
    missing = [f"“{label}”" for label in labels if label.casefold() in MISSING]
    if missing:
        notes.append(f"Labels that look like missing values but count as labels: {some(missing)}.")
    told = [
        one for one in parsed.assumptions if one.what == "missing values" and "means no label" in one.value
    ]
    notes += [f"Missing values: {one.value}." for one in told]
    return notes


def text_problems(parsed: ParsedSource) -> list[str | Problem]:
    """Labels and names of images or groups that cannot be used, such as half a character or a line break in one.

    Their rows are left out. Leaving out the images of such a label settles its problem.
    """
    if too_many := _too_many_labels(parsed):
        parsed.rows = []
        return [too_many]
    labels = _unusable((label for row in parsed.rows for label in row.labels), LONGEST)
    names = _unusable((row.fname for row in parsed.rows), LONGEST_NAME)
    groups = _unusable((row.group for row in parsed.rows if row.group), LONGEST)
    told: list[str | Problem] = [
        f"{what} cannot be used ({len(why):,}): {some(_in_words(why))}."
        for what, why in (("Names of images", names), ("Names of groups", groups))
        if why
    ]
    of_labels = tuple(
        (row.fname, _in_words({label: labels[label]})[0])
        for row in parsed.rows
        for label in row.labels
        if label in labels and row.fname not in names
    )
    if of_labels:
        told.append(Problem(UNUSABLE_LABEL, of_labels, _says_labels))
    parsed.rows = [
        row
        for row in parsed.rows
        if row.fname not in names and row.group not in groups and not labels.keys() & row.labels
    ]
    return told


def _too_many_labels(parsed: ParsedSource) -> str:
    """Why there are more labels than any network could tell apart, or memory could hold; "" where there are not."""
    count = len({label for row in parsed.rows for label in row.labels})
    if count > MOST_LABELS:
        return (
            f"It has {count:,} different labels, and the limit is {MOST_LABELS:,}: is that the label column?"
        )
    if count * len(parsed.rows) > MOST_PAIRS:
        pairs = count * len(parsed.rows)
        return (
            f"The number of labels times images is {pairs:,}, and the limit is {MOST_PAIRS:,}: split it up."
        )
    return ""


def _says_labels(told: list[str]) -> str:
    phrases = list(dict.fromkeys(told))
    return f"Labels cannot be used ({len(phrases):,}): {some(phrases)}."


def _unusable(texts: Iterable[str], longest: int) -> dict[str, str]:
    """The texts that cannot be used, each with the reason."""
    return {text: why for text in dict.fromkeys(texts) if (why := label_text.problem(text, longest))}


def _in_words(reasons: Mapping[str, str]) -> list[str]:
    return [f"“{label_text.visible(text, SHOWN)}” {why}" for text, why in reasons.items()]
