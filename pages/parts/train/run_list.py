"""All runs in one table that can be sorted and filtered, and renaming and deleting one's own."""

import functools
from collections.abc import Callable

import streamlit as st

from engine.jobs import user_scope
from engine.jobs.status import ACTIVE, STATES
from engine.plots.names import named
from engine.runs import Run, RunError, damaged
from engine.runs import table as runs_table
from engine.tasks import TASKS
from engine.training import launch
from pages.parts.shared import runs, share
from pages.parts.shared.text import plain
from pages.parts.train.start_run import WATCHED

WORTH_FILTERING = 3
"""So few runs need no filter."""

_FORMATS = {
    "seconds": "%.0f",
    runs_table.ERROR_REDUCTION: "%.3f",
    "accuracy": "%.4f",
    "most_frequent_accuracy": "%.4f",
    "accuracy_multi": "%.4f",
    "majority_accuracy": "%.4f",
    "mean_average_precision": "%.3f",
    "median_error_px": "%.1f",
    "median_error_percent_of_width": "%.1f",
    "mean_point_median_error_px": "%.1f",
}
_WIDTHS = {
    "state": 80,
    "task": 85,
    "data": 65,
    "loss": 80,
    "epochs": 60,
    "reached": 150,
    runs_table.BEST_CONSTANT: 105,
}
"""In pixels, so that all columns fit into a window of 1280; the first stays in view on phones."""

_HELP = {
    runs_table.ERROR_REDUCTION: "The share of the best constant prediction's errors that the run avoids: 1 is all."
}


def show(every: list[Run]) -> None:
    """What is damaged, the table, and below it what can be done with one's own runs."""
    _damaged()
    _table(every)
    own = {run.name: run for run in every if runs.is_own(run)}
    if not own:
        st.caption("You can rename and delete your own runs here, not the bundled ones.")
        return
    changes = "Rename, share or delete" if user_scope.teacher() else "Rename or delete"
    with st.expander(f"{changes} a run of yours"):
        run = own[st.selectbox("Run", list(own), key="train_which")]
        if run.state in ACTIVE:
            st.caption("It is still active: stop it first.")
            return
        _rename(run)
        _delete(run)
        share.run(run)


def _damaged() -> None:
    """Warn of damaged runs, each with a way to remove it."""
    for one in damaged.damaged():
        st.warning(plain(one.reason), icon=":material/warning:")
        label = f"Remove “{plain(one.title)}”"
        if st.button(label, icon=":material/delete:", key=f"train_remove_{one.folder.name}"):
            _change(one.folder.name, functools.partial(damaged.remove, one))


@st.fragment
def _table(every: list[Run]) -> None:
    shown = _filtered(every) if len(every) > WORTH_FILTERING else every
    if not shown:
        st.caption("No run matches. Clear a filter or the search.")
        return
    table = runs_table.table(shown)
    table["run"] = [runs.title(run) for run in shown]
    alike = [name for name in ("task", "state") if table[name].nunique() == 1]
    table = table.drop(columns=alike)
    columns = {name: st.column_config.Column(width=width) for name, width in _WIDTHS.items()} | {
        name: st.column_config.NumberColumn(named(name), format=form, help=_HELP.get(name), width=70)
        for name, form in _FORMATS.items()
    }
    columns["run"] = st.column_config.Column(width=150, pinned=True)
    st.dataframe(table, hide_index=True, key="train_table", column_config=columns, placeholder="")


def _filtered(every: list[Run]) -> list[Run]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        task = _choose(
            "runs_task", "Task", [task for task in TASKS if any(run.task == task for run in every)]
        )
        data = _choose("runs_data", "Data", sorted({runs_table.data_name(run) for run in every}))
        states = {run.state for run in every}
        state = _choose("runs_state", "State", [state for state in STATES if state in states])
        text = st.text_input(
            "Search", key="runs_search", bind="query-params", width=200, placeholder="name, loss, arch …",
            help="Finds runs whose name or settings contain every word.",
        )  # fmt: skip
    return runs_table.filtered(every, task, data, state, text)


def _choose(name: str, says: str, options: list[str]) -> str:
    """One of the options or any; the address keeps which."""
    chosen = st.selectbox(
        says, options, index=None, key=name, bind="query-params", placeholder="any", width=150
    )
    return chosen or runs_table.NO_CHOICE


def _rename(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("New name", run.name, key=f"train_new_name_{run.name}", width=260)
        if st.button("Rename", disabled=name.strip() == run.name):
            _change(run.name, lambda: launch.rename(run, name).name)


def _delete(run: Run) -> None:
    is_sure = st.checkbox("Delete it with its weights and metrics", key=f"train_sure_{run.name}")
    if st.button("Delete for good", icon=":material/delete:", disabled=not is_sure):
        _change(run.name, lambda: launch.delete(run))


def _change(changed: str, change: Callable[[], str | None]) -> None:
    try:
        name = change()
    except (RunError, OSError) as error:
        st.error(plain(error))
        return
    if st.query_params.get("run") == changed:
        st.query_params.pop("run") if name is None else st.query_params.update(run=name)
        st.session_state.pop(WATCHED, None)
    st.rerun()
