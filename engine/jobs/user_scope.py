"""Whose datasets and runs are in use: everybody's, or, with `LOSS_LAB_PRIVATE=1`, each visitor's own only.

A person alone on a laptop expects to find everything again, whatever the browser: so sharing is the default. In private
mode each visitor has a secret, which only their browser keeps; folders are named after its hash, so that neither a URL
nor a listing reveals it.

A process works for a visitor when it serves pages (they call `set_user_provider`) or when one that does has started it
(`child_environment` sets `LOSS_LAB_VISITOR`). Any other process is the owner's: a command in a terminal, a notebook.
What `engine.jobs.access` allows depends on that.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeGuard

PRIVATE_VARIABLE, VISITOR_VARIABLE = "LOSS_LAB_PRIVATE", "LOSS_LAB_VISITOR"
VISITORS, NO_VISITOR = "visitors", "no-visitor"
_SECRET = re.compile(r"[0-9a-f]{32}")
_provider: list[Callable[[], str | None]] = []


def is_private() -> bool:
    """Whether each visitor sees only their own datasets and runs."""
    return os.environ.get(PRIVATE_VARIABLE, "").strip().casefold() in {"1", "true", "yes", "on"}


def is_restricted() -> bool:
    """Whether this process works for a visitor in private mode, known or not, rather than for the owner.

    `LOSS_LAB_VISITOR` restricts whatever it holds: an empty or malformed value is a visitor without files, not the
    owner.
    """
    return is_private() and bool(_provider or VISITOR_VARIABLE in os.environ)


def set_user_provider(secret: Callable[[], str | None]) -> None:
    """Set, once per process, the function that returns the secret of the visitor being served, or None."""
    _provider[:] = [secret]


def new_secret() -> str:
    """A secret that cannot be guessed: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def is_secret(text: object) -> TypeGuard[str]:
    """Whether a value, such as a cookie's, has the form of a secret."""
    return isinstance(text, str) and _SECRET.fullmatch(text) is not None


def current_user() -> str:
    """The folder name of the visitor being served: the hash of their secret, or `NO_VISITOR`."""
    secret = _provider[0]() if _provider else None
    if is_secret(secret):
        return hashlib.sha256(secret.encode()).hexdigest()[:32]
    inherited = os.environ.get(VISITOR_VARIABLE, "")
    return inherited if is_secret(inherited) else NO_VISITOR


def owner() -> str:
    """Whom this process works for: a visitor's folder name, or "" for the owner and while everything is shared."""
    return current_user() if is_restricted() else ""


def own_folder(folder: Path) -> Path:
    """The current visitor's part of a folder; the folder itself for the owner and while everything is shared."""
    return folder / VISITORS / current_user() if is_restricted() else folder


def child_environment() -> dict[str, str]:
    """The environment of a child process, so that it works for the same visitor, or for none."""
    return dict(os.environ) | ({VISITOR_VARIABLE: current_user()} if is_restricted() else {})
