"""The guard sees a fragment that writes outside of itself, on every page test; and lets all others be."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.fragment_guard import outside_writes


@pytest.fixture(autouse=True)
def _fragments_keep_to_themselves():
    """The scripts of this file break the rule on purpose."""


def passed_in() -> None:
    import streamlit as st

    @st.fragment
    def outer() -> None:
        inner(st.empty())

    @st.fragment
    def inner(place) -> None:
        place.html("<b>written outside</b>")

    outer()


def enclosed() -> None:
    import streamlit as st

    place = st.container()

    @st.fragment
    def show() -> None:
        with place:
            st.write("written outside")

    show()


def through_a_function() -> None:
    import streamlit as st

    column, _ = st.columns(2)

    def write(where) -> None:
        where.slider("written outside")

    st.fragment(write)(column)


def into_the_sidebar() -> None:
    import streamlit as st

    st.fragment(lambda: st.sidebar.write("written outside"))()


@pytest.mark.parametrize("script", [passed_in, enclosed, through_a_function, into_the_sidebar])
def test_a_write_outside_of_a_fragment_is_seen(script):
    with outside_writes() as places:
        assert not AppTest.from_function(script).run().exception
    assert len(places) == 1


def own_containers() -> None:
    import streamlit as st

    @st.fragment
    def outer() -> None:
        place, columns = st.empty(), st.columns(2)
        place.write("its own")
        with columns[0]:
            inner()

    @st.fragment
    def inner() -> None:
        with st.container():
            st.slider("its own")

    with st.container():
        outer()


def test_what_a_fragment_makes_itself_is_its_own():
    with outside_writes() as places:
        assert not AppTest.from_function(own_containers).run().exception
    assert places == []
