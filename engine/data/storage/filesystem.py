"""fsspec's file system for an address: for the owner alone, since it acts with the server's credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.data.storage.errors import StorageError, in_words
from engine.jobs import access

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

S3 = "s3"
LONGEST_NAME = 200
"""In bytes."""
OPTIONS: dict[str, dict[str, Any]] = {
    S3: {"use_listings_cache": False},
    "memory": {},
}
"""The schemes that are read, and how. Listings are not kept: a million names would take a gigabyte."""


def opened(address: str) -> tuple[AbstractFileSystem, str]:
    """The file system of an address, and the path in it (bucket and key). Raises `StorageError` or `AccessError`.

    fsspec keeps one file system of each kind, which many threads may use.
    """
    access.authorize_owner()
    scheme, _, path = address.partition("://")
    if scheme not in OPTIONS:
        raise StorageError(f"{address} cannot be read: only s3:// addresses are supported.")
    with in_words(address):
        import fsspec

        inside = path.strip("/")
        return fsspec.filesystem(scheme, **OPTIONS[scheme]), inside if scheme == S3 else f"/{inside}"


def scheme_of(address: str) -> str:
    """The part of an address in front of ://."""
    return address.partition("://")[0]


def last_name(address: str, otherwise: str) -> str:
    """The last part of an address, where that can be a folder's name here.

    >>> last_name("s3://bucket/runs/scenes/", "run"), last_name("s3://bucket/..", "run")
    ('scenes', 'run')
    """
    name = address.rstrip("/").rpartition("/")[2]
    return otherwise if name in (".", "..") or len(name.encode()) > LONGEST_NAME else name
