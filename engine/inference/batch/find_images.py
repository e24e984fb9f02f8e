"""The image files of a command line: single files, and folders with all the images below them, here or in storage."""

import os
from collections.abc import Callable, Iterable, Iterator

from engine import paths
from engine.data.formats.files.file_index import is_image
from engine.data.storage import listing


def images_below(names: Iterable[str], unreadable: Callable[[str], object] = print) -> Iterator[str]:
    """Each file as it is named; of a folder every image below it, in the order of their names.

    One folder's names are held at a time. Hidden files and folders are left out, links to folders are not followed,
    and a file in a folder counts as an image by its ending. `unreadable` gets a sentence for each folder that cannot be
    read. Raises `StorageError` for an address that cannot be listed.
    """
    for name in names:
        if address := paths.storage_address(name):
            yield from listing.images_below(address)
        elif os.path.isdir(name):
            yield from _below(name, unreadable)
        else:
            yield name


def _below(folder: str, unreadable: Callable[[str], object]) -> Iterator[str]:
    def report(error: OSError) -> None:
        unreadable(f"The folder {error.filename} cannot be read ({error.strerror}).")

    for place, folders, files in os.walk(folder, onerror=report):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if is_image(name) and not name.startswith("."):
                yield os.path.join(place, name)
