"""How a data set is to be read, where a person has said so; None leaves it to what is recognised."""

from __future__ import annotations

from dataclasses import dataclass

FORM_NAMES = ("voc", "biwi", "coco", "yolo", "points", "rows", "cells", "columns", "folders", "pictures")
"""The forms, in the order in which they are looked for; `engine.data.formats.forms.FORMS` says what they are."""

SEPARATORS = {"spaces": " ", "commas": ",", "semicolons": ";", "bars": "|", "none": ""}
"""What may stand between the labels of one cell; "none" takes the whole cell as one label."""

UNITS = ("pixels", "fractions", "percent", "-1..1")
"""What the coordinates of points may be: pixels, shares of width and height, or -1..1 from edge to edge."""


@dataclass(frozen=True)
class How:
    """The form (a name of `FORM_NAMES`), the separator of labels, the unit of points, and which keypoint is meant."""

    form: str | None = None
    separator: str | None = None
    unit: str | None = None
    keypoint: str | None = None

    def __post_init__(self):
        if self.form not in (None, *FORM_NAMES):
            raise ValueError(f"form must be one of {', '.join(FORM_NAMES)}; got {self.form!r}.")
        if self.separator not in (None, *SEPARATORS):
            raise ValueError(f"separator must be one of {', '.join(SEPARATORS)}; got {self.separator!r}.")
        if self.unit not in (None, *UNITS):
            raise ValueError(f"unit must be one of {', '.join(UNITS)}; got {self.unit!r}.")
