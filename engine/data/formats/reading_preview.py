"""What a reading of a dataset gives, before it is chosen: how many images, which labels, a few examples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from engine import tasks
from engine.data.formats.assumptions import AmbiguousError, Assumption
from engine.data.formats.detect_format import detect_in
from engine.data.formats.loading import read_opened
from engine.data.formats.open_source import open_source
from engine.data.formats.parsed_source import ParsedSource, Row
from engine.data.formats.phrases import counted, some
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError

EXAMPLES = 4


@dataclass(frozen=True)
class ReadingPreview:
    """What one way to read a dataset gives. No image is decoded for it.

    Attributes:
        options: how it is read, as it was said.
        form: the format, a name of `engine.data.formats.forms.FORMS`; "" where it cannot be read so.
        task: the task that the reading suggests; "" where it cannot be read so.
        folder: the folder that the `fname` of the examples is relative to.
        examples: a few rows whose images are there, those with a label or point first, of different labels.
        image_count: how many images the reading names.
        there_count: how many of them are there.
        empty_count: how many images have neither a label nor a point.
        label_counts: each label with the number of its images, the most frequent first; {} for points.
        assumptions: what the reader decides by itself.
        problems: what is wrong with this reading, a sentence each.
        question: the error that asks to decide between readings, where the options leave several open.
    """

    options: ReadOptions
    form: str = ""
    task: str = ""
    folder: Path = Path()
    examples: tuple[Row, ...] = ()
    image_count: int = 0
    there_count: int = 0
    empty_count: int = 0
    label_counts: tuple[tuple[str, int], ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    problems: tuple[str, ...] = ()
    question: AmbiguousError | None = None

    @property
    def is_usable(self) -> bool:
        """Whether the dataset can be read so, and the reading finds an image."""
        return bool(self.form) and self.there_count > 0

    @property
    def summary(self) -> str:
        """One sentence on the images and the labels or points that the reading gives."""
        if not self.form:
            return "It cannot be read this way."
        images = f"{self.there_count:,} of {counted(self.image_count, 'image')} found"
        if self.label_counts:
            labels = [f"{label} ({count:,})" for label, count in self.label_counts]
            return f"{images}; {counted(len(labels), 'label')}: {some(labels)}."
        points = self.image_count - self.empty_count
        return (
            f"{images}; {counted(points, 'point')}."
            if tasks.get(self.task).has_points
            else f"{images}; no labels."
        )


def preview_reading(path: Path, options: ReadOptions, task: str = "") -> ReadingPreview:
    """What reading a folder, table or archive with these options gives; never raises for what it holds.

    `task` is what the rows are read for; by default it is the one that the reading suggests.
    """
    try:
        source = open_source(path, options)
        seen = detect_in(source)
        task = task if task in seen.tasks else seen.task
        parsed = read_opened(source.with_options(replace(options, format=seen.form)), task)
    except AmbiguousError as error:
        return ReadingPreview(options, problems=(error.question,), question=error)
    except DatasetError as error:
        return ReadingPreview(options, problems=error.problems)
    if options.format is None:  # the format was recognised, too
        parsed.assumptions[0] = replace(parsed.assumptions[0], evidence=seen.reasons[0])
    return _preview(parsed, options, seen.form, task)


def _preview(parsed: ParsedSource, options: ReadOptions, form: str, task: str) -> ReadingPreview:
    rows = {row.fname: row for row in reversed(parsed.rows)}
    there = [row for row in parsed.rows if row.fname in parsed.listing.known]
    counts = Counter(label for row in rows.values() for label in row.labels)
    return ReadingPreview(
        options,
        form,
        task,
        parsed.folder,
        tuple(_examples(there)),
        image_count=len(rows),
        there_count=len({row.fname for row in there}),
        empty_count=sum(not row.labels and row.point_px is None for row in rows.values()),
        label_counts=tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
        assumptions=tuple(parsed.assumptions),
        problems=tuple(map(str, parsed.problems)),
    )


def _examples(rows: list[Row]) -> list[Row]:
    """A few rows: first those that show a label that no other example shows, then the rest in their order."""
    shown: set[str] = set()
    new: list[Row] = []
    for row in rows:
        if len(new) < EXAMPLES and set(row.labels) - shown:
            new.append(row)
            shown |= set(row.labels)
    others = (row for row in rows if all(row is not one for one in new))
    fill = sorted(others, key=lambda row: not (row.labels or row.point_px)) if len(new) < EXAMPLES else ()
    return [*new, *fill][:EXAMPLES]
