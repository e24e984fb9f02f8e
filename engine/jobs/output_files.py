"""Which file a command may write: never one that it reads, nor one of another kind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class OutputError(ValueError):
    """A file that a command must not write; one sentence."""


def check_output(path: Path, ending: str, flag: str, inputs: Iterable[Path] = ()) -> None:
    """Raise `OutputError` for a file to write whose name has another ending, or which the command reads.

    The ending keeps a slip from replacing a table or an image of the user's own.
    """
    if path.suffix.lower() != ending:
        raise OutputError(f"{flag} needs the name of a {ending} file, such as {path.stem or 'new'}{ending}.")
    if path.is_dir():
        raise OutputError(f"{flag} {path} is a folder: name a {ending} file.")
    if any(path.resolve() == one.resolve() for one in inputs):
        raise OutputError(f"{flag} {path} would replace what this command reads: name another file.")
