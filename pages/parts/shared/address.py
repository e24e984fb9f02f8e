"""What the page's address remembers where a widget cannot bind itself to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from pages.parts.shared import streamlit_internals

NONE = "none"
"""Stands in the address where several may be chosen and none is; never the name of an option."""


def drop_empty() -> None:
    """Take the names without a value out of the address, before any widget reads it.

    A widget that binds itself takes an empty text for no choice at all, even where one is required.
    """
    empty = [name for name, value in st.query_params.items() if not value]
    streamlit_internals.forget_parameters(
        name for name in empty if name not in st.session_state or streamlit_internals.came_by_history()
    )


def recall(name: str, allowed: list[str], default: str) -> str:
    """The value of `name` in the address, or `default` where it is absent or not among `allowed`."""
    value = st.query_params.get(name, default)
    return value if value in allowed else default


def remember(name: str, value: str, default: str) -> None:
    """Write `value` into the address; the default leaves the address clean."""
    if value == default:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


@contextmanager
def following_links(name: str, allowed: Sequence[str]) -> Iterator[int]:
    """Let the bound widget `name`, made inside the block, take a value from a link to the page that is open.

    The block gets the number of links that were followed so far.

    Streamlit 1.67 keeps what such a widget holds when a link on its own page changes the address. The address counts
    where it has changed and the widget has not.
    """
    kept, followed = f"{name}_of_last_run", f"{name}_followed"
    before = st.session_state.get(kept)
    now = st.query_params.get(name), st.session_state.get(name)
    if before is not None and now[0] != before[0] and now[1] == before[1] and now[0] in allowed:
        st.session_state[name] = now[0]
        st.session_state[followed] = st.session_state.get(followed, 0) + 1
    yield st.session_state.get(followed, 0)
    st.session_state[kept] = st.query_params.get(name), st.session_state.get(name)


def recall_several(name: str, allowed: tuple[str, ...], default: list[str]) -> list[str]:
    """The comma-separated values of `name` in the address that are allowed."""
    if name not in st.query_params:
        return default
    values = ",".join(st.query_params.get_all(name)).split(",")
    return [value for value in allowed if value in values]


def remember_several(name: str, values: list[str], default: list[str]) -> None:
    """Write the values into the address, separated by commas, or `NONE`; the default leaves the address clean."""
    remember(name, ",".join(values) or NONE, ",".join(default) or NONE)


def pills(label: str, options: Sequence[str], default: Sequence[str], name: str) -> list[str]:
    """Pills of which several, or none, are pressed, in the order of the options.

    A widget that binds itself would lose from the address that none is pressed, once the page itself has set that.
    """
    if name not in st.session_state or streamlit_internals.came_by_history():
        st.session_state[name] = recall_several(name, tuple(options), list(default))
    pressed = st.pills(label, options, selection_mode="multi", key=name, wrap=True)
    pressed = [option for option in options if option in pressed]
    remember_several(name, pressed, [option for option in options if option in default])
    return pressed
