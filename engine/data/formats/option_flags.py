"""The flags of the command line that say how a dataset is to be read."""

from __future__ import annotations

import argparse

from engine.data.formats.read_options import FORM_NAMES, SEPARATORS, UNITS, ReadOptions


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add a flag for every field of `ReadOptions`."""
    group = parser.add_argument_group("how to read it, where the reader gets it wrong")
    group.add_argument("--format", choices=FORM_NAMES, help="the format")
    group.add_argument("--image-column", metavar="HEADING", help="the column that names the images")
    group.add_argument(
        "--label-column", action="append", default=[], metavar="HEADING",
        help="the column of labels; given several times, each column is a class",
    )  # fmt: skip
    group.add_argument("--separator", choices=SEPARATORS, help="what stands between the labels of a cell")
    group.add_argument("--classes", type=_words, default=(), metavar="A,B", help="the classes to read")
    group.add_argument("--x-column", metavar="HEADING", help="the column of x")
    group.add_argument("--y-column", metavar="HEADING", help="the column of y")
    group.add_argument("--units", choices=UNITS, help="what x and y are given in")
    group.add_argument("--group-column", metavar="HEADING", help="the column of groups; none for no groups")
    group.add_argument(
        "--split-column", metavar="HEADING", help="the column of train, valid and test; none for a new split"
    )
    group.add_argument("--sheet", metavar="NAME", help="the sheet of an Excel file")
    group.add_argument("--table", metavar="FILE", help="the table to read, relative to the folder")
    group.add_argument(
        "--keypoint", metavar="NAME", help="the keypoint that is the point, by name or number; or box"
    )


def options_of(parsed: argparse.Namespace) -> ReadOptions:
    """What the flags say. Raises ValueError where they contradict each other."""
    said = vars(parsed)
    names = ("format", "image_column", "separator", "classes", "x_column", "y_column", "units", "group_column",
             "split_column", "sheet", "table", "keypoint")  # fmt: skip
    return ReadOptions(**{name: said[name] for name in names}, label_columns=tuple(said["label_column"]))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
