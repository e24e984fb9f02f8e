"""Names for labels that are codes, such as 3, /m/01yrx or n02123045, from a file of the dataset that lists both.

Open Images has class-descriptions.csv, ImageNet LOC_synset_mapping.txt, Kaggle label_num_to_disease_map.json, and
Hugging Face the names of a ClassLabel in dataset_info.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from engine.data.formats.annotation_files import ending_of
from engine.data.formats.files.text_file import read_text
from engine.data.formats.parsed_source import ParsedSource
from engine.data.formats.phrases import counted
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source
from engine.data.formats.tables.cells import is_number
from engine.data.formats.tables.text_table import TextTable

FORMS = ("rows", "cells", "columns", "folders")
"""The formats whose labels may be codes; the others name their classes themselves."""
MOST_BYTES, MOST_TRIED, MOST_DEPTH = 4 * 1024**2, 20, 6
_CODE = re.compile(r"\d+|/[mg]/\w+|n\d{8}")
_ABOUT_CLASSES = re.compile(r"class|label|categor|synset|species|names|id2|map")


def name_classes(parsed: ParsedSource, source: Source) -> None:
    """Write the names of the classes for their codes, where a file names all of them, each differently.

    A code among the option `classes` keeps all of them; so do two files that differ.
    """
    labels = {label for row in parsed.rows for label in row.labels}
    if not labels or not all(map(_CODE.fullmatch, labels)) or labels & {*source.options.classes}:
        return
    named = {file: names for file, names in _names(parsed, source, labels) if _are_names(names, labels)}
    if len({tuple(sorted(names.items())) for names in named.values()}) != 1:
        return
    file, names = next(iter(named.items()))
    parsed.files_read |= set(named)
    for row in parsed.rows:
        row.labels = tuple(names[label] for label in row.labels)
    example = min(labels)
    says = f"“{file}” calls “{example}” “{names[example]}”, and names {counted(len(labels), 'label')}"
    parsed.assume("names of labels", f"from “{file}”", f"{says}; to keep the codes, list them", "classes")


def _are_names(names: Mapping[str, str], labels: Iterable[str]) -> bool:
    said = [names.get(label, "").strip() for label in labels]
    return all(said) and len(set(said)) == len(said) and not all(map(is_number, said))


def _names(parsed: ParsedSource, source: Source, labels: set[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """What each file of the dataset calls the codes, as far as it says."""
    for table in source.tables:
        name = source.name_of(table)
        if name not in parsed.files_read and len(table.header) == 2:
            yield from ((name, names) for names in _of_table(table, labels))
    for name, held in source.jsons.items():
        if name not in parsed.files_read and not isinstance(held, DatasetError):
            found = _of_json(held, labels, lists_only=not _may_name(name, labels))
            yield from ((name, names) for names in found)
    texts = [name for name in source.listing.names if ending_of(name) == ".txt" and _may_name(name, labels)]
    for name in sorted(texts, key=lambda one: one.count("/"))[:MOST_TRIED]:
        yield name, _only(_of_text(source, name, labels), labels)


def _may_name(about: str, labels: set[str]) -> bool:
    """Whether a file may name the codes; for numbers, only one that is called as if it were about classes."""
    are_numbers = all(map(str.isdigit, labels))
    return not are_numbers or bool(_ABOUT_CLASSES.search(PurePosixPath(about).name.lower()))


def _only(names: Mapping[str, str], labels: Iterable[str]) -> dict[str, str]:
    return {label: names[label].strip() for label in labels if label in names}


def _of_table(table: TextTable, labels: set[str]) -> Iterator[dict[str, str]]:
    """A table of two columns, codes and names; its header may be one of the rows."""
    if not _may_name(" ".join([table.path.name, *table.header]), labels):
        return
    rows = [list(table.header), *(cells for _, cells in table.rows)]
    for code, name in ((0, 1), (1, 0)):
        yield _only({cells[code].strip(): cells[name] for cells in rows}, labels)


def _of_json(held: Any, labels: set[str], lists_only: bool, depth: int = 0) -> Iterator[dict[str, str]]:
    """Lists under “names” at any place of a document, and objects of codes with names or of names with codes."""
    if not isinstance(held, dict) or depth > MOST_DEPTH:
        return
    values = list(held.values())
    if values and not lists_only and all(isinstance(one, str) for one in values):
        yield _only(held, labels)
    if (
        values
        and not lists_only
        and all(isinstance(one, int) and not isinstance(one, bool) for one in values)
    ):
        yield _only({str(number): str(key) for key, number in held.items()}, labels)
    for key, one in held.items():
        if key == "names" and isinstance(one, list):
            numbers = {label: int(label) for label in labels if label.isdecimal()}
            yield {label: str(one[at]) for label, at in numbers.items() if at < len(one)}
        else:
            yield from _of_json(one, labels, lists_only, depth + 1)


def _of_text(source: Source, name: str, labels: set[str]) -> dict[str, str]:
    """Lines that begin with a code, or for numbers a name on each line, counted from 0 or from 1."""
    try:
        lines = read_text(source.listing.folder / name, MOST_BYTES)[0].splitlines()
    except (DatasetError, OSError):
        return {}
    words = [line.strip().split(maxsplit=1) for line in lines if line.strip()]
    pairs = {pair[0]: pair[1] for pair in words if len(pair) == 2}
    if pairs.keys() >= labels or not all(map(str.isdigit, labels)):
        return pairs
    numbers, names = {int(label) for label in labels}, [line.strip() for line in lines if line.strip()]
    start = 0 if 0 in numbers else 1 if max(numbers) == len(names) else None
    return {} if start is None else {str(at): one for at, one in enumerate(names, start)}
