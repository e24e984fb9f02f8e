"""The flags that say how a dataset is to be read, one for each field of `ReadOptions`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated

from cyclopts import Parameter

from engine.data.formats.read_options import FORM_NAMES, SEPARATORS, UNITS, ReadOptions
from engine.data.formats.record import DatasetError
from engine.jobs.command_line import choice

READING = "How to read it, if the automatic reading is wrong"


def _flag(help: str) -> Parameter:
    return Parameter(help=help, group=READING)


@Parameter(name="*", group=READING)
@dataclass(frozen=True)
class ReadFlags:
    """What a user says about how to read a dataset; None leaves it to the reader."""

    format: Annotated[str | None, choice(FORM_NAMES, "The format")] = None
    image_column: Annotated[str | None, _flag("Heading of the column that names the images.")] = None
    label_column: Annotated[
        tuple[str, ...],
        Parameter(
            help="Heading of the label column; given several times, each column is a class.",
            negative=(),
            group=READING,
        ),
    ] = ()
    separator: Annotated[
        str | None, choice(tuple(SEPARATORS), "The separator between the labels of a cell")
    ] = None
    classes: Annotated[str | None, _flag("The classes to read, separated by commas; others are dropped.")] = (
        None
    )
    x_column: Annotated[str | None, _flag("Heading of the x column.")] = None
    y_column: Annotated[str | None, _flag("Heading of the y column.")] = None
    units: Annotated[str | None, choice(UNITS, "The units of x and y")] = None
    group_column: Annotated[str | None, _flag("Heading of the group column; none for no groups.")] = None
    split_column: Annotated[
        str | None, _flag("Heading of the column with train, valid and test; none for a new split.")
    ] = None
    sheet: Annotated[str | None, _flag("Sheet of an Excel file.")] = None
    table: Annotated[str | None, _flag("Table to read, relative to the folder.")] = None
    keypoint: Annotated[
        str | None, _flag("Which keypoint is the point, by name or number from 1; box is the box's middle.")
    ] = None

    def options(self) -> ReadOptions:
        """The same as the reader takes it. Raises `DatasetError` where flags contradict each other."""
        if (self.x_column is None) != (self.y_column is None):
            raise DatasetError("A point needs both coordinates: give --x-column and --y-column together.")
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        classes = tuple(word.strip() for word in (self.classes or "").split(",") if word.strip())
        return ReadOptions(**given | {"classes": classes, "label_columns": given.pop("label_column")})
