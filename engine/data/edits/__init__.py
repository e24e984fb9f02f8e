"""What a person decided about the images of a dataset, kept at once in a journal next to it.

The source stays as it was imported; the journal says what became of it, and any decision can be undone.
"""

from engine.data.edits.edit import (
    IMAGE,
    KEPT,
    KINDS,
    LABEL_RENAMED,
    LABELS,
    LEFT_OUT,
    NEW_LABEL,
    POINT,
    PUT_BACK,
    SPLIT,
    Decision,
    DecisionError,
)
from engine.data.edits.journal import JOURNAL, add, add_each, home, read, redo, replay, undo
from engine.data.edits.replay import Decisions, Replayed

__all__ = [
    "IMAGE",
    "JOURNAL",
    "KEPT",
    "KINDS",
    "LABELS",
    "LABEL_RENAMED",
    "LEFT_OUT",
    "NEW_LABEL",
    "POINT",
    "PUT_BACK",
    "SPLIT",
    "Decision",
    "DecisionError",
    "Decisions",
    "Replayed",
    "add",
    "add_each",
    "home",
    "read",
    "redo",
    "replay",
    "undo",
]
