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


def recall_several(name: str, allowed: tuple[str, ...], default: list[str]) -> list[str]:
    """The comma-separated values of `name` in the address that are allowed; an empty text means none."""
    if name not in st.query_params:
        return default
    said = st.query_params[name].split(",")
    return [value for value in allowed if value in said]


def remember_several(name: str, values: list[str], default: list[str]) -> None:
    """Write the values into the address, separated by commas; the default leaves the address clean."""
    remember(name, ",".join(values), ",".join(default))
