"""The decisions that stand, replayed in order: what they say of each image and label."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.data.edits import edit as kinds
from engine.data.edits.edit import Decision


@dataclass
class Replayed:
    """What the decisions come to, by an image's present name.

    Attributes: `labels`, `points` (x, y in pixels), `is_valid`, `left_out` and `kept` by image; `last`, the kind of
    the latest decision about an image; `label_names` and `image_names`, what a name in the source is now
    ("" for a label that is gone); `new_labels`, in the order in which they were made.
    """

    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    is_valid: dict[str, bool] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    last: dict[str, str] = field(default_factory=dict)
    label_names: dict[str, str] = field(default_factory=dict)
    image_names: dict[str, str] = field(default_factory=dict)
    new_labels: list[str] = field(default_factory=list)

    def take(self, decision: Decision) -> None:
        """Let one more decision have its effect."""
        step = _STEPS[decision.kind]
        for name, value in decision.given.items():
            step(self, name, value)
            if decision.kind in _ABOUT_IMAGES:
                self.last[name] = decision.kind

    def labels_now(self, fname: str, given: Iterable[str]) -> tuple[str, ...]:
        """The labels of an image whose source gives these."""
        if fname in self.labels:
            return self.labels[fname]
        named = (self.label_names.get(label, label) for label in given)
        return tuple(dict.fromkeys(label for label in named if label))

    def _set_labels(self, fname: str, labels: tuple[str, ...]) -> None:
        self.labels[fname] = labels
        self.kept.discard(fname)

    def _set_point(self, fname: str, point: tuple[float, float]) -> None:
        self.points[fname] = point
        self.kept.discard(fname)

    def _set_split(self, fname: str, is_valid: bool) -> None:
        self.is_valid[fname] = is_valid

    def _keep(self, fname: str, _: None) -> None:
        self.kept.add(fname)

    def _leave_out(self, fname: str, _: None) -> None:
        self.left_out.add(fname)

    def _put_back(self, fname: str, _: None) -> None:
        self.left_out.discard(fname)

    def _name_image(self, old: str, new: str) -> None:
        _name_again(self.image_names, old, new)
        decided: tuple[dict[str, Any], ...] = (self.labels, self.points, self.is_valid, self.last)
        for by_image in decided:
            if old in by_image:
                by_image[new] = by_image.pop(old)
        for images in (self.left_out, self.kept):
            if old in images:
                images.remove(old)
                images.add(new)

    def _rename_label(self, old: str, new: str) -> None:
        _name_again(self.label_names, old, new)
        for fname, labels in self.labels.items():
            if old in labels:
                self.labels[fname] = _with_label_named(labels, old, new)
        self.new_labels = list(_with_label_named(self.new_labels, old, new))

    def _new_label(self, label: str, _: None) -> None:
        if label not in self.new_labels:
            self.new_labels.append(label)


_STEPS: dict[str, Callable[[Replayed, str, Any], None]] = {
    kinds.LABELS: Replayed._set_labels,
    kinds.POINT: Replayed._set_point,
    kinds.SPLIT: Replayed._set_split,
    kinds.KEPT: Replayed._keep,
    kinds.LEFT_OUT: Replayed._leave_out,
    kinds.PUT_BACK: Replayed._put_back,
    kinds.IMAGE: Replayed._name_image,
    kinds.LABEL_RENAMED: Replayed._rename_label,
    kinds.NEW_LABEL: Replayed._new_label,
}
_ABOUT_IMAGES = {kinds.LABELS, kinds.POINT, kinds.SPLIT, kinds.KEPT, kinds.LEFT_OUT, kinds.PUT_BACK}


def _name_again(names: dict[str, str], old: str, new: str) -> None:
    """Whatever is called `old` by now is called `new`; a source's `old` that has moved on already stays."""
    for source, name in names.items():
        if name == old:
            names[source] = new
    names.setdefault(old, new)


def _with_label_named(labels: Iterable[str], old: str, new: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for label in labels if (name := new if label == old else label)))


@dataclass(frozen=True)
class Decisions:
    """The decisions about one dataset: those that stand, oldest first, and those that were undone.

    Attributes: `standing`; `undone`, the one to redo first comes last; `past`, all that were ever made, and whether
    each stands; `notes`, a sentence for each line that could not be read.
    """

    standing: tuple[Decision, ...] = ()
    undone: tuple[Decision, ...] = ()
    past: tuple[tuple[Decision, bool], ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def now(self) -> Replayed:
        """What the standing decisions come to."""
        replayed = Replayed()
        for decision in self.standing:
            replayed.take(decision)
        return replayed

    def history(self) -> list[tuple[Decision, bool]]:
        """Every decision ever made, the latest first, and whether it stands."""
        return list(reversed(self.past))
