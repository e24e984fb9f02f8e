"""Labels and points that look wrong, one by one: keep, correct or drop them, and see what changes."""

import streamlit as st

from pages.parts.shared import page

page.begin(
    "Label review",
    "Find the labels and points that are probably wrong. You decide what to do about each one, and you can "
    "undo every decision.",
    terms=("label", "outlier", "validation split", "probability"),
)
with page.charts_loading():
    from pages.parts.review import code, effect_of_fixes, known_errors, one_image, start_review
    from pages.parts.shared import workflow

subject = start_review.choose()
if start_review.is_ready(subject):
    views = {"Review": one_image.show_subject, "Effect of your fixes": effect_of_fixes.show}
    if known_errors.are_known(subject):
        views["Check against known errors"] = known_errors.show
    view = st.segmented_control(
        "View", list(views), default="Review", required=True, key="review_view", bind="query-params"
    )
    views[view](subject)
workflow.show("Review", subject.entry)

page.fastai_code(code.shown(subject.task))
