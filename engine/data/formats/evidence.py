"""Why something looks like a form: sentences for the person, and what was found out on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Evidence:
    """Why; what stands between labels, in what unit points are given, and which table is read, where there is such a
    thing."""

    reasons: tuple[str, ...]
    separator: str | None = None
    unit: str | None = None
    table: Path | None = None
