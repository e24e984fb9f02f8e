"""Cells that hold a list of labels as programs write it, or a vector of 0 and 1 with a place for each class."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

BRACKETS = {"[": "]", "(": ")", "{": "}"}
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ITEM = re.compile(rf"\s*(?:({_QUOTED})|([^,\s'\"\[\](){{}}][^,'\"\[\](){{}}]*))\s*")
_ESCAPED = re.compile(r"\\(.)")


def is_bracketed(cell: str) -> bool:
    """Whether a cell begins and ends like a list, a tuple, a set or an array."""
    cell = re.sub(r"^(array|list|set|tuple)(?=[\[({])", "", cell)
    return len(cell) >= 2 and BRACKETS.get(cell[0]) == cell[-1]


def read_list(cell: str) -> list[str] | None:
    """The items of a list in a cell: as JSON, as Python or as NumPy writes it; None where it is no such list.

    >>> read_list("['cat', 'hot dog']"), read_list('["cat"]'), read_list("[1 0 1]"), read_list("['a' 'b']")
    (['cat', 'hot dog'], ['cat'], ['1', '0', '1'], ['a', 'b'])
    """
    try:
        held = json.loads(cell)
        if isinstance(held, list):
            return _as_text(held)
    except (ValueError, RecursionError):
        pass
    return _read_items(cell.strip()) if is_bracketed(cell.strip()) else None


def _as_text(held: list) -> list[str] | None:
    """The items of a JSON list as text; None where one is no text or number."""
    if not all(isinstance(one, str | int | float | None) for one in held):
        return None
    return [_text(one) for one in held if one is not None]


def _text(value: str | int | float) -> str:
    return value.strip() if isinstance(value, str) else str(value)


def _read_items(cell: str) -> list[str] | None:
    inside = re.sub(r"^(array|list|set|tuple)(?=[\[({])", "", cell)[1:-1]
    if inside.startswith("[") and is_bracketed(inside):
        return _read_items(inside)
    numbers = inside.split()
    if len(numbers) > 1 and all(re.fullmatch(r"[-+]?\d+\.?\d*", one) for one in numbers):
        return [one.removesuffix(".") for one in numbers]
    items: list[str] = []
    at, was_quoted, after_comma = 0, False, True
    while at < len(inside):
        item = _ITEM.match(inside, at)
        follows_quoted = was_quoted and item is not None and item[1] and inside[at - 1].isspace()
        if item is None or not (after_comma or follows_quoted):
            return None
        items.append(_ESCAPED.sub(r"\1", item[1][1:-1]).strip() if item[1] else item[2].strip())
        at, was_quoted = item.end(), item[1] is not None
        after_comma = inside[at : at + 1] == ","
        at += after_comma
    return [one for one in items if one]


def is_vector(lists: Sequence[Sequence[str]]) -> bool:
    """Whether lists are vectors of 0 and 1 with a place for each class, and no lists of the labels “0” and “1”.

    All have the same length, and one holds a value twice, which a list of labels never does.
    """
    lengths = {len(one) for one in lists}
    if len(lengths) != 1 or lengths <= {0, 1}:
        return False
    return all(value in _BITS for one in lists for value in one) and any(
        len(set(one)) < len(one) for one in lists
    )


def on_places(vector: Sequence[str]) -> list[int]:
    """The places that are on.

    >>> on_places(["1", "0", "1.0"])
    [0, 2]
    """
    return [at for at, value in enumerate(vector) if _BITS[value]]


_BITS = {
    "0": False,
    "1": True,
    "0.0": False,
    "1.0": True,
    "False": False,
    "True": True,
    "false": False,
    "true": True,
}
