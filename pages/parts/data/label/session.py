"""Page 9, label: which picture lies before the person, and what each of their actions decides. It draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import streamlit as st

from engine import tasks
from engine.data import annotation, edits
from engine.data.annotation import Sheet, Source, toggled
from engine.data.edits import DecisionError
from engine.images import image_size
from engine.inference.photo_suggestions import PhotoSuggestions
from engine.inference.pseudo_labels import Proposals
from pages.parts.data.label import displayed
from pages.parts.shared.text import plain

UNDOABLE = (
    edits.LABELS,
    edits.POINT,
    edits.KEPT,
    edits.LEFT_OUT,
    edits.PUT_BACK,
    edits.NEW_LABEL,
)
NOTHING, NEXT, BACK, SKIP, UNDO, REDO, OUT = (
    "0", "Enter", "ArrowLeft", "ArrowRight", "Backspace", "Ctrl+y", "Delete",
)  # fmt: skip
NUDGES = {
    "Shift+ArrowLeft": (-1, 0),
    "Shift+ArrowRight": (1, 0),
    "Shift+ArrowUp": (0, -1),
    "Shift+ArrowDown": (0, 1),
}
_MOST_STEPS_BACK = 200
_MOST_REMEMBERED = 50


@dataclass(frozen=True)
class LabelSession:
    """A dataset to be labelled.

    Attributes: `home`, the folder of its decisions; `source`; `which` pictures are gone through, one of
    `engine.data.annotation.WHICH`; `proposals`, where a run was asked; `uncertainty` by picture, to go by; `order`,
    which names what that order comes from.
    """

    home: Path
    source: Source
    which: str = annotation.WITHOUT
    proposals: Proposals | PhotoSuggestions | None = None
    uncertainty: Mapping[str, float] = field(default_factory=dict)
    order: str = ""

    @property
    def sheet(self) -> Sheet:
        """What is known of every picture at this moment."""
        return Sheet(self.source, edits.read(self.home))

    @property
    def is_points(self) -> bool:
        return tasks.get(self.source.task).has_points

    @property
    def takes_one(self) -> bool:
        """Whether a picture has exactly one label."""
        return tasks.get(self.source.task).has_one_label

    def in_order(self, fnames) -> list[str]:
        """The most uncertain first, where a run was asked."""
        return annotation.by_uncertainty(fnames, self.uncertainty)

    # --- the picture at hand

    @property
    def _state(self) -> dict:
        """What the session remembers of this dataset: the picture at hand and the way that led to it."""
        return st.session_state.setdefault("label_desk", {}).setdefault(
            str(self.home), {"at": None, "order": "", "trail": [], "told": None, "turn": 0, "taken": {}}
        )

    def at_hand(self, sheet: Sheet) -> str | None:
        """The picture before the person: the one they are at, else the first that is to be gone through.

        In another order than before, they begin with the first again.
        """
        state = self._state
        if state["at"] not in sheet.fnames or state["order"] != self.order:
            state["order"] = self.order
            state["at"] = next(iter(self.in_order(sheet.those(self.which))), None)
        return state["at"]

    def go_to(self, fname: str | None) -> None:
        """Put a picture before the person, and remember where they came from."""
        state = self._state
        if state["at"] is not None and fname != state["at"]:
            state["trail"] = [*state["trail"], state["at"]][-_MOST_STEPS_BACK:]
        state["at"] = fname

    def go_on(self) -> None:
        """To the next picture that is to be gone through; nowhere once there is none."""
        sheet = self.sheet
        wanted = set(sheet.those(self.which))
        at = self.at_hand(sheet)
        following = annotation.next_of(self.in_order(sheet.fnames), at, wanted.__contains__)
        if following is not None:
            self.go_to(following)
        elif at not in wanted:
            self.go_to(None)

    def go_back(self) -> None:
        """To the picture that was at hand before this one."""
        state = self._state
        if state["trail"]:
            *state["trail"], state["at"] = state["trail"]

    # --- what is decided

    def shown_labels(self, sheet: Sheet, fname: str) -> tuple[str, ...]:
        """The labels that stand ticked: those of the picture, or those proposed where it has no answer."""
        if sheet.is_answered(fname) or self.proposals is None:
            return sheet.labels(fname)
        return self.proposals.labels(fname)

    def proposed_point(self, fname: str) -> tuple[float, float] | None:
        """Where the run sees the point, in pixels of the picture."""
        if self.proposals is None:
            return None
        return self.proposals.point(fname, image_size(self.source.folder / fname))

    def decide(self, fname, kind: str, value=None) -> bool:
        """Keep a decision at once; what keeps it from being kept is told. Returns whether it was kept."""
        return self._kept(lambda: edits.add(self.home, fname, kind, value))

    def decide_each(self, kind: str, given: Mapping[str, object]) -> bool:
        """The same for pictures that each get something of their own; undone together."""
        return self._kept(lambda: edits.add_each(self.home, kind, given))

    def _kept(self, keep: Callable[[], object]) -> bool:
        self._state["turn"] += 1
        try:
            keep()
        except DecisionError as error:
            self.tell(str(error))
            return False
        return True

    def tick(self, label: str) -> None:
        """A label of the picture at hand is ticked or unticked; a single label completes it, so the next one comes."""
        sheet = self.sheet
        fname = self.at_hand(sheet)
        if fname is None:
            return
        labels = (label,) if self.takes_one else toggled(self.shown_labels(sheet, fname), label)
        if self.decide(fname, edits.LABELS, labels) and self.takes_one:
            self.go_on()

    def say_nothing(self) -> None:
        """The picture at hand holds none of the labels."""
        fname = self.at_hand(self.sheet)
        if fname is not None and self.decide(fname, edits.LABELS, ()):
            self.go_on()

    def confirm(self) -> None:
        """What stands before the person is right: a proposal becomes their label; then the next image."""
        sheet = self.sheet
        fname = self.at_hand(sheet)
        if fname is None:
            return
        if not sheet.is_answered(fname):
            self._confirm_proposal(sheet, fname)
        self.go_on()

    def _confirm_proposal(self, sheet: Sheet, fname: str) -> None:
        if self.is_points:
            point = self.proposed_point(fname)
            if point:
                self.decide(fname, edits.POINT, point)
        elif labels := self.shown_labels(sheet, fname):
            self.decide(fname, edits.LABELS, labels)

    def set_point(self, fname: str, share: tuple[float, float]) -> None:
        """The point of a picture was clicked on, at shares of its width and height."""
        if fname in self.sheet.fnames:
            width, height = image_size(self.source.folder / fname)
            self.decide(fname, edits.POINT, (share[0] * width, share[1] * height))

    def nudge(self, step: tuple[int, int]) -> None:
        """Move the point at hand by whole pixels, not beyond the picture."""
        sheet = self.sheet
        fname = self.at_hand(sheet)
        if fname is None:
            return
        if point := sheet.point(fname) or self.proposed_point(fname):
            sides = image_size(self.source.folder / fname)
            moved = [min(max(at + by, 0), side) for at, by, side in zip(point, step, sides, strict=True)]
            self.decide(fname, edits.POINT, moved)

    def leave_out(self) -> None:
        """The current image is left out."""
        fname = self.at_hand(self.sheet)
        if fname is not None:
            self.go_on()
            if self._state["at"] == fname:
                self._state["at"] = None
            self.decide(fname, edits.LEFT_OUT)

    @property
    def can_undo(self) -> bool:
        """Whether a decision stands that `undo` would cancel."""
        return any(decision.kind in UNDOABLE for decision in edits.read(self.home).standing)

    @property
    def can_redo(self) -> bool:
        """Whether a decision was undone last that `redo` would restore."""
        return any(decision.kind in UNDOABLE for decision in edits.read(self.home).undone)

    def undo(self) -> None:
        """Cancel the last decision and go back to its picture."""
        self._cancelled(edits.undo, "Undone")

    def redo(self) -> None:
        """Let the decision that was undone last stand again."""
        self._cancelled(edits.redo, "Redone")

    def _cancelled(self, cancel: Callable, says: str) -> None:
        self._state["turn"] += 1
        try:
            decision = cancel(self.home, UNDOABLE)
        except DecisionError as error:
            self.tell(str(error))
            return
        if decision is None:
            self.tell("There is nothing to undo." if cancel is edits.undo else "There is nothing to redo.")
            return
        self.tell(f"{says}: {decision.says}.")
        about = next(iter(decision.given))
        if decision.kind != edits.NEW_LABEL and about in self.sheet.fnames:
            self.go_to(about)

    # --- widgets that come and go

    def key_of(self, name: str) -> str:
        """The key of a widget that shows how things stand: another one after every decision."""
        return f"{name} {self._state['turn']}"

    def changed(self, key: str, labels: Iterable[str], shown: Iterable[str]) -> set[str]:
        """Which labels were clicked on, now that a widget tells these; `shown` is what it began with.

        A widget that is gone may tell its last labels once more, without a click.
        """
        taken = self._state["taken"]
        before, taken[key] = taken.get(key, frozenset(shown)), frozenset(labels)
        while len(taken) > _MOST_REMEMBERED:
            del taken[next(iter(taken))]
        return set(before ^ taken[key])

    # --- words and keys

    def tell(self, sentence: str) -> None:
        """Remember a sentence, to be shown once with the next drawing."""
        self._state["told"] = sentence

    def show_told(self) -> None:
        """Show what was remembered."""
        message, self._state["told"] = self._state["told"], None
        if message:
            st.toast(plain(message))

    def keys(self, sheet: Sheet) -> dict[str, Callable[[], None]]:
        """What each key does to the current image; one that cannot be displayed can only be skipped."""
        moves = {
            SKIP: self.go_on, BACK: self.go_back, UNDO: self.undo, "Ctrl+z": self.undo, REDO: self.redo,
        }  # fmt: skip
        decisions: dict[str, Callable[[], None]] = {NEXT: self.confirm, OUT: self.leave_out}
        if self.is_points:
            decisions |= {key: partial(self.nudge, step) for key, step in NUDGES.items()}
        else:
            decisions |= {} if self.takes_one else {NOTHING: self.say_nothing}
            labels = annotation.label_keys(sheet.vocab)
            decisions |= {key: partial(self.tick, label) for label, key in labels.items()}
        return moves | {key: partial(self._decide_displayed, action) for key, action in decisions.items()}

    def _decide_displayed(self, action: Callable[[], None]) -> None:
        """Do it unless the current image cannot be displayed, which is looked up when the key counts."""
        fname = self.at_hand(self.sheet)
        if fname is not None and displayed.can_display(self.source.folder / fname):
            action()
