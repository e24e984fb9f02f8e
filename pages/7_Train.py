"""Train on samples or your own images; watch, stop, resume, compare and export runs."""

import streamlit as st

from pages.parts.shared import page

page.begin(
    "Train",
    "Choose data and a recipe, then start. Every run ends with a verdict: whether it beats the best "
    "constant prediction, and by how much. You can close this page while a run trains.",
    terms=(
        "run",
        "backbone",
        "fine-tuning",
        "epoch",
        "frozen epoch",
        "learning rate",
        "validation split",
        "baseline",
        "queue",
    ),
)
with page.charts_loading():
    from engine import runs
    from engine.export import fastai_script
    from engine.training.presets import QUICK
    from pages.parts.train import book_data, compare, export_bundle, form, run_list, run_progress, start_run

config, is_ready = form.show()
start_run.offer(config if is_ready else None)
every = runs.all_runs()
book_data.show(every)

st.header("Watch a run")
watched = run_progress.show(every)

st.header("Export")
export_bundle.show(watched)
st.subheader("Import a run")
export_bundle.import_run()

st.header("All runs")
run_list.show(every)
st.subheader("Compare")
compare.show(every)

page.fastai_code(fastai_script.of_config(config or QUICK["multi-label"]))
