"""What a learner has done in the lessons: kept in the session and in the browser, never on the server.

A mark is a name such as "2.task.both" with a small number: the lesson, the kind of mark, and a key. Nothing that a
browser sends is trusted: other names, other values, and more than `MOST` marks are ignored.
"""

import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import streamlit as st

from pages.parts.shared.lessons import LESSONS

GUESS, TASK, CHECK, COMPLETE = "guess", "task", "check", "complete"
MOST = 200
_NAME = re.compile(r"[1-6]\.(guess|task|check|complete)\.[A-Za-z0-9_-]{1,32}")
_MARKS, _EXPECTED = "progress_marks", "progress_expected"
_SESSION, _LOADED, _FORGOTTEN = "progress_session", "progress_loaded", "progress_forgotten"
_READER: Final = "progress_reader"
_SCRIPT = Path(__file__).with_name("learner_progress.js").read_text(encoding="utf-8")
_STORAGE = st.components.v2.component("learner_progress", js=_SCRIPT)


def accepted(stored: Any) -> dict[str, int]:
    """The marks in what a browser sent; everything that is no mark is left out."""
    if not isinstance(stored, dict):
        return {}
    valid = [
        (name, value)
        for name, value in stored.items()
        if isinstance(name, str) and _NAME.fullmatch(name) and type(value) is int and -1 <= value <= 99
    ]
    return dict(valid[:MOST])


def get(number: int, kind: str, key: str) -> int | None:
    """The value of a mark, or None where the lesson has no such mark."""
    return _marks().get(f"{number}.{kind}.{key}")


def add(number: int, kind: str, key: str, value: int = 1) -> None:
    """Keep a mark; once everything that the lesson asks for is marked, the lesson is complete."""
    name = f"{number}.{kind}.{key}"
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a mark: its key takes letters, digits, - and _.")
    _marks()[name] = value
    if kind in (TASK, CHECK) and _is_everything_marked(number):
        _marks()[f"{number}.{COMPLETE}.all"] = 1


def begin(number: int) -> None:
    """Forget what the lesson asked for when it was last shown: another kind of image has other tasks."""
    st.session_state[_EXPECTED] = {number: set()}


def expect(number: int, kind: str, keys: Iterable[str]) -> None:
    """Note the tasks or questions that the lesson asks for."""
    expected = st.session_state.setdefault(_EXPECTED, {})
    expected.setdefault(number, set()).update(f"{number}.{kind}.{key}" for key in keys)


def is_complete(number: int) -> bool:
    """Whether all tasks of a lesson are done and all its questions got the right choice."""
    return get(number, COMPLETE, "all") is not None


def has_any() -> bool:
    """Whether there is anything to forget."""
    return bool(_marks())


def forget() -> None:
    """Remove all marks, here and in the browser."""
    _marks().clear()
    st.session_state[_FORGOTTEN] = st.session_state.get(_FORGOTTEN, 0) + 1


def load() -> None:
    """Read the browser's marks once per session, and keep it up to date; call it on each page."""
    _STORAGE(key=_READER, data=_data(wanted=_LOADED not in st.session_state), on_stored_change=_merge)


def save(key: str) -> None:
    """Let the browser keep what is new; call it in the fragment that adds marks. It shows nothing."""
    _STORAGE(key=f"progress_{key}", data=_data(wanted=False))


def _data(wanted: bool) -> dict:
    """What the browser needs; a session that began without a reload, after a restart of the server, is a new one."""
    return {
        "marks": dict(_marks()),
        "session": st.session_state.setdefault(_SESSION, secrets.token_hex(8)),
        "wanted": wanted,
        "forgotten": st.session_state.get(_FORGOTTEN, 0),
    }


def _merge() -> None:
    if _LOADED not in st.session_state:
        st.session_state[_LOADED] = True
        st.session_state[_MARKS] = accepted(st.session_state[_READER].get("stored")) | _marks()


def _marks() -> dict[str, int]:
    return st.session_state.setdefault(_MARKS, {})


def _is_everything_marked(number: int) -> bool:
    expected = st.session_state.get(_EXPECTED, {}).get(number, set())
    kinds = {name.split(".")[1] for name in expected}
    return kinds == {TASK, CHECK} and expected <= set(_marks()) and number in LESSONS
