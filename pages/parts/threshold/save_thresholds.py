"""Keeping chosen thresholds with the run, undoing that, and saying honestly what they are worth."""

import numpy as np
import streamlit as st

from engine.runs import Run, RunError, files
from pages.parts.shared import text

_SAID, _BEFORE, _CHANGED = "thresholds_said", "thresholds_before", "thresholds_changed"


def offer(run: Run, chosen: np.ndarray) -> None:
    """Buttons that save the thresholds with the run, undo the last save, or reset them."""
    if st.session_state.pop(_CHANGED, False):
        st.rerun()  # the tables outside of what a slider draws anew tell of the thresholds in use, too
    in_use = list(run.thresholds.values())
    with st.container(horizontal=True):
        st.button(
            "Use these thresholds",
            type="primary",
            disabled=np.allclose(in_use, chosen),
            on_click=_say,
            args=(_save, run, chosen),
        )
        if run.name in st.session_state.get(_BEFORE, {}):
            st.button("Undo the last save", on_click=_say, args=(_undo, run))
        if (run.folder / files.THRESHOLDS).exists():
            st.button(f"Back to {run.config.threshold:g} for every class", on_click=_say, args=(_reset, run))
    kind, says = st.session_state.pop(_SAID, ("caption", f"The model's own: {in_words(in_use, run.vocab)}."))
    getattr(st, kind)(says)


def in_words(thresholds: list[float], vocab: tuple[str, ...]) -> str:
    """Thresholds as people say them: one number where they are all alike."""
    if np.allclose(thresholds, thresholds[0]):
        return f"{thresholds[0]:.4g} for every class"
    return ", ".join(
        f"{text.plain(label)} {value:.3g}" for label, value in zip(vocab, thresholds, strict=True)
    )


def _say(action, *args) -> None:
    try:
        st.session_state[_SAID] = action(*args)
        st.session_state[_CHANGED] = True
    except (RunError, OSError) as error:
        st.session_state[_SAID] = ("error", str(error))


def _save(run: Run, chosen: np.ndarray) -> tuple[str, str]:
    before = run.thresholds
    run.save_thresholds(dict(zip(run.vocab, map(float, chosen), strict=True)))
    st.session_state.setdefault(_BEFORE, {})[run.name] = before
    where = f"`{run.folder.name}/thresholds.json`"
    return (
        "success",
        f"Saved in {where}, next to the weights. Every prediction of this run now uses them.",
    )


def _undo(run: Run) -> tuple[str, str]:
    run.save_thresholds(st.session_state[_BEFORE].pop(run.name))
    return "info", "The thresholds are as they were before the last save."


def _reset(run: Run) -> tuple[str, str]:
    run.reset_thresholds()
    st.session_state.get(_BEFORE, {}).pop(run.name, None)
    return (
        "info",
        f"Every class is back at {run.config.threshold:g}, as in the run's configuration.",
    )
