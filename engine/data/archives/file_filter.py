"""Which of the files that came in are kept, under which names, and what is told of the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.data.archives.limits import Limits, size_problems
from engine.data.archives.names import UnsafeName, is_archive, is_junk, is_wanted, safe_name, shown
from engine.data.formats.files.file_index import is_image
from engine.data.formats.phrases import some


@dataclass
class Sorted:
    """What is kept: for each safe name what it comes from, and bytes in all; and what was wrong or left out.

    `code_page` is the one in which names were read that say no encoding of their own.
    """

    kept: dict[str, Any] = field(default_factory=dict)
    size: int = 0
    unsafe: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    code_page: str = ""

    def problems(self, most: Limits) -> list[str]:
        """Every reason to refuse all of it, a sentence each."""
        told = {
            "Names that cannot be used": self.unsafe,
            "Names that occur twice": self.twice,
            f"Files of more than {most.bytes_per_file // 1024**2} MB": self.large,
        }
        problems = [f"{what} ({len(names):,}): {some(names)}." for what, names in told.items() if names]
        problems += size_problems(len(self.kept), self.size, most)
        return problems or ([] if any(map(is_image, self.kept)) else [self._nothing()])

    def notes(self) -> list[str]:
        """What was left out, a sentence each."""
        notes = []
        if self.archives:
            notes.append(
                f"Archives inside it are not unpacked ({len(self.archives):,}): {some(self.archives)}."
            )
        if self.links:
            notes.append(f"Links are left out ({len(self.links):,}): {some(self.links)}.")
        if self.others:
            notes.append(
                f"Left out, because they are neither images nor tables ({len(self.others):,}): "
                f"{some(self.others)}."
            )
        if self.code_page:
            example = next((name for name in self.kept if not name.isascii()), "")
            notes.append(f"Names are not in Unicode and are read as {self.code_page}: {shown(example)}.")
        return notes

    def _nothing(self) -> str:
        if self.archives:
            return (
                f"It holds an archive, {self.archives[0]}, and no image; unpack that and import its contents."
            )
        if self.kept:
            return "It holds tables, but no images; pack both together."
        return "It holds no images and no tables."


def sort_files(files: Iterable[tuple[str, int, Any]], most: Limits) -> Sorted:
    """Sort files, each given as (name, bytes, what it comes from)."""
    found = Sorted()
    for raw, size, origin in files:
        try:
            name = safe_name(raw)
        except UnsafeName as error:
            found.unsafe.append(f"{shown(raw)} {error}")
            continue
        if is_junk(name):
            continue
        if not is_wanted(name):
            (found.archives if is_archive(name) else found.others).append(shown(name))
            continue
        if size > most.bytes_per_file:
            found.large.append(shown(name))
        if name in found.kept:
            found.twice.append(shown(name))
        found.kept[name] = origin
        found.size += size
    _say_what_is_file_and_folder(found)
    return found


def _say_what_is_file_and_folder(found: Sorted) -> None:
    """A name that is a file and a folder at once could not be written."""
    folders = {name.rpartition("/")[0] for name in found.kept}
    folders |= {folder[:at] for folder in folders for at, sign in enumerate(folder) if sign == "/"}
    found.twice += [shown(name) for name in found.kept if name in folders]
