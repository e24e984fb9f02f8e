"""One decision of a person about a dataset: its kind, and what was given for each image or label."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.functional import label_text

LABELS = "labels"
"""An image has just these labels; none at all is valid, too. Given: image -> labels."""
POINT = "point"
"""The point of an image lies here. Given: image -> (x, y) in pixels of the upright image."""
KEPT = "kept"
"""What is known of an image was looked at, and is right. Given: image -> None."""
LEFT_OUT = "left out"
"""An image is left out. Given: image -> None."""
PUT_BACK = "put back"
"""An image that was left out takes part again. Given: image -> None."""
SPLIT = "split"
"""An image belongs to the validation part (True) or to the training part (False). Given: image -> bool."""
IMAGE = "picture"
"""What is known of an image belongs to another file. Given: name in the table -> name of the file."""
LABEL_RENAMED = "label renamed"
"""A label has another name from now on, perhaps that of another label; "" removes it. Given: old -> new."""
NEW_LABEL = "new label"
"""A label that can be chosen, though no image may have it yet. Given: label -> None."""

LONGEST_NAME = 4096
VERSION = 1
"""The version of the format of a line; lines without one are of the first."""


class DecisionError(ValueError):
    """A decision cannot be kept, or cannot be read; one plain sentence says why."""


class OtherVersionError(DecisionError):
    """A decision was kept by another version of Loss Lab."""


@dataclass(frozen=True)
class Decision:
    """What was decided: `kind` is one of this module's names, `given` maps images (or labels) to what they get."""

    kind: str
    given: Mapping[str, object]
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def __post_init__(self):
        if self.kind not in _CHECKED:
            raise DecisionError(
                f"{self.kind!r} is not a kind of decision; the kinds are {', '.join(_CHECKED)}."
            )
        if not isinstance(self.given, Mapping) or not self.given:
            raise DecisionError(
                f"A decision of the kind {self.kind!r} must name at least one image or label."
            )
        check = _CHECKED[self.kind]
        checked = {_name(key): check(value) for key, value in self.given.items()}
        object.__setattr__(self, "given", checked)

    @property
    def says(self) -> str:
        """The decision in words, as plain text."""
        names, values = list(self.given), list(self.given.values())
        noun = "labels" if self.kind in _ABOUT_LABELS else "images"
        about = names[0] if len(names) == 1 else f"{len(names):,} {noun}"
        is_same = all(value == values[0] for value in values)
        return f"{about}: {_WORDS[self.kind](values[0]) if is_same else _EACH[self.kind]}"

    def to_line(self) -> str:
        """The decision as one line of JSON, without the line's end."""
        about = {"version": VERSION, "id": self.id, "at": self.at, "kind": self.kind}
        return json.dumps(about | {"given": dict(self.given)})


def from_line(record: object) -> Decision:
    """The decision that a line of JSON, already read, tells; raises `DecisionError` where there is none."""
    if not isinstance(record, dict) or not all(
        isinstance(record.get(key), str) for key in ("id", "at", "kind")
    ):
        raise DecisionError("A decision needs an id, a time and a kind.")
    if record.get("version", 1) != VERSION:
        raise OtherVersionError("The decision was kept by another version of Loss Lab.")
    given = record.get("given")
    if not isinstance(given, dict):
        raise DecisionError("A decision needs what was given, by name.")
    return Decision(record["kind"], given, record["id"], record["at"])


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise DecisionError(f"An image or label needs a name, as text; got {str(value)[:80]!r}.")
    return _usable(value, LONGEST_NAME)


def _label(value: object) -> str:
    if not isinstance(value, str):
        raise DecisionError(f"A label must be text; got {str(value)[:80]!r}.")
    return _usable(" ".join(value.split()), label_text.LONGEST)


def _usable(text: str, longest: int) -> str:
    if why := label_text.problem(text, longest):
        raise DecisionError(f"“{label_text.visible(text, 80)}” cannot be a name: it {why}.")
    return text


def _labels(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
        raise DecisionError(f"The labels of an image must be a list; got {str(value)[:80]!r}.")
    in_order = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    return tuple(dict.fromkeys(label for label in map(_label, in_order) if label))


def _point(value: object) -> tuple[float, float]:
    try:
        x, y = [float(number) for number in value] if isinstance(value, Iterable) else []
    except (TypeError, ValueError) as error:
        raise DecisionError(f"A point must be two numbers, x and y; got {str(value)[:80]!r}.") from error
    if not (math.isfinite(x) and math.isfinite(y)):
        raise DecisionError(f"A point must be two finite numbers; got {x}, {y}.")
    return x, y


def _nothing(value: object) -> None:
    if value is not None:
        raise DecisionError(f"This kind of decision takes no value; got {str(value)[:80]!r}.")


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise DecisionError(f"Validation must be true or false; got {str(value)[:80]!r}.")
    return value


_CHECKED = {
    LABELS: _labels,
    POINT: _point,
    KEPT: _nothing,
    LEFT_OUT: _nothing,
    PUT_BACK: _nothing,
    SPLIT: _yes_or_no,
    IMAGE: _name,
    LABEL_RENAMED: _label,
    NEW_LABEL: _nothing,
}
KINDS = tuple(_CHECKED)

_ABOUT_LABELS = {LABEL_RENAMED, NEW_LABEL}

_WORDS = {
    LABELS: lambda value: ", ".join(value) if value else "none of the labels",
    POINT: lambda value: f"point at ({value[0]:.0f}, {value[1]:.0f})",
    KEPT: lambda value: "kept as given",
    LEFT_OUT: lambda value: "excluded",
    PUT_BACK: lambda value: "put back",
    SPLIT: lambda value: "validation" if value else "training",
    IMAGE: lambda value: f"is the file {value}",
    LABEL_RENAMED: lambda value: f"renamed to {value}" if value else "label removed",
    NEW_LABEL: lambda value: "new label",
}
_EACH = {
    LABELS: "each its own labels",
    POINT: "each its own point",
    SPLIT: "divided",
    IMAGE: "each another file",
    LABEL_RENAMED: "each renamed",
}
