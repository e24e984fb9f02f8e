"""Which file a name means: exactly, in other letter case, by its stem, from a URL, or by the end of its path."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from engine.data.formats.files.file_index import Listing, is_unsafe, key

EXACT, STEM, URL, PATH = "exact", "stem", "URL", "path"


@dataclass
class Matches:
    """`files` gives each name its file; `ways` how names other than exact ones were matched, with an example of each;
    `unclear` the names that fit several files."""

    files: dict[str, str] = field(default_factory=dict)
    ways: dict[str, tuple[str, str]] = field(default_factory=dict)
    unclear: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, file: str, way: str) -> None:
        """Keep what a name means."""
        self.files[name] = file
        if way != EXACT:
            self.ways.setdefault(way, (name, file))


def tidy(name: str) -> str:
    """A name with / between its folders, and nothing in front."""
    return name.strip().replace("\\", "/").removeprefix("./")


def match(names: Iterable[str], listing: Listing, near: str = "") -> Matches:
    """The file that each name means, where exactly one fits.

    Files of the very name come first, then names of web addresses and percent signs, then names without or with another
    ending or letter case. Folders in front that are not here, as those of another computer, are dropped only where no
    name is found here, and for all names alike. `near` is a folder that is preferred among equals.
    """
    matches = Matches()
    left: list[str] = []
    for name in dict.fromkeys(names):
        if name:
            left += [] if _match_in_place(name, listing, matches, near) else [name]
    if left:
        _match_by_end(left, listing, matches, near)
    return matches


def _match_in_place(name: str, listing: Listing, matches: Matches, near: str) -> bool:
    """Match a name whose folders, if it has any, are all here."""
    tidied = tidy(name)
    beside = posixpath.normpath(_join(near, tidied))
    if exact := listing.same(beside) or listing.same(tidied):
        matches.add(name, exact, EXACT)
        return True
    if "://" in name or is_unsafe(tidied):
        return False
    plain = unquote(tidied) if "%" in tidied else tidied
    folder = plain.rpartition("/")[0]
    fitting = [file for file in listing.candidates(plain) if _lies_in(file, folder, near)]
    if folder:
        return _keep(name, fitting, matches, STEM, near)
    return _keep(
        name, fitting, matches, STEM if fitting and not _same_last(plain, fitting[0]) else EXACT, near
    )


def _match_by_end(names: Sequence[str], listing: Listing, matches: Matches, near: str) -> None:
    """Match the longest common end of paths of another computer, or of web addresses.

    Paths that share fewer folders with their file than most do are not matched: cat/7.jpg never means dog/7.jpg.
    """
    is_elsewhere = not matches.files
    fits: dict[str, tuple[list[str], int]] = {}
    for name in names:
        if not is_elsewhere and "://" not in name:
            continue
        parts = _parts(name)
        found = listing.candidates(parts[-1]) if parts else []
        shared = {file: _shared_end(parts, file) for file in found}
        most = max(shared.values(), default=0)
        if most:
            fits[name] = ([file for file, count in shared.items() if count == most], most)
    usual = Counter(most for _, most in fits.values()).most_common(1)
    for name, (files, most) in fits.items():
        if most >= usual[0][0]:
            _keep(name, files, matches, URL if "://" in name else PATH, near)


def _keep(name: str, files: list[str], matches: Matches, way: str, near: str) -> bool:
    nearest = [file for file in files if near and file.startswith(f"{near}/")] if len(files) > 1 else files
    chosen = nearest if len(nearest) == 1 else files
    if len(chosen) == 1:
        matches.add(name, chosen[0], way)
    elif chosen:
        matches.unclear[name] = chosen
    return bool(chosen)


def _parts(name: str) -> list[str]:
    path = unquote(urlsplit(name).path) if "://" in name else tidy(name)
    return [part for part in path.split("/") if part not in ("", ".", "..")]


def _shared_end(parts: list[str], file: str) -> int:
    """How many parts are the same from the end on; the last counts as one, whatever its ending."""
    count = 1
    for one, other in zip(reversed(parts[:-1]), reversed(file.split("/")[:-1]), strict=False):
        if key(one) != key(other):
            break
        count += 1
    return count


def _lies_in(file: str, folder: str, near: str) -> bool:
    """Whether a file lies in the folder that a name gives, seen from any folder; a bare name may lie anywhere."""
    own = key(file.rpartition("/")[0])
    return (
        not folder or own == key(folder) or own.endswith("/" + key(folder)) or own == key(_join(near, folder))
    )


def _same_last(name: str, file: str) -> bool:
    return name.rpartition("/")[2] == file.rpartition("/")[2]


def _join(base: str, name: str) -> str:
    return f"{base}/{name}" if base else name
