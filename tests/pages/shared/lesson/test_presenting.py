"""The presentation mode enlarges what is on a page, and steps through a lesson's states."""

import plotly.graph_objects as go
from streamlit.testing.v1 import AppTest

from pages.parts.shared import present_mode


def test_no_text_of_a_chart_is_too_small_and_the_figure_itself_is_left_alone():
    figure = go.Figure(go.Scatter(x=[1], y=[1], text="a", textfont={"size": 12}, marker={"size": 5}))
    figure.add_annotation(text="b", font={"size": 11})
    figure.update_layout(title={"text": "c", "font": {"size": 20}})
    large = present_mode.enlarge(figure)
    assert (
        large.data[0].textfont.size == large.layout.annotations[0].font.size == large.layout.font.size == 16
    )
    assert large.layout.title.font.size == 20 and large.data[0].marker.size == 5
    assert figure.data[0].textfont.size == 12


def _script() -> None:
    import streamlit as st

    from pages.parts.shared import present_mode
    from pages.parts.shared.lesson import presenting

    presenting.step_through([("start", {}), ("far", {"z": "3", "list": "a,b"})])
    st.text(str(present_mode.is_on()))


def _steps(**address: str) -> list:
    app = AppTest.from_function(_script)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert app.text[0].value == str(address.get("present") == "1")
    return [element for element in app.main if "component" in element.type or "bidi" in element.type]


def test_steps_are_there_in_the_presentation_mode_only():
    assert len(_steps()) == 0
    assert len(_steps(present="yes")) == 0
    assert len(_steps(present="1")) == 1
