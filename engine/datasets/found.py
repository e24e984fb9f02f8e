"""What a reader of one format found, before it is checked: rows, problems and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.datasets.listing import Listing


@dataclass
class Row:
    """One picture as its source describes it; `where` names the place, such as "line 7", for error sentences."""

    fname: str
    where: str = ""
    labels: tuple[str, ...] = ()
    point_px: tuple[float, float] | None = None
    is_valid: bool | None = None
    group: str | None = None


@dataclass
class Found:
    """All rows of a source.

    `has_split` says whether the source itself divides the pictures; `may_leave_out_points` whether a point outside
    its picture is simply left out, because nobody typed it.
    """

    listing: Listing
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    has_split: bool = False
    may_leave_out_points: bool = False

    @property
    def folder(self) -> Path:
        """The folder that every row's `fname` is relative to."""
        return self.listing.folder
