"""Train on samples or your own images; watch, stop, resume, compare and export runs."""

import streamlit as st

from pages.parts.shared import page

page.begin(
    "Train",
    "Choose data and a recipe, then start. Each run ends with a verdict: does it beat the best constant "
    "prediction? You can close this page while it trains.",
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
    from pages.parts.shared import leftovers
    from pages.parts.train import book_data, form, sections

leftovers.sweep()
above = st.container()
config = form.show()
every = runs.all_runs()
book_data.show(every)
sections.show(every, config, above)

page.fastai_code(fastai_script.of_config(config or QUICK["multi-label"]))
