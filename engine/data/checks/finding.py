"""One thing that was found in a dataset: a sentence, the images concerned, how bad it is, and what fixes it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.data.edits import LABEL_RENAMED, LEFT_OUT
from engine.data.formats.phrases import counted
from engine.functional import label_text

STOPS = "stops"
"""Nothing can be trained before this is fixed."""
HARMS = "harms"
"""Training works, but learns or measures something wrong."""
NOTE = "note"
"""Worth knowing, and quite possibly meant."""
SEVERITIES = (STOPS, HARMS, NOTE)


@dataclass(frozen=True)
class Fix:
    """What can be done about a finding.

    Attributes: `name`, a short name that no other fix of the finding has; `says`, what it does, as a button says it;
    `kind` and `given`, those of the `engine.data.edits` decision that it makes.

    No fix adds a label or a point that the source does not give an image or its copy, and none moves an image to
    training that the source keeps for validation.
    """

    name: str
    says: str
    kind: str
    given: Mapping[str, object]

    def __post_init__(self):
        object.__setattr__(self, "says", label_text.sentence(self.says))

    @property
    def is_about_labels(self) -> bool:
        """Whether `given` names labels, and not images."""
        return self.kind == LABEL_RENAMED


@dataclass(frozen=True)
class Finding:
    """Something found.

    Attributes: `kind`, a short name; `sentence`, plain text; `severity`, one of `SEVERITIES`; `fnames`, the images
    concerned; `fixes`, what can be done, the most harmless first; `about`, a phrase for an image where there is one;
    `groups`, the images that belong together, for likeness.
    """

    kind: str
    sentence: str
    severity: str
    fnames: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "sentence", label_text.sentence(self.sentence))


def leave_out(fnames: Collection[str], says: str = "", name: str = "leave-out") -> Fix:
    """Leave these images out: nothing is deleted, and they can be put back."""
    says = says or f"Exclude {'it' if len(fnames) == 1 else f'all {len(fnames):,}'}"
    return Fix(name, says, LEFT_OUT, dict.fromkeys(fnames))


def images(count: int) -> str:
    """ "1 image", "5,011 images"."""
    return counted(count, "image")


def short_name(text: str) -> str:
    """A kind or label as a word that needs no quotes in a shell: "in both parts" is in-both-parts."""
    return re.sub(r"[^\w]+", "-", text).strip("-").lower()
