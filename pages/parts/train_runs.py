"""All runs in one table, renaming and deleting one's own, and several runs compared."""

import streamlit as st

from engine import jobs, runs_table
from engine.figures import training as figures
from engine.runs import ACTIVE, Run, RunError
from pages.parts import charts, runs, tables
from pages.parts.text import plain
from pages.parts.train_start import WATCHED

BEST_FIRST = ("accuracy_multi", "accuracy", "valid_loss", "train_loss")


def show(every: list[Run]) -> None:
    """The table, and below it what can be done with one's own runs."""
    st.dataframe(runs_table.table(every), hide_index=True, key="train_table")
    own = {run.name: run for run in every if not runs.is_bundled(run)}
    if not own:
        st.caption("The bundled runs stay as they are. Your own can be renamed and deleted here.")
        return
    with st.expander("Rename or delete a run of yours"):
        run = own[st.selectbox("Which", list(own), key="train_which", required=True)]
        if run.state in ACTIVE:
            st.caption("It is at work: stop it first.")
            return
        _rename(run)
        _delete(run)


def _rename(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("New name", run.name, key=f"train_new_name_{run.name}", width=260)
        if st.button("Rename", disabled=name.strip() == run.name):
            _change(run, lambda: jobs.rename(run, name).name)


def _delete(run: Run) -> None:
    is_sure = st.checkbox("Delete it with its weights and figures", key=f"train_sure_{run.name}")
    if st.button("Delete for good", icon=":material/delete:", disabled=not is_sure):
        _change(run, lambda: jobs.delete(run))


def _change(run: Run, change) -> None:
    try:
        name = change()
    except (RunError, OSError) as error:
        st.error(plain(error))
        return
    if st.query_params.get("run") == run.name:
        st.query_params.pop("run") if name is None else st.query_params.update(run=name)
        st.session_state.pop(WATCHED, None)
    st.rerun()


def compare(every: list[Run]) -> None:
    """Choose two runs or more: their validation curves over each other, and what was asked differently."""
    with_history = {runs.title(run): run for run in every if not _history(run).empty}
    titles = st.multiselect("Runs to compare", list(with_history), key="compare", bind="query-params")
    if len(titles) < 2:
        st.caption("Choose two runs or more.")
        return
    chosen = {title: with_history[title] for title in titles}
    histories = {title: _history(run) for title, run in chosen.items()}
    shared = [name for name in BEST_FIRST if all(name in history for history in histories.values())]
    column = st.selectbox("Curve", shared, format_func=figures.named, key="train_curve", required=True)
    charts.show(figures.together(histories, column), key="together")
    if column.endswith("loss") and len({(run.task, run.config.loss) for run in chosen.values()}) > 1:
        st.caption("Different losses have different scales: compare their shapes, not their heights.")
    differs = runs_table.differences(list(chosen.values()))
    st.markdown("**What was asked differently**" if len(differs) else "They were asked for the same.")
    if len(differs):
        tables.show_rows(
            titles,
            {
                name: [str(cell) for cell in row]
                for name, row in zip(differs.index, differs.to_numpy(), strict=True)
            },
        )


def _history(run: Run):
    try:
        return run.history
    except RunError:
        return runs_table.pd.DataFrame()
