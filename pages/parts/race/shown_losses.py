"""Which losses race: at most three at first, the others by a press; the choice is in the page's address."""

from collections.abc import Sequence

import streamlit as st

from engine.experiments import loss_race
from engine.experiments.loss_race import Lane
from engine.tasks import MULTI_LABEL, POINTS
from pages.parts.shared import address

DEFAULT = {
    MULTI_LABEL: ("binary_cross_entropy", "cross_entropy", "focal"),
    POINTS: ("mean_squared_error in y_range", "mean_absolute_error in y_range", "huber in y_range"),
}
"""The names of the lanes that race at first."""


def choose(task: str, key: str) -> tuple[Lane, ...]:
    """The lanes that the visitor chose, in their order; where none is pressed, those of `DEFAULT`, which is said."""
    by_title = titled(loss_race.lanes(task))
    default = [title for title, lane in by_title.items() if lane.name in DEFAULT[task]]
    pressed = address.pills("Losses", list(by_title), default, key)
    if not pressed:
        st.caption("Choose at least one loss. Until then the first three race.")
    return tuple(by_title[title] for title in pressed or default)


def without(lanes: Sequence[Lane], loss: str) -> tuple[Lane, ...]:
    """The lanes but that of one loss; where no other is left, the first others of `DEFAULT`."""
    others = tuple(lane for lane in lanes if lane.name != loss)
    names = DEFAULT[MULTI_LABEL]
    default = tuple(lane for lane in loss_race.lanes(MULTI_LABEL) if lane.name in names)
    return others or tuple(lane for lane in default if lane.name != loss)


def titled(lanes: Sequence[Lane]) -> dict[str, Lane]:
    """Lanes by the names that their pills have."""
    return {lane.short: lane for lane in lanes}
