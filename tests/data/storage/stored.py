"""Files in fsspec's own storage in memory, for tests without a server."""

from pathlib import Path

import fsspec

BUCKET = "memory://bucket"


def empty() -> None:
    """Remove everything."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


def put(address: str, content: bytes = b"x") -> str:
    """Write a file."""
    fsspec.filesystem("memory").pipe_file(address.removeprefix("memory:/"), content)
    return address


def put_folder(address: str, folder: Path) -> str:
    """Copy all files below a folder of this machine."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            put(f"{address}/{file.relative_to(folder).as_posix()}", file.read_bytes())
    return address
