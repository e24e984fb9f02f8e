"""A run as a fastai script: shown, and to download with the table that it reads."""

import streamlit as st

from engine.export import fastai_script
from engine.runs import Run, RunError, files
from pages.parts.shared import code
from pages.parts.shared.text import plain

NEAR = (
    "The same run in fastai alone: same images, order, start and phases. The metrics agree to about "
    "three digits, because a run rounds the weights that it saves."
)


def offer(run: Run) -> None:
    """The run's script in a fold, with a button to download it; one sentence where there is none yet."""
    with st.expander("As code", key="train_code"):
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
                help="What the script reads: names, labels or points, and the validation split.",
            )  # fmt: skip
        code.show(script)


@st.cache_data(max_entries=32, show_spinner=False)
def _script(folder: str, changed_ns: tuple[int, ...]) -> str:
    return fastai_script.of_run(Run(folder))


def _changed_ns(run: Run) -> tuple[int, ...]:
    sources = (run.folder / name for name in (files.PICTURES, files.CONFIG))
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in sources)
