"""Every file below a folder, read once, so that no file has to be asked for one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PureWindowsPath

from engine.data.formats.record import DatasetError
from engine.functional.label_text import composed

MOST_FILES = 500_000
IMAGE_ENDINGS = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"),
    *(".avif", ".heic", ".heif", ".ppm", ".pgm", ".pbm", ".mpo"),
}


def is_image(name: str) -> bool:
    """Whether the ending of a file's name is that of an image."""
    return os.path.splitext(name)[1].lower() in IMAGE_ENDINGS


def is_unsafe(name: str) -> bool:
    """Whether a name leads out of its folder, or begins at the root of a disk."""
    if name.startswith("/") or ".." in name.split("/"):
        return True
    return (":" in name or "\\" in name) and bool(PureWindowsPath(name).drive)


@dataclass(frozen=True)
class Listing:
    """The files below `folder`, as names relative to it with / between folders; hidden ones are left out.

    Links to files count as files when they stay inside the folder. Links that lead out, and links to folders, are
    kept apart in `links_out`, so that nothing outside the folder is ever read.
    """

    folder: Path
    names: tuple[str, ...]
    links_out: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def known(self) -> frozenset[str]:
        """The names, for asking whether one is there."""
        return frozenset(self.names)

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """For each folder (relative, "" for the folder itself) the names of the files directly in it."""
        held: dict[str, list[str]] = {}
        for name in self.names:
            held.setdefault(name.rpartition("/")[0], []).append(name)
        return held

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        return _grouped(self.names, lambda last: last)

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        return _grouped(self.names, lambda last: last.rpartition(".")[0])

    @cached_property
    def _by_composed(self) -> dict[str, str]:
        return {composed(name): name for name in self.names}

    def same(self, name: str) -> str | None:
        """The file of that name, also where the disk spells its accents in another way (macOS does)."""
        if name in self.known:
            return name
        return None if name.isascii() else self._by_composed.get(composed(name))

    def candidates(self, name: str) -> list[str]:
        """The images whose last part is the name's; without such, those that have its stem. Letter case is ignored."""
        last = key(name.rpartition("/")[2])
        found = self._by_last.get(last) or self._by_stem.get(last)
        if found is None and is_image(last):
            found = self._by_stem.get(last.rpartition(".")[0])
        return found or []

    def leads_out(self, name: str) -> bool:
        """Whether the name lies behind a link that leaves the folder."""
        parts = name.split("/")
        return any("/".join(parts[: end + 1]) in self.links_out for end in range(len(parts)))

    def images_in(self, folder: str) -> list[str]:
        """The images directly in a folder, sorted."""
        return [name for name in self.folders.get(folder, []) if is_image(name)]


def list_files(folder: Path) -> Listing:
    """Read the names of all files below `folder`. Raises `DatasetError` when there are far too many."""
    names: list[str] = []
    links_out: set[str] = set()
    root, waiting = folder.resolve(), [""]
    while waiting:
        inside = waiting.pop()
        for entry in _entries(root / inside):
            name = f"{inside}/{entry.name}" if inside else entry.name
            if entry.is_symlink() and not _stays_inside(Path(entry.path), root):
                links_out.add(name)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif entry.is_file():
                names.append(name)
        if len(names) > MOST_FILES:
            raise DatasetError(
                f"“{folder.name}” holds more than {MOST_FILES:,} files; choose the folder of one dataset."
            )
    return Listing(folder, tuple(sorted(names)), frozenset(links_out))


def _entries(folder: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        raise DatasetError(f"The folder “{folder.name}” cannot be read: {error.strerror}.") from error


def _stays_inside(link: Path, root: Path) -> bool:
    target = link.resolve()
    return target.is_relative_to(root) and target.is_file()


def _grouped(names: Iterable[str], by: Callable[[str], str]) -> dict[str, list[str]]:
    """The images among the names, by what `by` makes of their last part, whatever the letter case."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if is_image(name):
            groups.setdefault(by(key(name.rpartition("/")[2])), []).append(name)
    return groups


def key(name: str) -> str:
    """A name in the form in which two spellings of it are the same: composed accents, small letters."""
    return composed(name).casefold()
