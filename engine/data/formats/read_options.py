"""How a dataset is to be read, where a person has said so; None leaves it to the reader."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from engine.functional.label_text import composed

FORM_NAMES = (
    *("voc", "biwi", "coco", "yolo", "cvat", "labelme", "label-studio", "createml", "fiftyone", "via"),
    *("points", "rows", "cells", "columns", "objects", "folders", "pictures"),
)
"""The formats, in the order in which they are looked for; `engine.data.formats.forms.FORMS` says what they are."""

SEPARATORS = {"spaces": " ", "commas": ",", "semicolons": ";", "bars": "|", "none": ""}
"""What may stand between the labels of one cell; "none" takes the whole cell as one label."""

UNITS = ("pixels", "fractions", "percent", "-1..1")
"""What the coordinates of points may be: pixels, shares of width and height, or -1..1 from edge to edge."""

_CHOICES = {"format": FORM_NAMES, "separator": tuple(SEPARATORS), "units": UNITS}


@dataclass(frozen=True)
class ReadOptions:
    """What a person said about how to read a dataset.

    Attributes:
        format: a name of `FORM_NAMES`.
        image_column: the heading of the column that names the images.
        label_columns: the heading of the column of labels, or of every column that is a class.
        separator: what stands between the labels of a cell, a name of `SEPARATORS`.
        classes: the classes to read; other labels are dropped.
        x_column, y_column: the headings of the columns of points.
        units: what points are given in, one of `UNITS`.
        group_column: the heading of the column of groups; "none" for no groups.
        split_column: the heading of the column that says train, valid or test; "none" for no split.
        sheet: the sheet of an Excel file.
        table: the table to read, relative to the dataset's folder.
        keypoint: which of several keypoints is the point: its name or its number from 1; "box" for the box's middle.
    """

    format: str | None = None
    image_column: str | None = None
    label_columns: tuple[str, ...] = ()
    separator: str | None = None
    classes: tuple[str, ...] = ()
    x_column: str | None = None
    y_column: str | None = None
    units: str | None = None
    group_column: str | None = None
    split_column: str | None = None
    sheet: str | None = None
    table: str | None = None
    keypoint: str | None = None

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value is not None and value not in choices:
                raise ValueError(f"{name} must be one of {', '.join(choices)}; got {value!r}.")
        for name in ("label_columns", "classes"):
            object.__setattr__(self, name, tuple(map(composed, getattr(self, name))))
        if (self.x_column is None) != (self.y_column is None):
            raise ValueError("x_column and y_column must be given together.")

    def over(self, other: ReadOptions) -> ReadOptions:
        """These options, and those of the other where these say nothing."""
        said: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(other, **{name: value for name, value in said.items() if value not in (None, ())})
