"""A person's way through a ranking: what is decided already, and what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.data.edits import KEPT, LABELS, LEFT_OUT, POINT, Decision
from engine.experiments.label_review import storage
from engine.experiments.label_review.ranking import Ranking
from engine.experiments.label_review.reviewed_images import MADE_HERE, decided_since
from engine.experiments.label_review.targets import Subject

WORDS = {KEPT: "kept", LABELS: "relabelled", POINT: "moved", LEFT_OUT: "excluded"}


@dataclass(frozen=True)
class ReviewSession:
    """A subject, its ranking, and how many decisions had been made before it was ranked."""

    subject: Subject
    ranking: Ranking
    before: int

    @classmethod
    def of(cls, subject: Subject) -> ReviewSession:
        """The review of a subject as far as it is. Raises `ReviewError` where there is no ranking."""
        return cls(subject, *storage.ranking(subject.job.folder))

    @cached_property
    def decided(self) -> dict[str, Decision]:
        """The latest decision about each image since it was ranked; one that was kept earlier stays decided."""
        known = {fname: Decision(KEPT, {fname: None}) for fname in self.subject.decisions.now.kept}
        for decision in self.subject.made_since(self.before):
            known |= dict.fromkeys(decision.given, decision)
        return known

    @property
    def made(self) -> set[str]:
        """The images of the ranking that were decided since it was made."""
        return decided_since(self.subject.decisions.past, self.before, self.fnames)

    @property
    def reviewed(self) -> dict[str, str]:
        """Each image that was decided in this ranking or an earlier one, and the kind of its latest decision."""
        last = self.subject.decisions.now.last
        ever = self.made | storage.decided_earlier(self.subject.job.folder)
        return {fname: last[fname] for fname in sorted(ever) if last.get(fname) in MADE_HERE}

    @cached_property
    def folder(self) -> Path:
        """The folder that every image's name is relative to. Raises `ReviewError`."""
        return storage.dataset(self.subject.job.folder).folder

    @cached_property
    def fnames(self) -> list[str]:
        """The images in the order of doubt."""
        return self.ranking.table["fname"].tolist()

    @property
    def doubtful(self) -> list[str]:
        """Those that look wrong, in that order."""
        return self.ranking.table.loc[self.ranking.table["looks_wrong"], "fname"].tolist()

    def place(self, fname: str) -> int:
        """The image's place in the ranking, from 0."""
        return self.fnames.index(fname)

    def next_open(self, after: int = -1) -> str | None:
        """The first image after a place that looks wrong and is not decided, from the beginning again if need be."""
        places = {fname: self.place(fname) for fname in self.doubtful if fname not in self.decided}
        later = [fname for fname, at in places.items() if at > after]
        return next(iter([*later, *places]), None)

    def next_undecided(self, after: int) -> str | None:
        """The next image to decide after a place: one that looks wrong if any is left, else the next in the ranking."""
        rest = (fname for fname in self.fnames[after + 1 :] if fname not in self.decided)
        return self.next_open(after) or next(rest, None)

    def counts(self) -> dict[str, int]:
        """How many images were decided which way in all rankings so far, in words."""
        kinds = Counter(self.reviewed.values())
        return {word: kinds[kind] for kind, word in WORDS.items() if kinds[kind]}
