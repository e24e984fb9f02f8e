"""A dataset as the rest of the program sees it: one checked table, whatever format it came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.functional import label_encoding, label_text

if TYPE_CHECKING:
    from engine.data.formats.assumptions import Assumption


class DatasetError(ValueError):
    """A dataset cannot be used; the message lists every problem, each in one plain sentence.

    Attributes: `problems`, the sentences, (P,) tuple of str.
    """

    def __init__(self, problems: str | Iterable[object]):
        problems = (problems,) if isinstance(problems, str) else problems
        self.problems = tuple(map(label_text.sentence, problems))
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Dataset:
    """Images with what is known about them, checked, and divided into training and validation.

    Attributes:
        name: what to call it: the name of its folder or table.
        task: "single-label", "multi-label" or "points".
        folder: the folder that every `fname` of the table is relative to.
        table: one row an image: `fname` (with / between folders), `is_valid` (bool); for labels `labels` (tuple of
            str), for points `x`, `y`, `width`, `height` (pixels of the upright image); `group` where it is known.
        vocab: the labels, sorted, from the whole table, also from rows that the task leaves out; () for points.
        notes: what was left out or decided, a plain sentence each.
        assumptions: what the reader decided by itself, with its evidence and the option that changes it.
    """

    name: str
    task: str
    folder: Path
    table: pd.DataFrame
    vocab: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()

    def paths(self) -> list[Path]:
        """The N image files, in the order of the table."""
        return [self.folder / fname for fname in self.table["fname"]]

    def targets(self) -> np.ndarray:
        """(N, C) uint8 of 0 and 1, one column for each label of the vocabulary. Raises ValueError for points."""
        self._require("labels")
        return label_encoding.encode_all(self.table["labels"], self.vocab)

    def points_px(self) -> np.ndarray:
        """(N, 2) float, x first, in pixels of each upright image. Raises ValueError where there are labels."""
        self._require("x")
        return self.table[["x", "y"]].to_numpy(float)

    def sizes_wh(self) -> np.ndarray:
        """(N, 2) int, width first, of each upright image in pixels. Raises ValueError where there are labels."""
        self._require("width")
        return self.table[["width", "height"]].to_numpy(int)

    def part(self, valid: bool) -> Dataset:
        """Only the validation rows (`valid=True`) or only the training rows, with the same vocabulary."""
        rows = self.table[self.table["is_valid"] == valid].reset_index(drop=True)
        return replace(self, table=rows)

    def _require(self, column: str) -> None:
        if column not in self.table:
            raise ValueError(f"The dataset {self.name!r} is for the task {self.task}; it has no {column}.")
