"""What the page's address remembers where a widget cannot bind itself to it."""

import streamlit as st


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
