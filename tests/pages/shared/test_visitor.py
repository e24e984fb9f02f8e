"""Whose page runs: the cookie counts most, a lost connection changes nothing, and a server has to look."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from engine.jobs import user_scope
from pages.parts.server import sessions
from pages.parts.server.own_files import MARK
from pages.parts.server.visitor_cookie import COOKIE
from pages.parts.shared import streamlit_internals, visitor

MINE, NEW = "a" * 32, "b" * 32


def script():
    import streamlit as st

    from pages.parts.shared import visitor

    visitor.begin()
    st.markdown(str(visitor.secret()))


@pytest.fixture
def connected(monkeypatch):
    """A page that a server shows in private mode; called with the headers and cookies of its connection."""
    monkeypatch.setenv(user_scope.PRIVATE_VARIABLE, "1")
    monkeypatch.setattr(sessions, "_browsers", {})
    monkeypatch.setattr(streamlit_internals, "is_on_a_server", lambda: True)
    monkeypatch.setattr(streamlit_internals, "session", lambda: "tab")

    def connect(headers, **cookies):
        monkeypatch.setattr(visitor.st, "context", SimpleNamespace(headers=headers, cookies=cookies))

    return connect


def test_the_cookie_says_whose_page_it_is_and_a_lost_connection_changes_nothing(connected):
    connected({MARK: "yes"}, **{COOKIE: MINE})
    app = AppTest.from_function(script).run()
    connected({})
    app.run()
    assert app.markdown[0].value == MINE and sessions.browser_of("tab") == MINE and len(app.warning) == 0
    connected({MARK: "yes"}, **{COOKIE: NEW})  # forgotten in another tab meanwhile
    app.run()
    assert app.markdown[0].value == NEW and sessions.browser_of("tab") == NEW


@pytest.mark.parametrize("cookies", [{}, {COOKIE: "../etc"}])
def test_without_a_cookie_a_visit_has_a_secret_of_its_own(connected, cookies):
    connected({MARK: "yes"}, **cookies)
    app = AppTest.from_function(script).run()
    assert user_scope.is_secret(first := app.markdown[0].value)
    assert app.run().markdown[0].value == first and sessions.browser_of("tab") is None
    assert [warning.value for warning in app.warning] == [visitor.NO_COOKIE]


def test_a_server_that_does_not_keep_visitors_apart_shows_no_page(connected):
    connected({"Host": "127.0.0.1"}, **{COOKIE: MINE})
    app = AppTest.from_function(script).run()
    assert [error.value for error in app.error] == [visitor.OTHER_SCRIPT] and len(app.markdown) == 0
