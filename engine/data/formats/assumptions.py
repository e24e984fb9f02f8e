"""What a reader decides by itself about a dataset, with the evidence and the option that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError

_PLACES = ("format", "table", "image_column", "x_column", "y_column")
AS_SAID = "as you said"
"""The evidence for what a person said."""


@dataclass(frozen=True)
class Assumption:
    """One thing that the data does not say and that the reader decided.

    Attributes:
        what: what is assumed, in a word or two: "format", "image column", "label columns", "separator", "units",
            "group", "split", "ignored files", "missing values".
        value: the decision, as a person reads it: "labels.csv", "commas", "pixels".
        evidence: one sentence on what in the data speaks for it.
        option: the field of `engine.data.formats.read_options.ReadOptions` that changes it; "" where none does.
    """

    what: str
    value: str
    evidence: str = ""
    option: str = ""

    @property
    def is_said(self) -> bool:
        """Whether a person said it, so that nothing is assumed."""
        return self.evidence == AS_SAID

    @property
    def is_about_values(self) -> bool:
        """Whether it says what values mean, such as units, rather than where they stand, which headings show."""
        return not self.is_said and self.option not in _PLACES

    def __str__(self) -> str:
        reasons = f" ({self.evidence.rstrip('.')})" if self.evidence else ""
        change = f" Change it with {flag(self.option)}." if self.option else ""
        return f"{self.what}: {self.value}{reasons}.{change}"


def as_detected(assumption: Assumption, said: ReadOptions, reasons: Sequence[str]) -> Assumption:
    """An assumption about a dataset of the library, whose manifest also names what the import detected.

    `said` is what a person chose, `reasons` are those of the import, that of the format first.
    """
    if not assumption.is_said or not assumption.option or getattr(said, assumption.option):
        return assumption
    is_format = assumption.option == "format" and bool(reasons)
    return replace(assumption, evidence=reasons[0] if is_format else "as the import detected it")


class AmbiguousError(DatasetError):
    """A dataset can be read in two ways that give different labels; the message names the options that decide.

    Attributes:
        options: the fields of `ReadOptions` that decide, (O,) tuple of str.
        question: what cannot be told, a sentence that names no flag.
        choices: the readings between which to decide, given as the fields of `ReadOptions` that each sets.
    """

    def __init__(self, problem: str, options: Iterable[str], choices: Iterable[dict[str, Any]] = ()):
        self.options, self.question = tuple(options), problem
        self.choices = tuple(ReadOptions(**choice) for choice in choices)
        flags = " or ".join(flag(option) for option in self.options)
        super().__init__(f"{problem} Decide with {flags} when you import it, or on the page Your data.")

    def __reduce__(self) -> tuple[object, ...]:
        """For pickle, which would make an error from its message alone."""
        return type(self), (self.question, self.options, [asdict(choice) for choice in self.choices])


def flag(option: str) -> str:
    """The flag of the command line for an option.

    >>> flag("image_column")
    '--image-column'
    """
    return "--" + option.removesuffix("s" if option == "label_columns" else "").replace("_", "-")
