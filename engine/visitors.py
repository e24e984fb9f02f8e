"""Whose data sets are seen: everybody's, or, with `LOSS_LAB_PRIVATE=1`, each visitor's own only.

A person alone on a laptop expects to find everything again, whatever the browser: so sharing is the default. With the
switch on, each visitor has a secret, which only their browser keeps; folders are named after its hash, so that
neither an address nor a listing gives it away. Nobody without a secret sees anything.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

SWITCH, NAME = "LOSS_LAB_PRIVATE", "LOSS_LAB_VISITOR"
VISITORS, NOBODY = "visitors", "nobody"
_SECRET = re.compile(r"[0-9a-f]{32}")
_asked: list[Callable[[], str | None]] = []


def are_private() -> bool:
    """Whether each visitor sees only what they brought themselves."""
    return os.environ.get(SWITCH, "").strip().casefold() in {"1", "true", "yes", "on"}


def ask_by(secret: Callable[[], str | None]) -> None:
    """Say once for the process how the secret of the visitor who is served just now is found out."""
    _asked[:] = [secret]


def new_secret() -> str:
    """A secret that nobody can guess."""
    return secrets.token_hex(16)


def is_secret(text: object) -> bool:
    """Whether a text, such as a cookie's, can be a secret at all."""
    return isinstance(text, str) and _SECRET.fullmatch(text) is not None


def current() -> str:
    """The folder name of the visitor who is served just now: the hash of their secret, or "nobody"."""
    given = os.environ.get(NAME, "")
    if is_secret(given):
        return given
    secret = _asked[0]() if _asked else None
    return hashlib.sha256(secret.encode()).hexdigest()[:32] if is_secret(secret) else NOBODY


def own(folder: Path) -> Path:
    """Where in a folder the things of the present visitor lie: the folder itself while everything is shared."""
    return folder / VISITORS / current() if are_private() else folder


def may_read(path: Path, shelf: Path) -> bool:
    """Whether a path is the present visitor's to read: neither on the shelf of others, nor a folder around it."""
    if not are_private():
        return True
    path, shelf = path.resolve(), shelf.resolve()
    return not shelf.is_relative_to(path) and (
        not path.is_relative_to(shelf) or path.is_relative_to(own(shelf))
    )


def environment() -> Mapping[str, str]:
    """What a child process must be given so that it works for the present visitor."""
    return os.environ | ({NAME: current()} if are_private() and current() != NOBODY else {})
