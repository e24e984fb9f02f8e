"""Why something looks like a form: sentences for the person, and what was found out on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """Why; what stands between labels, and in what unit points are given, where the form has such a thing."""

    because: tuple[str, ...]
    separator: str | None = None
    unit: str | None = None
