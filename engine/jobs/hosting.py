"""How the app is hosted: whether people sign in, who teaches, and how much each may keep.

The facts come from the environment first, then from Streamlit's `secrets.toml`, which also holds the provider of
accounts:

    [auth]                       # as `st.login` wants it; where it is there, everybody has to sign in
    [loss_lab]
    teachers = ["ada@school.example"]
    quota_mb = 2048
    quota_items = 100

`LOSS_LAB_TEACHERS` (separated by commas), `LOSS_LAB_QUOTA_MB` and `LOSS_LAB_QUOTA_ITEMS` override the second table.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from engine import paths

SECRETS_VARIABLE = "STREAMLIT_SECRETS_FILES"
TEACHERS_VARIABLE = "LOSS_LAB_TEACHERS"
QUOTA_MB_VARIABLE, QUOTA_ITEMS_VARIABLE = "LOSS_LAB_QUOTA_MB", "LOSS_LAB_QUOTA_ITEMS"
MB = 1024**2


class HostingError(ValueError):
    """A `secrets.toml` that cannot be used, in one sentence."""


@dataclass(frozen=True)
class Hosting:
    """`providers` names those with whom people sign in, "" for the only one; without any, there is no sign-in."""

    providers: tuple[str, ...] = ()
    teachers: frozenset[str] = frozenset()
    quota_bytes: int = 2048 * MB
    quota_items: int = 100

    @property
    def signs_in(self) -> bool:
        return bool(self.providers)


class FileState(NamedTuple):
    """A file that was read before need not be read again while this is the same."""

    path: str
    changed_ns: int
    size: int


def hosting() -> Hosting:
    """The facts as they are now. Raises `HostingError`, so that a typing error never opens the app to everybody."""
    given = tuple(
        os.environ.get(name) for name in (TEACHERS_VARIABLE, QUOTA_MB_VARIABLE, QUOTA_ITEMS_VARIABLE)
    )
    return _hosting(tuple(filter(None, map(_state, _files()))), given)


@lru_cache(maxsize=4)
def _hosting(files: tuple[FileState, ...], given: tuple[str | None, ...]) -> Hosting:
    """The facts of secrets files, of which the later ones count more, and of the values of the variables."""
    secrets: dict = {}
    for file in files:
        secrets |= _read(file.path)
    table = secrets.get("loss_lab", {})
    if not isinstance(table, dict):
        raise HostingError("secrets.toml has a loss_lab that is not a table: write it as [loss_lab].")
    usual, (teachers, megabytes, items) = Hosting(), given
    return Hosting(
        _providers(secrets.get("auth", {})),
        _teachers(table.get("teachers", []), teachers),
        _number(QUOTA_MB_VARIABLE, megabytes, table, "quota_mb", usual.quota_bytes // MB) * MB,
        _number(QUOTA_ITEMS_VARIABLE, items, table, "quota_items", usual.quota_items),
    )


def _providers(auth: object) -> tuple[str, ...]:
    """The names of the providers; [auth] itself is one where it has a client_id or names no other."""
    if not isinstance(auth, dict):
        raise HostingError("secrets.toml has an auth that is not a table: write it as [auth].")
    named = tuple(name for name, value in auth.items() if isinstance(value, dict) and "client_id" in value)
    return named if named and "client_id" not in auth else ("", *named) if auth else ()


def _teachers(listed: object, given: str | None) -> frozenset[str]:
    names = given.split(",") if given is not None else listed
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise HostingError(
            'secrets.toml needs teachers as a list of text: teachers = ["ada@school.example"].'
        )
    return frozenset(name.strip().casefold() for name in names if name.strip())


def _number(variable: str, value_given: str | None, table: dict, key: str, usual: int) -> int:
    """A whole number of at least 1; raises `HostingError` for anything else."""
    given = (value_given or "").strip()
    name, value = (variable, int(given) if given.isdecimal() else given) if given else (key, table.get(key))
    if value is None:
        return usual
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise HostingError(f"{name} is {value!r}: write a whole number of at least 1.")
    return value


def _files() -> list[str]:
    """Where Streamlit looks: for the person, then for the project, or where its variable says."""
    if given := os.environ.get(SECRETS_VARIABLE, "").split():
        return given
    return [
        os.path.join(folder, ".streamlit", "secrets.toml") for folder in (os.path.expanduser("~"), paths.ROOT)
    ]


def _state(path: str) -> FileState | None:
    """A file as it is now; None where there is none."""
    try:
        about = os.stat(path)
    except OSError:
        return None
    return FileState(path, about.st_mtime_ns, about.st_size)


def _read(file: str) -> dict:
    try:
        return tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HostingError(f"{Path(file).name} cannot be read: {error}") from error
