"""Page 10, a point: the given one and the one that is seen over the picture; a click moves the given one."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from streamlit_image_coordinates import streamlit_image_coordinates

from engine.images import open_image
from engine.overlays import with_points
from engine.review.sitting import Sitting
from pages.parts import review_list

WIDTH = 720


def show(sitting: Sitting, fname: str, decide: Callable[[tuple[float, float]], object]) -> None:
    """The picture with both points. Raises `ImageError` and OSError where it cannot be read."""
    row = sitting.ranking.table.iloc[sitting.place(fname)]
    now = sitting.subject.decisions.now.points.get(fname, (row.x, row.y))
    picture = open_image(review_list.file_of(sitting, fname))
    drawn = with_points(picture, truth_px=now, predicted_px=(row.seen_x, row.seen_y), width=WIDTH)
    key = f"review_click_{sitting.subject.key}_{fname}"
    clicked = streamlit_image_coordinates(
        drawn, key=key, width="stretch", image_format="JPEG", jpeg_quality=88, cursor="crosshair"
    )
    st.caption("The ring is the given point, the disc where unseen networks put it. Click to move the point.")
    if clicked and st.session_state.get(f"{key}_seen") != clicked["unix_time"]:
        st.session_state[f"{key}_seen"] = clicked["unix_time"]
        decide(place(clicked, (row.width, row.height)))
        st.rerun(scope="fragment")


def place(clicked: dict, size_wh: tuple[float, float]) -> tuple[float, float]:
    """Where a click on a shown picture is in the picture's own pixels, to a tenth and never outside it."""
    share = np.array([clicked["x"] / clicked["width"], clicked["y"] / clicked["height"]], float)
    x, y = np.clip(share, 0, 1) * np.asarray(size_wh, float)
    return round(float(x), 1), round(float(y), 1)


def inside(row) -> tuple[float, float]:
    """Where the point is seen, to a tenth of a pixel and never outside the picture."""
    x, y = np.clip([row.seen_x, row.seen_y], 0, [row.width, row.height])
    return round(float(x), 1), round(float(y), 1)
