"""Page 9, import: what one reading of a dataset gives, with a few of its images."""

import streamlit as st

from engine.data.formats.reading_preview import ReadingPreview
from pages.parts.data import image_tiles
from pages.parts.shared.text import plain

MOST_PROBLEMS = 3


def show(reading: ReadingPreview, key: str) -> None:
    """The counts, the problems, and a few images with their labels or points."""
    if reading.form:
        st.markdown(f"{plain(reading.summary)} Task: **{reading.task}**.")
    for problem in reading.problems[:MOST_PROBLEMS]:
        st.warning(plain(problem), icon=":material/warning:")
    if len(reading.problems) > MOST_PROBLEMS:
        st.caption(f"And {len(reading.problems) - MOST_PROBLEMS:,} more problems.")
    if reading.form and not reading.there_count:
        st.warning("None of the images were found. Choose another image column.", icon=":material/warning:")
    image_tiles.show_rows(reading.folder, reading.examples, key=key)
