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
    from pages.parts.train import chapter as train_chapter
    from pages.parts.train import compare as train_compare
    from pages.parts.train import export_bundle
    from pages.parts.train import form as train_form
    from pages.parts.train import runs as train_runs
    from pages.parts.train import start as train_start
    from pages.parts.train import watch as train_watch

config, is_ready = train_form.show()
train_start.offer(config if is_ready else None)
every = runs.all_runs()
train_chapter.show(every)

st.header("Watch a run")
watched = train_watch.show(every)

st.header("Export")
export_bundle.show(watched)
st.subheader("Import a run")
export_bundle.import_run()

st.header("All runs")
train_runs.show(every)
st.subheader("Compare")
train_compare.show(every)

page.fastai_code(fastai_script.of_config(config or QUICK["multi-label"]))
