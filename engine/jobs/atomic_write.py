"""Files are written whole or not at all: other readers see the old file or the new one."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

from engine.functional.label_text import LONGEST, visible
from engine.jobs.temporary import temporary_name

_OS_ERROR = re.compile(r"\(os error (\d+)\)")
"""As libraries written in Rust end their message."""
FULL = (errno.ENOSPC, errno.EDQUOT)
READ_ONLY, DENIED = (errno.EROFS,), (errno.EACCES, errno.EPERM)
REFUSED = (*FULL, *READ_ONLY, *DENIED)
"""The errors by which a disk says that it takes nothing, whatever is written."""


def trouble(error: OSError) -> str:
    """The message for the user where the disk refuses: the reason, and what to do where it is full or read-only."""
    if error.errno in FULL:
        return "the disk is full: free some space"
    if error.errno in READ_ONLY:
        return f"the disk{_at(error)} is read-only: choose another, or make it writable"
    if error.errno in DENIED:
        return f"Loss Lab may not write or read there{_at(error)}: change the permissions"
    reason = str(error.strerror or error).removesuffix(".")
    return f"{reason}{f' ({_name(error)})' if error.filename else ''}"


def _at(error: OSError) -> str:
    return f" (“{_name(error)}”)" if error.filename else ""


def _name(error: OSError) -> str:
    """The last part of the path that an error names: the folders above it concern no visitor."""
    return visible(Path(os.fsdecode(error.filename)).name, LONGEST)


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file next to `path`, then put it in place in one step.

    Raises OSError where the disk refuses, also where a library such as safetensors reports that as an error of its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    place = path.parent / temporary_name(path.name)
    try:
        place.touch(0o600, exist_ok=False)
        write(place)
        os.chmod(place, 0o644)
        os.replace(place, path)
    except BaseException as error:
        place.unlink(missing_ok=True)
        reported = _OS_ERROR.search(str(error))
        if reported and not isinstance(error, OSError):
            code = int(reported[1])
            raise OSError(code, os.strerror(code), str(path)) from error
        raise


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))
