"""What is below an address: a stream in the order of a local folder, whose memory does not grow with the names.

A folder is asked for page by page, 1,000 names at a time from S3; only the names of its folders are held.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.data.formats.files.file_index import is_image
from engine.data.storage.errors import StorageError, in_words
from engine.data.storage.filesystem import S3, opened, scheme_of

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class StoredFile(NamedTuple):
    """A file below an address: its name from there, bytes, and a text that changes with its content (S3's ETag)."""

    name: str
    size: int
    version: str


class _Entry(NamedTuple):
    """A file or folder directly in a folder."""

    name: str
    is_folder: bool
    size: int = 0
    version: str = ""


def images_below(address: str) -> Iterator[str]:
    """The addresses of all images below an address, in the order of a local folder; or the file that it names.

    As in a local folder, hidden files and folders are left out, and an image is known by its ending. Raises
    `StorageError` where nothing is there.
    """
    start, is_empty = address.rstrip("/"), True
    for file in files_below(address):
        is_empty = False
        if is_image(file.name):
            yield f"{start}/{file.name}"
    if is_empty:
        yield _only_file(address)


def files_below(address: str) -> Iterator[StoredFile]:
    """All files below an address but hidden ones: those of a folder in order, then those of each folder in it."""
    fs, path = opened(address)
    waiting = [""]
    while waiting:
        inside, folders = waiting.pop(), []
        with in_words(address):
            for entry in _entries(fs, address, f"{path}/{inside}"):
                if entry.name.startswith("."):
                    continue
                if entry.is_folder:
                    folders.append(entry.name)
                else:
                    yield StoredFile(inside + entry.name, entry.size, entry.version)
        waiting += [f"{inside}{name}/" for name in sorted(folders, reverse=True)]


def files_in(address: str) -> dict[str, StoredFile]:
    """The files directly at an address, by name."""
    fs, path = opened(address)
    with in_words(address):
        found = [entry for entry in _entries(fs, address, f"{path}/") if not entry.is_folder]
    return {one.name: StoredFile(one.name, one.size, one.version) for one in found}


def _only_file(address: str) -> str:
    """The address, if there is a file. Raises `StorageError`."""
    fs, path = opened(address)
    with in_words(address):
        is_file = fs.isfile(path)
    if not is_file:
        raise StorageError(f"There is nothing at {address}: check the bucket and the name.")
    return address


def _entries(fs: AbstractFileSystem, address: str, folder: str) -> Iterator[_Entry]:
    """What is directly in a folder, whose path ends with /: files in the order of their names."""
    return _pages_of_s3(fs, folder) if scheme_of(address) == S3 else _listed(fs, folder)


def _pages_of_s3(fs: Any, folder: str) -> Iterator[_Entry]:
    """fsspec would hold a folder's whole listing; S3 sends it in pages, sorted by the bytes of the names."""
    bucket, _, prefix = folder.partition("/")
    more: dict[str, str] = {}
    while True:
        page = fs.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, Delimiter="/", **more)
        for one in page.get("CommonPrefixes", ()):
            yield _Entry(one["Prefix"][len(prefix) : -1], is_folder=True)
        for one in page.get("Contents", ()):
            if name := one["Key"][len(prefix) :]:
                yield _Entry(name, False, one["Size"], one["ETag"])
        if not page.get("IsTruncated"):
            return
        more = {"ContinuationToken": page["NextContinuationToken"]}


def _listed(fs: AbstractFileSystem, folder: str) -> Iterator[_Entry]:
    try:
        found = fs.ls(folder, detail=True)
    except FileNotFoundError:  # as in S3, a folder without files is none
        return
    inside = [one for one in found if one["name"].startswith(folder)]  # for a file, fsspec lists the file
    for one in sorted(inside, key=lambda one: one["name"]):
        name = posixpath.basename(one["name"].rstrip("/"))
        yield _Entry(name, one["type"] == "directory", one["size"] or 0, str(one.get("created", "")))
