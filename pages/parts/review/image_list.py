"""Page 10, the list: every image that looks wrong or was decided, small; one press leads there."""

import base64
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from engine import tasks
from engine.data.formats.phrases import counted
from engine.experiments.label_review.session import WORDS, ReviewSession
from engine.images import ImageError
from pages.parts.shared import streamlit_internals, thumbnails

MOST = 60
MORE = 10
_SIDE = 96


def show(session: ReviewSession, fname: str, go_to: Callable[[str], None]) -> None:
    """A table of what comes first; choosing a row leads to its image."""
    rows = listed(session)
    title = f"{counted(len(rows), 'image')}: the most doubtful, and your decisions"
    with st.expander(title, key="review_table"):
        chosen = st.dataframe(
            _table(session, rows),
            hide_index=True,
            row_height=64,
            on_select="rerun",
            selection_mode="single-row",
            key=f"review_list_{session.subject.key}",
            column_config={
                "image": st.column_config.ImageColumn(width="small"),
                "file": st.column_config.TextColumn(width="medium"),
            },
        )
        picked = chosen.selection.rows
        is_new = picked and st.session_state.get("review_picked") != (picked[0], len(rows))
        if is_new and rows[picked[0]] != fname:
            st.session_state["review_picked"] = (picked[0], len(rows))
            go_to(rows[picked[0]])
            streamlit_internals.rerun_fragment()


def listed(session: ReviewSession) -> list[str]:
    """At most 60 that look wrong, a few more included, and all that were decided, in the order of doubt."""
    first = {*session.fnames[: min(MOST, len(session.doubtful) + MORE)], *session.decided}
    return [fname for fname in session.fnames if fname in first]


def file_of(session: ReviewSession, fname: str) -> Path:
    """Where the image lies."""
    return session.folder / fname


def _table(session: ReviewSession, rows: list[str]) -> pd.DataFrame:
    table = session.ranking.table.set_index("fname").loc[rows]
    shown = {
        "image": [_small(file_of(session, fname)) for fname in rows],
        "decided": [_word(session, fname) for fname in rows],
    }
    if tasks.get(session.ranking.task).has_labels:
        shown |= {
            shown_as: [", ".join(cell) for cell in table[name]]
            for shown_as, name in (("labelled", "given"), ("predicted", "seen"))
        }
    else:
        shown["times the usual spread"] = [f"{doubt:.1f}" for doubt in table["doubt"]]
    return pd.DataFrame(shown | {"file": rows})


def _word(session: ReviewSession, fname: str) -> str:
    decision = session.decided.get(fname)
    return WORDS[decision.kind] if decision else ""


def _small(file: Path) -> str | None:
    try:
        return "data:image/jpeg;base64," + base64.b64encode(thumbnails.jpeg(file, _SIDE)).decode()
    except (ImageError, OSError):
        return None
