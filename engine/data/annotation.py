"""Labelling by a person: which images are labelled and which are not, and what can be said of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING

from engine import tasks
from engine.data.edits import Decisions
from engine.data.formats.files.file_index import is_image
from engine.data.formats.phrases import counted
from engine.functional import label_text

if TYPE_CHECKING:
    from engine.data.formats.parsed_source import ParsedSource

LONGEST_LABEL = 60
WITHOUT, YOURS, ALL = "unlabelled", "yours", "all"
WHICH = (WITHOUT, YOURS, ALL)
"""Which images can be looked at."""

_SEPARATORS = re.compile(r"[,;|]")
_DIGITS = "123456789"


@dataclass(frozen=True)
class Source:
    """The images of a dataset and what its source says of them, before any decision.

    Attributes: `task`; `folder`, which every name is relative to; `fnames`, those that the source names first, then
    others that lie next to them; `given`, labels (a tuple) or a point (x, y) by image, where the source gives it;
    `files`, the names of all files that are there; `empty`, images that the source names with no label.
    """

    task: str
    folder: Path
    fnames: tuple[str, ...]
    given: Mapping[str, tuple] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()


def read(path: Path, task: str) -> Source:
    """Everything in a dataset that can be labelled. Raises `DatasetError` where nothing can be made out at all."""
    # with all readers of datasets, which pages that read none do not need
    from engine.data.formats.loading import read_source

    return source_of(read_source(path, task), task)


def source_of(parsed: ParsedSource, task: str) -> Source:
    """What a reader found, as something to label."""
    said = {
        row.fname: row.point_px if tasks.get(task).has_points else row.labels for row in reversed(parsed.rows)
    }
    named = dict.fromkeys(row.fname for row in parsed.rows)
    given = {fname: one for fname, one in said.items() if one}
    is_silent = tasks.get(task).has_points or parsed.is_bare
    empty = frozenset() if is_silent else frozenset(named.keys() - given.keys())
    return Source(task, parsed.folder, (*named, *_beside(parsed, named)), given, parsed.listing.known, empty)


def _beside(parsed: ParsedSource, named: Iterable[str]) -> list[str]:
    """Images that the source does not name, in the folders of those that it names; anywhere, if it names none.

    Those that it keeps for testing have labels, but are unused.
    """
    folders = {name.rpartition("/")[0] for name in named} or set(parsed.listing.folders)
    known = {*named, *parsed.for_testing}
    return [
        name
        for folder in sorted(folders)
        for name in parsed.listing.images_in(folder)
        if name not in known and is_image(name)
    ]


@dataclass(frozen=True)
class Sheet:
    """What is known of every image now: what the source gives, and over it what a person decided."""

    source: Source
    decisions: Decisions

    @property
    def task(self) -> str:
        return self.source.task

    @cached_property
    def given(self) -> dict[str, tuple]:
        """What the source gives, by the name that each image has now."""
        names = self.decisions.now.image_names
        return {names.get(fname, fname): said for fname, said in self.source.given.items()}

    @cached_property
    def fnames(self) -> tuple[str, ...]:
        """All images that are there and take part, by the names that they have now, in the order of the source.

        Those that only a person's answers let take part come last.
        """
        now = self.decisions.now
        decided = now.labels if self._is_labels else now.points
        named = dict.fromkeys([*(now.image_names.get(one, one) for one in self.source.fnames), *decided])
        return tuple(name for name in named if name in self.source.files and name not in now.left_out)

    @cached_property
    def vocab(self) -> tuple[str, ...]:
        """Every label that can be chosen: those of the source in order, then those that were added."""
        now = self.decisions.now
        from_source = {label for said in self.source.given.values() for label in now.labels_now("", said)}
        decided = [label for labels in now.labels.values() for label in labels]
        return (
            tuple(dict.fromkeys([*sorted(from_source), *now.new_labels, *decided])) if self._is_labels else ()
        )

    @property
    def _is_labels(self) -> bool:
        return tasks.get(self.task).has_labels

    def labels(self, fname: str) -> tuple[str, ...]:
        """The labels of an image; () where it has none, or is unlabelled."""
        return self.decisions.now.labels_now(fname, self.given.get(fname, ()))

    def point(self, fname: str) -> tuple[float, float] | None:
        """The point of an image in its own pixels, or None."""
        return self.decisions.now.points.get(fname, self.given.get(fname))

    def is_yours(self, fname: str) -> bool:
        """Whether a person has labelled it here."""
        now = self.decisions.now
        return fname in (now.labels if self._is_labels else now.points) or fname in now.kept

    def is_answered(self, fname: str) -> bool:
        """Whether it is known what is in the image; a person may have said "nothing"."""
        return self.is_yours(fname) or bool(self.given.get(fname))

    @cached_property
    def without(self) -> tuple[str, ...]:
        """The unlabelled images."""
        return tuple(fname for fname in self.fnames if not self.is_answered(fname))

    @property
    def on_empty(self) -> str:
        """One sentence on the unlabelled images that have a row without a label; "" where there are none."""
        names = self.decisions.now.image_names
        count = len({names.get(fname, fname) for fname in self.source.empty} & set(self.without))
        if not count:
            return ""
        means = (
            "the task single-label leaves out images without a label"
            if tasks.get(self.task).has_one_label
            else "training reads that as “none of the labels” until you label them"
        )
        have = counted(count, "image has", "images have")
        return f"{have} no label yet: {means}."

    def those(self, which: str) -> tuple[str, ...]:
        """The images of one of `WHICH`."""
        if which == WITHOUT:
            return self.without
        return tuple(fname for fname in self.fnames if which == ALL or self.is_yours(fname))


def by_uncertainty(fnames: Iterable[str], uncertainty: Mapping[str, float]) -> list[str]:
    """The images, the most uncertain first; those of which nothing is known follow in their own order."""
    return sorted(fnames, key=lambda fname: -uncertainty.get(fname, float("-inf")))


def next_of(
    fnames: Sequence[str], after: str | None, fits: Callable[[str], bool] = lambda fname: True
) -> str | None:
    """The next image that fits, after one of them, going round to the first; None where no other one fits."""
    at = fnames.index(after) if after in fnames else -1
    turned = [*fnames[at + 1 :], *fnames[: max(at, 0)]]
    return next((fname for fname in turned if fits(fname)), None)


def toggled(labels: Iterable[str], label: str) -> tuple[str, ...]:
    """The labels with one more, or with one less where it was there."""
    labels = tuple(labels)
    without = tuple(other for other in labels if other != label)
    return without if label in labels else (*labels, label)


def label_keys(vocab: Sequence[str]) -> dict[str, str]:
    """A key for each label, as long as there are keys: 1 to 9, then a letter, if possible one of the label's own.

    >>> label_keys(["bear", "cat"])
    {'bear': '1', 'cat': '2'}
    """
    keys = dict(zip(vocab, _DIGITS, strict=False))
    free = list(ascii_lowercase)
    for label in vocab[len(_DIGITS) :]:
        own = [letter for letter in label.lower() if letter in free]
        if not free:
            break
        keys[label] = own[0] if own else free[0]
        free.remove(keys[label])
    return keys


def checked_label(text: str, vocab: Sequence[str]) -> str:
    """A new label on one line. Raises ValueError with one sentence where it cannot be one of this vocabulary."""
    label = " ".join(label_text.without_unseen(" ".join(text.split())).split())
    if not label or len(label) > LONGEST_LABEL:
        raise ValueError(f"A label needs 1 to {LONGEST_LABEL} characters.")
    if why := label_text.problem(label):
        raise ValueError(f"“{label_text.visible(label)}” {why}: type another label.")
    if _SEPARATORS.search(label):
        raise ValueError(f"“{label}” contains a comma, semicolon or bar: those separate labels.")
    alike = next((known for known in vocab if _key(known) == _key(label)), None)
    if alike is not None:
        raise ValueError(f"There is already a label “{alike}”.")
    return label


def _key(label: str) -> str:
    """Labels that look alike, or differ only in letter case, spaces, hyphens or underscores, are one label."""
    return re.sub(r"[\s_-]+", "", label_text.skeleton(label))
