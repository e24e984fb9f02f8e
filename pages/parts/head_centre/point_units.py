"""Lesson 5, how a place in pixels becomes two numbers from -1 to 1, and what `y_range` does to them."""

import math

import streamlit as st

from engine.functional.coordinates import to_unit
from engine.plots.point_units import error_under_the_lens, point_in_both_units
from engine.plots.signed import signed
from engine.plots.y_range import descent_race, range_curve, range_slope
from pages.parts.head_centre import exercises
from pages.parts.shared import charts
from pages.parts.shared.lesson import LESSONS, tasks

LOSSES = (0.05, 0.01, 0.005, 0.001, 0.0005, 0.0001, 0.000036)


@st.fragment
def scaling(frame_wh: tuple[int, int], about_the_book: bool) -> None:
    """A point to move over a frame, in pixels and in units, with a loss drawn as an ellipse.

    `about_the_book` adds what losses the book reached.
    """
    width, height = frame_wh
    key = "" if about_the_book else "photo_"
    charts_place = st.container()
    across, down, loss = st.columns(3, gap="large")
    x = across.slider("Across (px)", 0, width, width * 3 // 4, key=f"{key}unit_x", bind="query-params")
    y = down.slider("Down (px)", 0, height, height * 3 // 8, key=f"{key}unit_y", bind="query-params")
    mse = loss.select_slider(
        "Mean squared error (units)",
        LOSSES,
        0.0001,
        key="mse",
        bind="query-params",
        format_func="{:g}".format,
    )
    unit_x, unit_y = to_unit([x, y], frame_wh)
    root = math.sqrt(mse)
    across.markdown(f"2 · {x} / {width} − 1 = **{signed(unit_x, '+.3f')}**")
    down.markdown(f"2 · {y} / {height} − 1 = **{signed(unit_y, '+.3f')}**")
    loss.markdown(
        f"√{mse:g} = {root:.4f} units, and a unit is half a side: **{root * width / 2:.1f} px across, "
        f"{root * height / 2:.1f} px down**"
    )
    if about_the_book:
        st.caption(
            "The book (fastbook, chapter 6) calls a loss of 0.0001 typical. Its last epoch reached 0.000036 on the "
            "validation person."
        )
    tasks.show(LESSONS[5], exercises.unit_tasks((x, y), frame_wh), heading=None)
    image_side, lens = charts_place.columns(2, gap="large")
    with image_side:
        charts.show(point_in_both_units((x, y), frame_wh, mse), key="both_units")
    with lens:
        charts.show(error_under_the_lens((x, y), frame_wh, mse), key="lens")


@st.fragment
def y_range(width: int) -> None:
    """The curve that keeps predictions between -1 and 1, and how hard the edge of an image so wide is to reach."""
    left, right = st.columns(2)
    with left:
        chart = st.container()
        raw = st.slider("Raw output of the model", -8.0, 8.0, 3.0, 0.1, key="raw", bind="query-params")
        with chart:
            charts.show(range_curve(raw), key="range_curve")
        share = float(range_slope(raw, -1, 1) / range_slope(0, -1, 1))
        tasks.show(LESSONS[5], exercises.range_tasks(share), heading=None)
    with right:
        chart = st.container()
        from_edge = st.slider(
            f"Distance of the true point from the right edge (px, of {width})",
            0,
            width // 4,
            8,
            key="from_edge" if width == 640 else f"from_edge_{width}",
            bind="query-params",
        )
        target = float(to_unit([width - from_edge, 0], (width, 1))[0])
        with chart:
            charts.show(descent_race(target, width), key="descent_race")
