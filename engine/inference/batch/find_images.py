"""The picture files that somebody names: single files, and folders with all that lies below them."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.data.formats.file_index import is_picture


def pictures_below(names: Iterable[str], unreadable: Callable[[str], object] = print) -> Iterator[str]:
    """Each file as it is named; of a folder every picture below it, in the order of their names.

    One folder's names are held at a time. Hidden files and folders are left out, links to folders are not followed,
    and a file in a folder counts as a picture by its ending. `unreadable` hears of each folder that cannot be read.
    """
    for name in names:
        if Path(name).is_dir():
            yield from _below(name, unreadable)
        else:
            yield name


def _below(folder: str, unreadable: Callable[[str], object]) -> Iterator[str]:
    def tell(error: OSError) -> None:
        unreadable(f"The folder {error.filename} cannot be read ({error.strerror}).")

    for place, folders, files in os.walk(folder, onerror=tell):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if is_picture(name) and not name.startswith("."):
                yield os.path.join(place, name)
