"""Which names of images a table has, in eight bytes each."""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable

from engine.data.csv_writer import safe_cell

ESCAPED = "backslashreplace"
"""How bytes of another encoding in a file's name are written in UTF-8."""


class NameSet:
    """A set of names as a table has them, which takes little memory and travels to other processes."""

    def __init__(self, written: Iterable[str]):
        self._digests = array("Q", sorted(map(_digest, written)))

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, fname: str) -> bool:
        wanted = digest_of(fname)
        place = bisect_left(self._digests, wanted)
        return place < len(self._digests) and self._digests[place] == wanted


def digest_of(fname: str) -> int:
    """64 bits that stand for a name, as a table has it."""
    return _digest(str(safe_cell(fname)).encode("utf-8", ESCAPED).decode())


def _digest(written: str) -> int:
    return int.from_bytes(hashlib.blake2b(written.encode(), digest_size=8).digest(), "little")
