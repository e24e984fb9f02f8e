"""Which files the current user may use: the one check that every entry point passes.

The owner may use every file, and so may everybody while `LOSS_LAB_PRIVATE` is not set. A visitor in private mode may
read the bundled samples and runs, the downloaded datasets and what teachers share, and read and write their own folders
below data, runs and cache. A page without a secret or account may read the samples and bundled runs only. Object
storage is the owner's alone: the server's credentials open it. See `engine.jobs.user_scope` for who is who.

Whatever opens a dataset, a run or a file by its path calls `authorize` before it touches the file system, or `locate`
for a path that a visitor typed. File readers never ask: their callers have. A refusal is always the same sentence, and
a path is compared as text first, so neither the message nor the time shows whether a file exists.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from engine import paths
from engine.jobs import shares, user_scope

REFUSED = "This is not available to you: choose a sample, a download, or one of your own datasets or runs."
READ_ONLY = "It is shared by your teacher and stays as it is: make a copy of your own to change it."
LONGEST_PATH, LONGEST_NAME = 4095, 255
"""In bytes; longer ones fail on Linux only once they are opened, in other words."""


class AccessError(ValueError):
    """A file that the current user may not use; always the same sentence."""

    def __init__(self, sentence: str = REFUSED):
        self.problems = (sentence,)
        super().__init__(sentence)


def authorize(
    path: str | os.PathLike, error: type[Exception] = AccessError, *, to_write: bool = False
) -> Path:
    """The path, if the current user may use it; otherwise raises `error` with `REFUSED` or `READ_ONLY`.

    A relative path starts at the working directory, as for `open`. Links are followed before the decision.
    """
    if not is_allowed(path, to_write=to_write):
        raise error(READ_ONLY if to_write and is_allowed(path) and shares.is_of_another(path) else REFUSED)
    return Path(path)


def authorize_owner(error: type[Exception] = AccessError) -> None:
    """Raise `error` with `REFUSED` for visitors, who may not use what lies in no folder, such as object storage."""
    if user_scope.is_restricted():
        raise error(REFUSED)


def is_allowed(path: str | os.PathLike, *, to_write: bool = False) -> bool:
    """Whether the current user may read a path, or write to it. It need not exist."""
    if not user_scope.is_restricted():
        return True
    text = _as_text(path)
    if text is None or paths.storage_address(text):
        return False
    absolute = os.path.abspath(text)
    root = next((root for root in _roots(to_write) if _is_below(absolute, root)), None)
    try:
        if root is None and not any(_is_below(absolute, os.path.realpath(root)) for root in _roots(to_write)):
            return False
        target = _without_links(absolute)
        if target is None:
            return False
        if root is not None and _is_below(
            target, root
        ):  # no part of the target is a link, so none of the root is
            return True
        return any(_is_below(target, os.path.realpath(root)) for root in _roots(to_write))
    except (OSError, ValueError):
        return False


def locate(data: str, error: type[Exception] = AccessError) -> Path:
    """The folder or table that a user names: a download by its name, else a path. Raises `error` with `REFUSED`.

    For the owner `~` is the home folder and a relative path starts at the working directory, or else at the project's
    folder; for a visitor a relative path starts at the project's folder.
    """
    if data in paths.DOWNLOADS:
        return authorize(paths.download_folder(data), error)
    if not user_scope.is_restricted():
        return paths.given(data)
    return authorize(os.path.join(paths.ROOT, data), error)


def _roots(to_write: bool) -> Iterator[str]:
    """The folders that the current visitor may use with all that is below them, the likely ones first.

    They come one at a time: where a path lies below the first, the rest is not worked out. Pages ask very often.
    """
    if not to_write:
        yield str(paths.SAMPLE_DATA)
    user = user_scope.current_user()
    if user == user_scope.NO_VISITOR:
        return
    for folder in (paths.data_folder(), paths.runs_folder(), paths.cache_folder()):
        yield os.path.abspath(folder / user_scope.VISITORS / user)
    if not to_write:
        yield from map(os.path.abspath, shares.readable())
        yield from (os.path.abspath(paths.download_folder(name)) for name in paths.DOWNLOADS)


def _as_text(path: str | os.PathLike) -> str | None:
    """The path as text; None where no file system takes it."""
    try:
        text = os.fsdecode(path)
        encoded = os.fsencode(text)
    except (TypeError, ValueError):
        return None
    names = encoded.replace(b"\\", b"/").split(b"/")
    fits = len(encoded) <= LONGEST_PATH and max(map(len, names)) <= LONGEST_NAME
    return text if fits and b"\0" not in encoded else None


def _is_below(path: str, root: str) -> bool:
    """Whether an absolute path is a folder or lies in it, by their text alone."""
    path, root = os.path.normcase(path), os.path.normcase(root)
    return path == root or path.startswith(os.path.join(root, ""))


def _without_links(absolute: str) -> str | None:
    """A path with its links followed to the end; None where they go in circles. The path may lead to nothing yet."""
    try:
        return os.path.realpath(absolute, strict=True)
    except OSError:  # it is not there, or its links go in circles, which are then left in it
        target = os.path.realpath(absolute)
        return None if _holds_a_link(target) else target


def _holds_a_link(path: str) -> bool:
    """Whether a part of a path is a link."""
    while not os.path.islink(path):
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent
    return True
