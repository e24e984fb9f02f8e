"""The page's address: a link to the page that is open reaches a bound widget, and a click on the widget stays."""

from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from pages.parts.shared import address

    with address.following_links("part", ("a", "b", "c")) as links:
        st.segmented_control(
            "Part", ["a", "b", "c"], default="a", key="part", required=True, bind="query-params"
        )
    st.caption(f"{links} links")


def _shown(app: AppTest) -> tuple[str, str]:
    assert not app.exception
    return app.session_state["part"], app.caption[0].value


def test_a_link_reaches_the_widget_and_a_click_stays():
    app = AppTest.from_function(script).run()
    assert _shown(app) == ("a", "0 links")
    app.query_params["part"] = "b"
    assert _shown(app.run()) == ("b", "1 links")
    app.segmented_control[0].set_value("c").run()
    assert _shown(app) == ("c", "1 links")
    assert _shown(app.run()) == ("c", "1 links")


def test_an_address_that_names_nothing_changes_nothing():
    app = AppTest.from_function(script).run()
    app.query_params["part"] = "x"
    assert _shown(app.run()) == ("a", "0 links")
