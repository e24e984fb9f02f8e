"""The kinds of fields of the form; each is kept under its name with a prefix, and has its reason as a tooltip."""

import streamlit as st

PREFIX = "train_"


def fill(values: dict) -> None:
    """Let the form hold these values from the next time its fields are made."""
    for name, value in values.items():
        st.session_state[PREFIX + name] = value


def value(name: str):
    """What a field holds."""
    return st.session_state[PREFIX + name]


def choose(name: str, label: str, options, reason: str, on_change=None, new: bool = False) -> str:
    """A list of `options`, which may map each to the words that people read; `new` lets people type others."""
    key, words = PREFIX + name, options if isinstance(options, dict) else {}
    options = tuple(options)
    if new:
        options = tuple(dict.fromkeys((*options, st.session_state.get(key) or options[0])))
    elif st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    extra = {"on_change": on_change} if on_change else {}
    st.selectbox(
        label, options, key=key, help=reason, accept_new_options=new,
        format_func=lambda option: words.get(option, option), **extra,
    )  # fmt: skip
    return st.session_state[key]


def number(name: str, label: str, reason: str, step: float = 1, shown: str | None = None):
    """A field for a number."""
    return st.number_input(label, step=step, format=shown, key=PREFIX + name, help=reason)


def tick(name: str, label: str, reason: str) -> bool:
    """A checkbox."""
    return st.checkbox(label, key=PREFIX + name, help=reason)
