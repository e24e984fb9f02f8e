"""Lesson 5, how a place in pixels becomes two numbers from -1 to 1, and what `y_range` does to them."""

import math

import streamlit as st

from engine.functional.coordinates import to_unit
from engine.plots.units import error_under_the_lens, point_in_both_units
from engine.plots.y_range import descent_race, range_curve
from pages.parts.shared import charts

FRAME = (640, 480)
LOSSES = (0.05, 0.01, 0.005, 0.001, 0.0005, 0.0001, 0.000036)


@st.fragment
def scaling() -> None:
    """A point to move over a frame of 640 x 480, in pixels and in units, with a loss drawn as an ellipse."""
    charts_place = st.container()
    across, down, loss = st.columns(3, gap="large")
    x = across.slider("Across (px)", 0, FRAME[0], 480, key="unit_x", bind="query-params")
    y = down.slider("Down (px)", 0, FRAME[1], 180, key="unit_y", bind="query-params")
    mse = loss.select_slider(
        "Mean squared error (units)",
        LOSSES,
        0.0001,
        key="mse",
        bind="query-params",
        format_func="{:g}".format,
    )
    unit_x, unit_y = to_unit([x, y], FRAME)
    root = math.sqrt(mse)
    across.markdown(f"2 · {x} / {FRAME[0]} − 1 = **{unit_x:+.3f}**")
    down.markdown(f"2 · {y} / {FRAME[1]} − 1 = **{unit_y:+.3f}**")
    loss.markdown(
        f"√{mse:g} = {root:.4f} units; a unit is half a side: **{root * FRAME[0] / 2:.1f} px across, "
        f"{root * FRAME[1] / 2:.1f} px down**"
    )
    st.caption(
        "0.0001 is what the book calls a typical loss; its last epoch reached 0.000036 on the validation person "
        "(fastbook, chapter 6)."
    )
    picture, lens = charts_place.columns(2, gap="large")
    with picture:
        charts.show(point_in_both_units((x, y), FRAME, mse), key="both_units")
    with lens:
        charts.show(error_under_the_lens((x, y), FRAME, mse), key="lens")


@st.fragment
def y_range() -> None:
    """The curve that keeps answers between -1 and 1, and how hard its edge is to reach."""
    left, right = st.columns(2)
    with left:
        chart = st.container()
        raw = st.slider("Raw output of the network", -8.0, 8.0, 3.0, 0.1, key="raw", bind="query-params")
        with chart:
            charts.show(range_curve(raw), key="range_curve")
    with right:
        chart = st.container()
        from_edge = st.slider(
            "True centre so many pixels from the right edge (of 640)",
            0,
            160,
            8,
            key="from_edge",
            bind="query-params",
        )
        target = float(to_unit([FRAME[0] - from_edge, 0], FRAME)[0])
        with chart:
            charts.show(descent_race(target, FRAME[0]), key="descent_race")
