"""Validation pictures with the labels that pass the thresholds, and what became of each label."""

import numpy as np
import streamlit as st

from engine.label_changes import GAINED, KEPT, LOST, count_changes, label_changes, least_sure
from engine.runs import Predictions, Run
from pages.parts import label_chips, thumbnails

SHOWN = 10


def show(run: Run, said: Predictions, chosen: np.ndarray) -> None:
    """Show the least sure pictures with their labels at the chosen thresholds, against those now in use."""
    in_use = np.array(list(run.thresholds.values()), said.probs.dtype)
    before, now = said.probs > in_use, said.probs > chosen.astype(said.probs.dtype)
    st.markdown(_in_all(count_changes(before, now, said.targets)))
    st.html(label_chips.STYLE)
    with st.container(horizontal=True, gap="small"):
        for picture in least_sure(said.probs, SHOWN):
            with st.container(width=148, gap="xsmall"):
                _picture(run, said, picture, before[picture], now[picture])


def _picture(run: Run, said: Predictions, picture: int, before: np.ndarray, now: np.ndarray) -> None:
    path = run.picture(said.fnames[picture])
    if path.exists():
        st.image(thumbnails.padded(path), width="stretch", alt=path.name)
    else:
        st.caption("This picture is no longer where the run found it.")
    changes = label_changes(before, now, said.targets[picture])
    st.html(label_chips.chips(changes, said.vocab, said.probs[picture]))


def _in_all(counts: dict[str, tuple[int, int]]) -> str:
    (kept, kept_right), (gained, gained_right), (lost, lost_right) = (counts[k] for k in (KEPT, GAINED, LOST))
    return (
        f"In all pictures, against the thresholds now in use: **{kept} labels kept** ({kept - kept_right} wrong), "
        f"**{gained} gained** ({gained - gained_right} wrong), **{lost} lost** ({lost - lost_right} wrong to lose)."
    )
