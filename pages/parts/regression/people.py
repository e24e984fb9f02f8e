"""The people of lesson 4: kept in the session and in the address, with undo."""

import numpy as np
import streamlit as st

from engine.experiments import salary_data
from pages.parts.shared import address, drag_points

RANGES = (salary_data.EXPERIENCE_RANGE, salary_data.SALARY_RANGE)
_MOST_UNDOS = 50


def people() -> np.ndarray:
    """The points `(N, 2)` as they are now: years of experience and salary in thousand €."""
    if "people" not in st.session_state:
        shared = from_text(st.query_params.get("people", ""))
        st.session_state["people"] = salary_data.sample() if shared is None else shared
        st.session_state["people_before"], st.session_state["people_gesture"] = [], None
    address.remember("people", to_text(st.session_state["people"]), to_text(salary_data.sample()))
    return st.session_state["people"]


def change(points: np.ndarray, gesture=None) -> None:
    """Put other points in their place; changes of one gesture are undone together."""
    before = st.session_state["people_before"]
    if gesture is None or gesture != st.session_state["people_gesture"]:
        before.append(st.session_state["people"])
        del before[:-_MOST_UNDOS]
    st.session_state["people_gesture"] = gesture
    _put(points)


def can_undo() -> bool:
    """Whether there is something to take back."""
    return bool(st.session_state["people_before"])


def undo() -> None:
    """Take the last gesture back."""
    if can_undo():
        _put(st.session_state["people_before"].pop())
        st.session_state["people_gesture"] = None


def reset() -> None:
    """Put the sample back; this too can be undone."""
    change(salary_data.sample())


def version() -> int:
    """A number that changes with the points."""
    return st.session_state.get("people_version", 0)


def to_text(points: np.ndarray) -> str:
    """Points as they stand in the address: `0.5~31_1~37`."""
    return "_".join(f"{x:g}~{y:g}" for x, y in points)


def from_text(text: str) -> np.ndarray | None:
    """Read points from the address, held inside the chart; None where it is no such text."""
    try:
        pairs = [[float(number) for number in pair.split("~")] for pair in text[:1000].split("_")]
        points = np.array(pairs)
    except ValueError:
        return None
    return drag_points.held(points, *RANGES)


def _put(points: np.ndarray) -> None:
    st.session_state["people"] = points
    st.session_state["people_version"] = version() + 1
