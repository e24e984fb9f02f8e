"""The split that a YOLO dataset writes down: folders or lists of images under train, val and test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from engine.data.formats.files.text_file import read_text
from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source
from engine.data.formats.splits.folders import divide_by_folders, part_of
from engine.data.formats.splits.rows import split_rows
from engine.data.formats.tables.cells import PARTS as WORDS
from engine.data.formats.tables.cells import TEST, TRAIN, VALID
from engine.data.formats.yolo.config import Config

MOST_BYTES = 64 * 1024**2
PARTS = (TRAIN, VALID, TEST)


def split_images(parsed: ParsedSource, source: Source, config: Config) -> None:
    """Divide the rows as the configuration or lists next to it say; otherwise by the names of their folders.

    An image in no part is left out, because the tool that made the set never uses it. One in two parts is a problem.
    """
    splits, file = (config.splits, config.split_file) if config.splits else _lone_lists(source)
    parts, unresolved = _Images(source, config.base).parts(splits, file)
    if not parts:
        divide_by_folders(parsed)
        return
    if config.splits and unresolved:
        told = some([f"“{entry}”" for entry in unresolved])
        parsed.notes.append(f"“{file}” names {told}, but there is no such image.")
    parsed.files_read |= {file, *_lists(source, splits)} & source.listing.known
    if parts.get(TRAIN) and parts.get(TRAIN) == parts.get(VALID):
        parsed.assume(
            "split", "chosen at random", f"“{file}” names the same images for training and validation"
        )
        parts = {TEST: parts.get(TEST, set()) - parts[TRAIN]}
    _apply(parsed, parts, file)


def _apply(parsed: ParsedSource, parts: dict[str, set[str]], file: str) -> None:
    names = [part for part in PARTS if parts.get(part)]
    of = {image: part for part in reversed(names) for image in parts[part]}
    twice = parts.get(TRAIN, set()) & (parts.get(VALID, set()) | parts.get(TEST, set()))
    if twice:
        told = tuple((image, image) for image in sorted(twice))
        says = lambda told: f"“{file}” names images for training and for another part: {some(told)}."  # noqa: E731
        parsed.problems.append(Problem("in two parts", told, says))
    if parts.get(TRAIN):
        _leave_unlisted_out(parsed, of, file)
    split_rows(parsed, [of.get(row.fname) or _test_only(row.fname) for row in parsed.rows], f"“{file}”")


def _leave_unlisted_out(parsed: ParsedSource, of: dict[str, str], file: str) -> None:
    unlisted = [row.fname for row in parsed.rows if row.fname not in of and _test_only(row.fname) is None]
    if unlisted:
        count = counted(len(unlisted), "image")
        parsed.notes.append(f"Left out: {count} in no part of “{file}”: {some(unlisted)}.")
        gone = set(unlisted)
        parsed.rows = [row for row in parsed.rows if row.fname not in gone]


def _test_only(fname: str) -> str | None:
    return TEST if part_of(fname) == TEST else None


def _lone_lists(source: Source) -> tuple[dict[str, tuple[str, ...]], str]:
    """Lists called train.txt and val.txt that nothing names."""
    lists: dict[str, tuple[str, ...]] = {}
    for name in sorted(source.listing.names, key=lambda one: (one.count("/"), one)):
        path = PurePosixPath(name)
        part = WORDS.get(path.stem.lower()) if path.suffix.lower() == ".txt" else None
        if part and part not in lists:
            lists[part] = (name,)
    return (
        (lists, " and ".join(one for ones in lists.values() for one in ones)) if TRAIN in lists else ({}, "")
    )


def _lists(source: Source, splits: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The text files among the entries of a split, by the ends of their paths."""
    ends = {PurePosixPath(entry).name for entries in splits.values() for entry in entries}
    return {
        name for name in source.listing.names if PurePosixPath(name).name in ends and name.endswith(".txt")
    }


class _Images:
    """The images of a source, found by folders and paths as another computer wrote them."""

    def __init__(self, source: Source, base: str) -> None:
        self._source, self._base = source, base

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        by_name: dict[str, list[str]] = defaultdict(list)
        for image in self._source.images:
            by_name[PurePosixPath(image).name].append(image)
        return by_name

    @cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        """The images in each folder and all folders below it."""
        below: dict[str, list[str]] = defaultdict(list)
        for image in self._source.images:
            for folder in PurePosixPath(image).parents:
                below[_plain(folder.as_posix())].append(image)
        return below

    def parts(
        self, splits: Mapping[str, tuple[str, ...]], file: str
    ) -> tuple[dict[str, set[str]], list[str]]:
        """The images of each part, and the entries that name none."""
        home = _plain(PurePosixPath(file).parent.as_posix()) if file in self._source.listing.known else ""
        parts: dict[str, set[str]] = {}
        unresolved = []
        for part, entries in splits.items():
            for entry in entries:
                images = self._of_entry(entry, home)
                parts.setdefault(part, set()).update(images)
                unresolved += [] if images else [entry]
        return {part: images for part, images in parts.items() if images}, unresolved

    def _of_entry(self, entry: str, home: str) -> set[str]:
        for suffix in _suffixes(f"{self._base}/{entry}" if self._base else entry):
            for folder in dict.fromkeys((home, "")):
                name = f"{folder}/{suffix}".strip("/")
                if name in self._source.listing.known and name.lower().endswith(".txt"):
                    return self._listed(name)
                if suffix and name in self._by_folder:
                    return set(self._by_folder[name])
        is_whole = not PurePosixPath(entry.replace("\\", "/")).name.strip(".")
        return set(self._by_folder.get(home, ())) if is_whole else set()

    def _listed(self, file: str) -> set[str]:
        try:
            text, _ = read_text(self._source.listing.folder / file, MOST_BYTES)
        except (OSError, ValueError):
            return set()
        home = _plain(PurePosixPath(file).parent.as_posix())
        images = (self._image(line.strip(), home) for line in text.splitlines() if line.strip())
        return {image for image in images if image}

    def _image(self, written: str, home: str) -> str | None:
        """The image that a line names: the one whose path has the longest end in common with it, if it is alone."""
        parts = _steps(written)
        if not parts:
            return None
        beside = "/".join(filter(None, (home, *parts)))
        if beside in self._source.listing.known:
            return beside
        alike = self._by_name.get(parts[-1], [])
        lengths = {image: _in_common(parts, PurePosixPath(image).parts) for image in alike}
        best = [image for image, length in lengths.items() if length == max(lengths.values())]
        return best[0] if len(best) == 1 else None


def _plain(folder: str) -> str:
    return "" if folder == "." else folder


def _steps(path: str) -> list[str]:
    return [step for step in path.replace("\\", "/").split("/") if step not in ("", ".", "..")]


def _suffixes(path: str) -> list[str]:
    """The path and all that is left when folders are taken off its beginning, the longest first."""
    steps = _steps(path)
    return ["/".join(steps[at:]) for at in range(len(steps))]


def _in_common(one: Iterable[str], other: Iterable[str]) -> int:
    """How many steps at their ends two paths have in common."""
    count = 0
    for left, right in zip(reversed(list(one)), reversed(list(other)), strict=False):
        if left != right:
            break
        count += 1
    return count
