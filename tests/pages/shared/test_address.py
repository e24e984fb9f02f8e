"""What the address says: names without a value are no choice, and no choice of several has a name of its own."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.browser import ROOT, app_pages

NAMES = sorted(
    {
        name
        for file in (ROOT / "pages").rglob("*.py")
        for name in re.findall(r'key="(\w+)"', file.read_text("utf-8"))
    }
)
PAGES = ["", "BCE_and_CE", "Head_centre", "Your_pictures"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", ["", "Drawings"])
def test_a_name_without_a_value_is_as_if_it_were_not_there(page, kind):
    app = AppTest.from_file(app_pages()[page], default_timeout=240)
    for name in NAMES:
        app.query_params[name] = ""
    if kind:
        app.query_params["kind"] = app.query_params["images"] = kind
    app.run()
    assert NAMES and not app.exception
    assert not [name for name, values in app.query_params.items() if not values]


def _chosen() -> None:
    import streamlit as st

    from pages.parts.shared import address

    st.write(address.pills("Losses", ["BCE", "CE"], ["BCE"], "losses"))


@pytest.mark.parametrize(
    "value, chosen", [(None, ["BCE"]), ("none", []), ("CE", ["CE"]), ("CE,x,BCE", ["BCE", "CE"])]
)
def test_several_are_read_from_the_address(value, chosen):
    app = AppTest.from_function(_chosen)
    if value is not None:
        app.query_params["losses"] = value
    app.run()
    assert app.button_group[0].value == chosen and not app.exception


def test_that_none_of_several_is_pressed_stays_in_the_address():
    app = AppTest.from_function(_chosen).run()
    app.button_group[0].set_value([]).run()
    assert app.query_params["losses"] == "none"
    app.button_group[0].set_value(["BCE"]).run()
    assert "losses" not in app.query_params
