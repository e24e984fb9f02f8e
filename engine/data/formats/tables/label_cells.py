"""The labels in the cells of one column, and what stands between them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine.data.formats.assumptions import AmbiguousError, Assumption
from engine.data.formats.phrases import counted, some
from engine.data.formats.read_options import SEPARATORS, ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.tables import headings, label_lists
from engine.data.formats.tables.cells import is_missing
from engine.functional.label_text import composed, visible

MARKS = {"bars": "|", "semicolons": ";", "commas": ","}
MOST_QUOTED = 60
MOST_DIFFERENT = 60_000
"""What may stand between labels; of two that occur, the first is stronger."""

LISTS, VECTOR = "lists", "vector"


@dataclass
class CellLabels:
    """The labels of each cell; `separator` is what stands between them: of `SEPARATORS`, "lists" or "vector"."""

    labels: list[tuple[str, ...]]
    separator: str
    assumptions: list[Assumption] = field(default_factory=list)


def labels_of(cells: Sequence[str], heading: str, options: ReadOptions, title: str = "") -> CellLabels:
    """The labels of each cell of a column. Missing values (empty, NaN, None, ...) hold none.

    Raises `AmbiguousError` where two separators are equally likely, and `DatasetError` for cells that cannot be labels.
    """
    filled = {cell for cell in cells if not is_missing(cell) or cell in options.classes}
    if len(filled) > MOST_DIFFERENT:
        raise DatasetError(
            f"“{visible(heading, MOST_QUOTED)}”{title} holds {len(filled):,} different cells, too many for labels "
            f"(the limit is {MOST_DIFFERENT:,})."
        )
    read = (
        _vectors(filled, options, title)
        or _lists(filled, options, title)
        or _separated(filled, heading, options, title)
    )
    known = {cell: _known(labels, options) for cell, labels in read.labels_by_cell.items()}
    labels = [known.get(cell, ()) for cell in cells]
    found = CellLabels(labels, read.separator, read.assumptions)
    _say_missing(cells, filled, found)
    return found


@dataclass
class _Reading:
    labels_by_cell: dict[str, tuple[str, ...]]
    separator: str
    assumptions: list[Assumption]


def _known(labels: tuple[str, ...], options: ReadOptions) -> tuple[str, ...]:
    kept = (
        one
        for one in map(composed, labels)
        if one in options.classes or (not options.classes and not is_missing(one))
    )
    return tuple(dict.fromkeys(kept))


def _say_missing(cells: Sequence[str], filled: set[str], found: CellLabels) -> None:
    missing = Counter(cell for cell in cells if cell and cell not in filled)
    told = [f"“{word}” in {counted(count, 'cell')} means no label" for word, count in missing.items()]
    if told:
        found.assumptions.append(
            Assumption("missing values", "; ".join(told), "programs write it that way", "classes")
        )


def _shortened(cells: list[str]) -> str:
    """The first few cells, each cut to what fits in a sentence."""
    return some([cell if len(cell) <= MOST_QUOTED else f"{cell[:MOST_QUOTED]}…" for cell in cells])


def _lists(filled: set[str], options: ReadOptions, title: str) -> _Reading | None:
    """Cells that hold lists as programs write them. A cell without brackets among them is one label."""
    if options.separator is not None:
        return None
    bracketed = {cell for cell in filled if label_lists.is_bracketed(cell)}
    quoted = {cell for cell in bracketed if re.match(r"\w*[\[({]+\s*['\"]", cell)}
    if not bracketed or (bracketed != filled and not quoted):
        return None
    lists = {cell: label_lists.read_list(cell) for cell in bracketed if bracketed == filled or cell in quoted}
    strange = sorted(cell for cell, items in lists.items() if items is None)
    if strange:
        raise DatasetError(f"Label cells{title} that hold more than a list of words: {_shortened(strange)}.")
    by_cell = {cell: tuple(lists.get(cell) or ([] if cell in lists else [cell])) for cell in filled}
    example = min(bracketed, key=len)
    return _Reading(
        by_cell, LISTS, [Assumption("separator", "lists", f"cells are lists such as {example}", "separator")]
    )


def _vectors(filled: set[str], options: ReadOptions, title: str) -> _Reading | None:
    """Cells that hold 0 or 1 for each class."""
    if options.separator is not None or len(filled) == 0:
        return None
    vectors = {cell: _items(cell) for cell in filled}
    lists = list(vectors.values())
    if not label_lists.is_vector(lists):
        if {len(one) for one in lists} != {2} or {value for one in lists for value in one} != {"0", "1"}:
            return None
        if not options.classes:
            raise AmbiguousError(
                f"The cells of labels{title} may be lists of the labels “0” and “1”, or vectors with a place for"
                " each of two classes.",
                ("classes", "separator"),
                _vectors_or_lists(filled),
            )
    length = len(lists[0])
    if options.classes and len(options.classes) != length:
        raise DatasetError(
            f"The vectors of 0 and 1{title} have {length} places: name as many classes (--classes)."
        )
    names = options.classes or [f"class {at}" for at in range(length)]
    by_cell = {cell: tuple(names[at] for at in label_lists.on_places(one)) for cell, one in vectors.items()}
    says = f"every cell holds 0 or 1 for each of {length} classes, which no file names"
    return _Reading(by_cell, VECTOR, [Assumption("separator", "vectors of 0 and 1", says, "classes")])


def _vectors_or_lists(filled: set[str]) -> list[dict]:
    """Both readings of cells with two numbers each; no separator of `SEPARATORS` takes brackets apart."""
    names: dict = {"classes": ("class 0", "class 1")}
    marks = [name for name, mark in SEPARATORS.items() if mark and all(mark in cell for cell in filled)]
    is_list = any(label_lists.is_bracketed(cell) for cell in filled)
    return [names] if is_list or not marks else [names, {"separator": marks[-1]}]


def _items(cell: str) -> list[str]:
    if label_lists.is_bracketed(cell):
        return label_lists.read_list(cell) or []
    return [one for one in re.split(r"[\s,;|]+", cell) if one]


def _separated(filled: set[str], heading: str, options: ReadOptions, title: str) -> _Reading:
    """Cells with labels between commas, semicolons, bars or spaces, or with one label each."""
    if options.separator is not None:
        split = splitter(options.separator)
        return _Reading({cell: tuple(split(cell)) for cell in filled}, options.separator, [])
    separator, evidence = _separator(filled, headings.normal(heading), title)
    split = splitter(separator)
    by_cell = {cell: tuple(split(cell)) for cell in filled}
    said = "one label in each cell" if separator == "none" else separator
    return _Reading(by_cell, separator, [Assumption("separator", said, evidence, "separator")])


def splitter(separator: str) -> Callable[[str], list[str]]:
    """A function that takes a cell apart by a separator of `SEPARATORS`."""
    if separator == "none":
        return lambda cell: [cell] if cell else []
    if separator == "spaces":
        return str.split
    mark = SEPARATORS[separator]
    return lambda cell: [label.strip() for label in cell.split(mark) if label.strip()]


def _separator(filled: set[str], heading: str, title: str) -> tuple[str, str]:
    """What stands between the labels, and why."""
    there = [name for name, mark in MARKS.items() if any(mark in cell for cell in filled)]
    is_single = heading not in headings.SEVERAL_LABELS
    if there:
        strongest = there[0]
        for weaker in there[1:]:
            _refuse_mixture(filled, strongest, weaker, title)
        mark = MARKS[strongest]
        if is_single and _is_never_recombined(filled, mark):
            example = next(cell for cell in sorted(filled) if mark in cell)
            raise AmbiguousError(
                f"“{example}”{title} may be one label with “{mark}” in it, or several labels (none or {strongest}).",
                ("separator",),
                [{"separator": "none"}, {"separator": strongest}],
            )
        return (
            strongest,
            f"{MARKS[strongest]} occurs in {sum(MARKS[strongest] in cell for cell in filled):,} "
            "different cells",
        )
    spaced = [cell for cell in filled if len(cell.split()) > 1]
    if not spaced:
        return ("none" if is_single else "spaces"), "no cell holds more than one word"
    if all(word.isdigit() for cell in filled for word in cell.split()):
        return "spaces", "the cells are numbers with spaces between them"
    if not is_single:
        return (
            "spaces",
            f"the heading suggests several labels, and {len(spaced):,} different cells hold spaces",
        )
    return "none", "no separator occurs, and the heading does not suggest several labels"


def _refuse_mixture(filled: set[str], strong: str, weak: str, title: str) -> None:
    """A comma inside labels between semicolons is part of a label, unless its parts are labels of their own."""
    labels = {label for cell in filled for label in splitter(strong)(cell)}
    torn = [label for label in labels if MARKS[weak] in label]
    own = [label for label in torn if any(part in labels for part in splitter(weak)(label))]
    if own:
        raise AmbiguousError(
            f"Both {strong} and {weak} separate labels{title}, as in “{min(own)}”.",
            ("separator",),
            [{"separator": strong}, {"separator": weak}],
        )


def _is_never_recombined(filled: set[str], mark: str) -> bool:
    """Whether no part of a cell with the mark occurs in another cell, so that whole cells are as likely labels."""
    cells_with: dict[str, set[str]] = defaultdict(set)
    for cell in filled:
        for part in cell.split(mark):
            cells_with[part.strip()].add(cell)
    return all(
        len(cells_with[part.strip()]) == 1 for cell in filled if mark in cell for part in cell.split(mark)
    )
