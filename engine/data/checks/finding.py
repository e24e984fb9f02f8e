"""One thing that was found in a data set: a sentence, the images concerned, how bad it is, and what fixes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.data.edits import LEFT_OUT
from engine.data.formats.phrases import counted

STOPS = "stops"
"""Nothing can be trained before this is fixed."""
HARMS = "harms"
"""Training works, but learns or measures something wrong."""
NOTE = "note"
"""Worth knowing, and quite possibly meant."""
SEVERITIES = (STOPS, HARMS, NOTE)


@dataclass(frozen=True)
class Fix:
    """What can be done about a finding: `says` names it; `kind` and `given` are those of an `engine.data.edits` one."""

    says: str
    kind: str
    given: Mapping[str, object]


@dataclass(frozen=True)
class Finding:
    """Something found.

    Attributes: `kind`, a short name; `sentence`, plain text; `severity`, one of `SEVERITIES`; `fnames`, the pictures
    concerned; `about`, a phrase for a picture where there is one; `groups`, the pictures that belong together, for
    likeness; `remedies`, what can be done, the most careful first.
    """

    kind: str
    sentence: str
    severity: str
    fnames: tuple[str, ...] = ()
    remedies: tuple[Fix, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()


def leave_out(fnames: Collection[str], says: str = "") -> Fix:
    """Leave these pictures out."""
    says = says or f"Leave {'it' if len(fnames) == 1 else f'all {len(fnames):,}'} out"
    return Fix(says, LEFT_OUT, dict.fromkeys(fnames))


def counted_images(count: int) -> str:
    """ "1 picture", "5,011 pictures"."""
    return counted(count, "picture")
