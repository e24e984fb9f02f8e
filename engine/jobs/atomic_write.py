"""Files are written whole or not at all: other readers see the old file or the new one."""

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)


def trouble(error: OSError) -> str:
    """The message for the user where the disk refuses: the reason, and what to do where it is full."""
    if error.errno in FULL:
        return "the disk is full: free some space"
    return f"{error.strerror or error}{f' ({Path(error.filename).name})' if error.filename else ''}"


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file next to `path`, then put it in place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        write(Path(name))
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
