"""Whose datasets and runs are in use: everybody's, or, in private mode, each visitor's own only.

A person alone on a laptop expects to find everything again, whatever the browser: so sharing is the default. Private
mode is on with `LOSS_LAB_PRIVATE=1`, and wherever people sign in (see `engine.jobs.hosting`). A visitor is then known
by a secret that only their browser keeps, or by their account; folders are named after a hash of either, so that
neither a URL nor a listing reveals it. Where people sign in a secret counts for nothing.

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
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from engine.jobs.hosting import hosting

PRIVATE_VARIABLE, VISITOR_VARIABLE = "LOSS_LAB_PRIVATE", "LOSS_LAB_VISITOR"
VISITORS, NO_VISITOR = "visitors", "no-visitor"
_SECRET = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Account:
    """Who signed in: the provider, its name for the person, and the e-mail address, "" unless it is verified."""

    issuer: str
    subject: str
    email: str = ""

    @property
    def id(self) -> str:
        """The folder name of the account; no secret of a visitor has the same."""
        return hashlib.sha256(f"account\0{self.issuer}\0{self.subject}".encode()).hexdigest()[:32]


_provider: list[Callable[[], str | Account | None]] = []


def is_private() -> bool:
    """Whether each visitor sees only their own datasets and runs."""
    asked = os.environ.get(PRIVATE_VARIABLE, "").strip().casefold() in {"1", "true", "yes", "on"}
    return asked or hosting().signs_in


def is_restricted() -> bool:
    """Whether this process works for a visitor in private mode, known or not, rather than for the owner.

    `LOSS_LAB_VISITOR` restricts whatever it holds: an empty or malformed value is a visitor without files, not the
    owner.
    """
    return is_private() and bool(_provider or VISITOR_VARIABLE in os.environ)


def set_user_provider(user: Callable[[], str | Account | None]) -> None:
    """Set, once per process, the function that returns the secret or account of the visitor being served, or None."""
    _provider[:] = [user]


def new_secret() -> str:
    """A secret that cannot be guessed: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def is_secret(text: object) -> TypeGuard[str]:
    """Whether a value, such as a cookie's, has the form of a secret."""
    return isinstance(text, str) and _SECRET.fullmatch(text) is not None


def current_user() -> str:
    """The folder name of the visitor being served: the hash of their secret or account, or `NO_VISITOR`."""
    user = _provider[0]() if _provider else None
    if isinstance(user, Account):
        return user.id
    if is_secret(user):
        return NO_VISITOR if hosting().signs_in else hashlib.sha256(user.encode()).hexdigest()[:32]
    inherited = os.environ.get(VISITOR_VARIABLE, "")
    return inherited if is_secret(inherited) else NO_VISITOR


def is_known() -> bool:
    """Whether there is a folder for what the present user makes: false for a visitor who has not signed in."""
    return not is_restricted() or current_user() != NO_VISITOR


def teacher() -> str:
    """How the configuration names the teacher being served: by e-mail address or account; "" for other people."""
    user = _provider[0]() if _provider else None
    if not isinstance(user, Account):
        return ""
    named = hosting()
    return next((name for name in (user.email.casefold(), user.id) if name and name in named.teachers), "")


def owner() -> str:
    """Whom this process works for: a visitor's folder name, or "" for the owner and while everything is shared."""
    return current_user() if is_restricted() else ""


def own_folder(folder: Path) -> Path:
    """The current visitor's part of a folder; the folder itself for the owner and while everything is shared."""
    return folder / VISITORS / current_user() if is_restricted() else folder


def child_environment() -> dict[str, str]:
    """The environment of a child process, so that it works for the same visitor, or for none."""
    return dict(os.environ) | ({VISITOR_VARIABLE: current_user()} if is_restricted() else {})
