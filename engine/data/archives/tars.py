"""Tar archives, also packed as gz, bz2 or xz: read as a stream, twice, and never further than the limits allow."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tarfile import TarInfo
from typing import BinaryIO, cast

from engine.data.archives.errors import IncomingError
from engine.data.archives.file_filter import Sorted, sort_files
from engine.data.archives.limits import MB, Limits
from engine.data.archives.names import shown
from engine.data.archives.progress import Progress, silent

CHUNK = 1024**2
MOST_XZ_MEMORY = 256 * MB
HEADERS = 2048
"""Bytes of headers and padding that a file takes in an archive at most, long names aside."""

_BROKEN = (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error, ValueError)
_PACKERS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda file: cast(BinaryIO, gzip.GzipFile(fileobj=file)),
    b"BZh": lambda file: cast(BinaryIO, bz2.BZ2File(file)),
    b"\xfd7zXZ\0": lambda file: cast(BinaryIO, io.BufferedReader(_Xz(file))),
}


def look_into(path: Path, most: Limits) -> Sorted:
    """What an archive holds, before anything is written. Raises `IncomingError` with every reason to refuse it."""
    files: list[tuple[str, int, object]] = []
    links: list[str] = []
    try:
        with _opened(path, most) as archive:
            for count, member in enumerate(archive):
                if count > 4 * most.files:
                    raise IncomingError(f"{shown(path.name)} lists far too many files; split it up.")
                if member.isreg() and not member.issparse():
                    files.append((name_of(member), member.size, name_of(member)))
                elif not member.isdir():
                    links.append(shown(name_of(member)))
    except _BROKEN as error:
        raise _refusal(path, error) from error
    found = sort_files(files, most)
    found.links = links
    if problems := found.problems(most) + _bomb(path, found, most):
        raise IncomingError(problems)
    return found


def unpack(path: Path, found: Sorted, into: Path, most: Limits, progress: Progress = silent) -> None:
    """Write the files that are kept below `into`. Raises `IncomingError` where the archive is broken."""
    kept = {origin: name for name, origin in found.kept.items()}
    done = 0
    try:
        with _opened(path, most) as archive:
            for member in archive:
                name = kept.pop(name_of(member), None) if member.isreg() else None
                packed = archive.extractfile(member) if name else None
                if name is None or packed is None:
                    continue
                progress(done, len(found.kept))
                done += 1
                place = into / name
                place.parent.mkdir(parents=True, exist_ok=True)
                with packed, place.open("xb") as file:
                    while chunk := packed.read(CHUNK):
                        file.write(chunk)
    except _BROKEN as error:
        raise _refusal(path, error) from error


def name_of(member: TarInfo) -> str:
    """The name of an entry; bytes that are no UTF-8 are read as Latin-1."""
    try:
        member.name.encode("utf-8")
    except UnicodeEncodeError:
        return member.name.encode("utf-8", "surrogateescape").decode("latin-1")
    return member.name


@contextmanager
def _opened(path: Path, most: Limits) -> Iterator[tarfile.TarFile]:
    with path.open("rb") as file:
        start = file.read(6)
        file.seek(0)
        packer = next((packer for magic, packer in _PACKERS.items() if start.startswith(magic)), None)
        stream = packer(file) if packer else file
        longest = most.bytes_per_set + most.files * HEADERS + CHUNK
        bounded = cast(BinaryIO, _Bounded(stream, longest, path))
        with tarfile.open(fileobj=bounded, mode="r|", encoding="utf-8", errors="surrogateescape") as archive:
            yield archive


def _refusal(path: Path, error: Exception) -> Exception:
    if isinstance(error, IncomingError):
        return error
    return IncomingError(f"{shown(path.name)} is an archive that is cut off or damaged; send it again.")


def _bomb(path: Path, found: Sorted, most: Limits) -> list[str]:
    if found.size <= most.ratio_from or found.size <= most.ratio * max(1, path.stat().st_size):
        return []
    return [f"{shown(path.name)} unpacks to more than {most.ratio} times its size, as bombs do."]


class _Bounded:
    """A stream that ends with `IncomingError` where more than so many bytes are read from it."""

    def __init__(self, stream: BinaryIO, most: int, path: Path):
        self._stream, self._left, self._most, self._path = stream, most, most, path

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._stream.read(size if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise IncomingError(
                f"{shown(self._path.name)} unpacks to more than {self._most // MB:,} MB; split it up."
            )
        return data


class _Xz(io.RawIOBase):
    """An xz stream whose decompressor takes bounded memory, whatever the file asks for."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self._unpacker = lzma.LZMADecompressor(memlimit=MOST_XZ_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._unpacker.eof:
            packed = self._file.read(64 * 1024) if self._unpacker.needs_input else b""
            if not packed and self._unpacker.needs_input:
                raise EOFError("the archive is cut off")
            data = self._unpacker.decompress(packed, max_length=len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
        return 0
