"""What a reader of one format gives, before it is checked: rows, problems and notes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.data.formats.assumptions import Assumption
from engine.data.formats.files.file_index import Listing
from engine.functional import label_text


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with named images, as one sentence for all of them.

    Attributes: `kind`, a word for what is wrong; `told`, the images, and of each a phrase for the sentence;
    `says`, which makes the sentence of the phrases.
    """

    kind: str
    told: tuple[tuple[str, str], ...]
    says: Callable[[list[str]], str]

    @property
    def fnames(self) -> tuple[str, ...]:
        """The images concerned, each once."""
        return tuple(dict.fromkeys(fname for fname, _ in self.told))

    def without(self, fnames: Collection[str]) -> Problem:
        """The same problem where these images no longer take part."""
        return replace(self, told=tuple(one for one in self.told if one[0] not in fnames))

    def renamed(self, names: Mapping[str, str]) -> Problem:
        """The same problem where images have other names by now."""
        return replace(self, told=tuple((names.get(fname, fname), phrase) for fname, phrase in self.told))

    def __str__(self) -> str:
        return label_text.sentence(self.says([phrase for _, phrase in self.told]))

    def __reduce__(self) -> tuple[object, ...]:
        """For pickle, which takes no lambdas: the sentence then stays as it is now."""
        return Problem, (self.kind, self.told, _Settled(str(self)))


@dataclass(frozen=True)
class _Settled:
    """A sentence that does not follow its phrases any more."""

    sentence: str

    def __call__(self, phrases: list[str]) -> str:
        return self.sentence


@dataclass
class Row:
    """One image as its source describes it; `where` names the place, such as "line 7", for error sentences.

    `has_name` is False where the source gives none; `fname` is then the place. `source_is_valid` is what the
    source itself says of the part, whatever a person decided since. `is_decided` says whether a person gave the
    labels or the point, or kept those of the source.
    """

    fname: str
    where: str = ""
    labels: tuple[str, ...] = ()
    point_px: tuple[float, float] | None = None
    is_valid: bool | None = None
    group: str | None = None
    has_name: bool = True
    source_is_valid: bool | None = None
    is_decided: bool = False


@dataclass
class ParsedSource:
    """All rows of a source.

    Attributes:
        problems: sentences, or `Problem` where it is known which images they are about.
        place: the folder in which the names were looked for.
        has_split: whether the source itself divides the images.
        may_leave_out_points: whether a point outside its image is simply left out, because no person typed it.
        unit: what the points are given in, until they are turned into pixels.
        unit_without: the unit that the numbers would suggest without some images; None where they do not decide it.
        is_bare: whether the source says nothing of its images, so that only those that a person labels are of use.
        for_testing: the images that the source itself keeps for testing, which are unused.
        waiting: the images that the source lists without annotations, which are unused, too.
        assumptions: what the reader decided by itself.
        files_read: the annotation files that it read, relative to the listing's folder.
        set_aside: the images that were left out because what their source says of them cannot be used.
    """

    listing: Listing
    rows: list[Row] = field(default_factory=list)
    problems: list[str | Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    place: str = ""
    has_split: bool = False
    may_leave_out_points: bool = False
    unit: str = "pixels"
    unit_without: Callable[[Collection[str]], str] | None = None
    is_bare: bool = False
    for_testing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    files_read: set[str] = field(default_factory=set)
    set_aside: list[Problem] = field(default_factory=list)

    def __getstate__(self) -> dict[str, object]:
        """For pickle, which takes no functions: what was read stays in the unit in which it was read."""
        return self.__dict__ | {"unit_without": None}

    @property
    def folder(self) -> Path:
        """The folder that every row's `fname` is relative to."""
        return self.listing.folder

    def assume(self, what: str, value: str, evidence: str = "", option: str = "") -> None:
        """Record what the reader decided by itself; the words are those of `Assumption`."""
        self.assumptions.append(Assumption(what, value, evidence, option))
