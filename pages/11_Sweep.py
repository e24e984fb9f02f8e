"""Sweeps: many trials that differ in their settings, and an honest comparison of the best with the defaults."""

import streamlit as st

from pages.parts.shared import page

page.begin(
    "Sweep",
    "Try many settings, and see which ones matter. At the end, the best settings are compared with the "
    "defaults on images that no trial saw.",
    terms=("run", "learning rate", "validation split", "baseline", "epoch"),
)
with page.charts_loading():
    from pages.parts.sweep import code, form, watch

form.show()
st.divider()
watch.show()

page.fastai_code(code.CODE)
