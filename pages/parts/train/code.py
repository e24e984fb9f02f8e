"""A run as a fastai script: shown, and to download with the table that it reads."""

import streamlit as st

from engine.export import fastai_script
from engine.runs import Run, RunError, files
from pages.parts.shared import code
from pages.parts.shared.text import plain

NEAR = (
    "From scratch, in fastai alone: the same pictures in the same order, the same start, the same phases. Its figures "
    "are the run's to about three digits: a run rounds its weights when it saves them, and computes in half precision "
    "where the hardware does."
)


def offer(run: Run) -> None:
    """The run's script in a fold, with a button to download it; one sentence where there is none yet."""
    with st.expander("As code"):
        try:
            script = _script(str(run.folder), _changed_ns(run))
        except (RunError, OSError) as error:
            st.caption(plain(error))
            return
        st.caption(NEAR)
        with st.container(horizontal=True):
            st.download_button(
                "Download the script", script, f"{run.name}.py", "text/x-python", on_click="ignore",
                icon=":material/download:", key=f"script_{run.folder}",
            )  # fmt: skip
            st.download_button(
                files.PICTURES, (run.folder / files.PICTURES).read_bytes(), files.PICTURES, "text/csv",
                on_click="ignore", icon=":material/table:", key=f"table_{run.folder}",
                help="What the script reads: names, labels or points, and which pictures are for validation.",
            )  # fmt: skip
        code.show(script)


@st.cache_data(max_entries=32, show_spinner=False)
def _script(folder: str, changed_ns: tuple[int, ...]) -> str:
    return fastai_script.of_run(Run(folder))


def _changed_ns(run: Run) -> tuple[int, ...]:
    sources = (run.folder / name for name in (files.PICTURES, files.CONFIG))
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in sources)
