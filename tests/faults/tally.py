"""Counts of what was tried, survived and lost, by group; and the table of them in docs/security.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine import paths

SECURITY = paths.ROOT / "docs" / "security.md"
BEGIN, END = "<!-- begin: written by make faults -->", "<!-- end: written by make faults -->"


@dataclass
class Counts:
    tried: int = 0
    lost: int = 0

    @property
    def survived(self) -> int:
        return self.tried - self.lost


@dataclass
class Tally:
    """What came of every fault.

    Attributes: `groups`, counts by the name of a group, in order; `problems`, a sentence for everything that is wrong;
    `kills`, how many processes were killed at work.
    """

    groups: dict[str, Counts] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    kills: int = 0

    def add(self, group: str, what: str, problems: Iterable[str]) -> None:
        """One fault more; `what` says which, so that it can be repeated."""
        counts = self.groups.setdefault(group, Counts())
        found = list(problems)
        counts.tried += 1
        counts.lost += bool(found)
        self.problems += [f"{group}, {what}: {problem}" for problem in found]

    def table(self) -> str:
        """The counts in Markdown."""
        rows = [("fault", "tried", "survived", "lost")]
        rows += [(name, *map(str, (one.tried, one.survived, one.lost))) for name, one in self.groups.items()]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], "|---|--:|--:|--:|", *lines[1:]])


def write(tally: Tally, date: str, seed: int, minutes: float, file: Path = SECURITY) -> None:
    """Put the table between the markers of the document; all else in it is written by hand."""
    text = file.read_text(encoding="utf-8")
    said = (
        f"Run on {date} with seed {seed}: {tally.kills} processes killed at work, in {minutes:.0f} minutes on two "
        "shared cores."
    )
    new = f"{BEGIN}\n{said}\n\n{tally.table()}\n{END}"
    text, found = re.subn(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: new, text, flags=re.DOTALL)
    if found != 1:
        raise ValueError(f"{file} needs one pair of markers, {BEGIN} and {END}.")
    file.write_text(text, encoding="utf-8")
