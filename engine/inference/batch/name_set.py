"""Which names of images a table has, in eight bytes each."""

import hashlib
from collections.abc import Iterable

import numpy as np

from engine.data.csv_writer import safe_cell

ESCAPED = "backslashreplace"
"""How bytes of another encoding in a file's name are written in UTF-8."""
MOST_LOOSE = 1 << 16
"""Added names that are held loose, at some 60 bytes each, before they are sorted in."""


class NameSet:
    """A set of names as a table has them, which takes little memory and travels to other processes."""

    def __init__(self, written: Iterable[str]):
        self._sorted = np.sort(np.fromiter(map(_digest, written), np.uint64))
        self._loose: set[int] = set()

    def __len__(self) -> int:
        return len(self._sorted) + len(self._loose)

    def __contains__(self, fname: str) -> bool:
        return self._has(digest_of(fname))

    def add(self, fname: str) -> bool:
        """Add a name; whether it was not there before."""
        if self._has(digest := digest_of(fname)):
            return False
        self._loose.add(digest)
        if len(self._loose) >= MOST_LOOSE:
            self._sort_in()
        return True

    def _has(self, digest: int) -> bool:
        if digest in self._loose:
            return True
        wanted = np.uint64(digest)
        place = self._sorted.searchsorted(wanted)
        return bool(place < len(self._sorted) and self._sorted[place] == wanted)

    def _sort_in(self) -> None:
        """Move the loose names to the sorted ones."""
        new = np.fromiter(self._loose, np.uint64, len(self._loose))
        self._sorted = np.concatenate([self._sorted, new])
        self._sorted.sort()
        self._loose.clear()


def digest_of(fname: str) -> int:
    """64 bits that stand for a name, as a table has it."""
    return _digest(str(safe_cell(fname)).encode("utf-8", ESCAPED).decode())


def _digest(written: str) -> int:
    return int.from_bytes(hashlib.blake2b(written.encode(), digest_size=8).digest(), "little")
