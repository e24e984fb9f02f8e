"""What an export format is, what it writes for a dataset, and what of that dataset it cannot represent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.data.formats import Dataset

GROUPS, BOXES, EMPTY, NAMES, TURNED, UNUSED, SIZE = (
    "groups",
    "boxes",
    "empty label sets",
    "image names",
    "turned images",
    "unused images",
    "size",
)
"""The kinds of limitations."""


class ExportError(ValueError):
    """A dataset cannot be exported in this way; one sentence that says why and what to do."""


@dataclass(frozen=True)
class Limitation:
    """Something of one dataset that a format cannot represent.

    Attributes: `kind`, one of this module's names; `sentence`, what is lost and what is written instead; `fnames`, the
    images concerned, as the dataset's table names them, () where it concerns all.
    """

    kind: str
    sentence: str
    fnames: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Contents:
    """What goes into the zip.

    Attributes: `texts`, the text files by their names; `images`, the `fname` of each image in the dataset's table by
    its name in the zip; `limitations`, what could not be represented.
    """

    texts: Mapping[str, str]
    images: Mapping[str, str]
    limitations: tuple[Limitation, ...] = ()


@dataclass(frozen=True)
class ExportFormat:
    """A format as one task uses it.

    Attributes: `name`, on the command line; `title`, what people call it; `description`, what the zip holds, for
    people; `make`, which makes its contents and may raise `ExportError`; `keeps_groups`, whether a new import of it
    finds the dataset's groups.
    """

    name: str
    title: str
    description: str
    make: Callable[[Dataset], Contents]
    keeps_groups: bool = False

    @property
    def short_title(self) -> str:
        """The title without the kind of file."""
        return self.title.partition(" (")[0]
