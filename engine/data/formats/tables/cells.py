"""What the cells of a column say about its use: names of parts, yes and no, numbers, or nothing at all."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from engine.data.formats.bad_rows import TENTH, are_few

MISSING = {"nan", "-nan", "na", "n/a", "#n/a", "#na", "none", "null", "<na>", "nat"}
"""What programs write for a missing value, in small letters; an empty cell is one, too."""
YES = {"1", "1.0", "1,0", "true", "t", "yes", "y", "x", "✓", "✔", "☑", "ja", "oui", "sí", "si"}
NO = {"0", "0.0", "0,0", "false", "f", "no", "n", "-1", "-1.0", "-1,0", "✗", "✘", "☐", "nein", "non"}
DIGITS = {"0", "1", "-1", "0.0", "1.0", "-1.0", "0,0", "1,0", "-1,0"}
TRAIN, VALID, TEST = "train", "valid", "test"
PARTS = {
    **dict.fromkeys(("train", "training", "trn"), TRAIN),
    **dict.fromkeys(("valid", "val", "validation", "validate", "dev"), VALID),
    **dict.fromkeys(("test", "testing", "tst", "holdout"), TEST),
}
"""The words for training, validation and test."""


def part_named(text: str) -> str | None:
    """The part that a word or name says: as the whole of it, or as its first or last word; None where it says none.

    >>> part_named("Training"), part_named("seg_train"), part_named("PublicTest"), part_named("trainannot")
    ('train', 'train', 'test', None)
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()
    words = [word for word in re.split(r"[\W\d_]+", spaced) if word]
    said = {PARTS[word] for word in words if word in PARTS}
    if len(said) != 1 or not (words[0] in PARTS or words[-1] in PARTS):
        return None
    return said.pop()


def may_be_split(cells: Iterable[str]) -> bool:
    """Whether a column may say the part of each row: with names of parts, yes and no, or small numbers."""
    said = present(cells)
    return bool(said) and all(one in YES | NO or one.isdigit() or part_named(one) for one in said)


def is_missing(cell: str) -> bool:
    """Whether a cell holds no value.

    >>> is_missing(""), is_missing("NaN"), is_missing("Nancy")
    (True, True, False)
    """
    return not cell or cell.casefold() in MISSING


def present(cells: Iterable[str]) -> set[str]:
    """The different values of a column in small letters, without missing ones."""
    return {cell.casefold() for cell in set(cells) if not is_missing(cell)}


def is_yes_or_no(cells: Iterable[str]) -> bool:
    """Whether a column holds nothing but yes and no: 1 and 0, 1 and -1, true and false, x and nothing."""
    known, has_any = YES | NO, False
    for cell in cells:
        if not is_missing(cell):
            has_any = True
            if cell.casefold() not in known:
                return False
    return has_any


def is_almost_yes_or_no(cells: Sequence[str]) -> bool:
    """Whether a column holds yes and no but for a few words, such as "?", whose rows are to be set aside.

    >>> is_almost_yes_or_no(["1", "0", "?", "1"]), is_almost_yes_or_no(["1", "0", "2", "1"])
    (True, False)
    """
    held = [cell for cell in cells if not is_missing(cell)]
    others = [cell for cell in held if cell.casefold() not in YES | NO]
    are_words = not any(is_number(cell) for cell in others)
    return bool(held) and are_words and are_few(len(others), len(held), TENTH)


def style(cells: Iterable[str]) -> str:
    """How a column of yes and no is written: "digits" or "words"."""
    return "digits" if present(cells) <= DIGITS else "words"


def names_parts(cells: Iterable[str]) -> bool:
    """Whether a column holds nothing but words for training, validation and test."""
    said = {cell for cell in set(cells) if not is_missing(cell)}
    return bool(said) and all(map(part_named, said))


def number(cell: str) -> float:
    """The number in a cell, also with a decimal comma or a percent sign. Raises ValueError where it is none."""
    text = cell.removesuffix("%")
    if text.count(",") == 1 and "." not in text:  # a decimal comma, as much of Europe writes it
        text = text.replace(",", ".")
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def is_number(cell: str) -> bool:
    """Whether a cell holds a number."""
    try:
        number(cell)
    except ValueError:
        return False
    return True


def are_numbers(cells: Iterable[str]) -> bool:
    """Whether a column holds numbers; one in ten may be anything else."""
    filled = [cell for cell in cells if not is_missing(cell)]
    return bool(filled) and sum(map(is_number, filled)) >= 0.9 * len(filled)
