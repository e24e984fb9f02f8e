"""The test of all controls can fail: on a page with a fault behind some of its controls it names just those."""

import shutil

import pytest

from tests.browser import ROOT, serve
from tests.browser_controls.controls import Control
from tests.browser_controls.tabs import Tabs
from tests.browser_controls.visit import Plan, Visits

pytestmark = pytest.mark.browser

PAGE = """
import streamlit as st

st.title("Faulty")


@st.fragment
def outer():
    place = st.empty()
    st.button("Rerun the outer fragment")
    inner(place)


@st.fragment
def inner(place):
    place.caption("written outside of its fragment")


outer()
if st.button("Raise"):
    raise ValueError("raised on purpose")
if st.button("Ask in vain"):
    st.html("<img src='/media/nothing.png'>")
if st.button("Two steps"):
    st.query_params["one"] = st.query_params.get("one", "") + "x"
    st.query_params["two"] = "x"
st.button("Greyed", disabled=True)
st.button("Fine")
with st.popover("Covers"):
    st.write("  \\n".join(["what follows"] * 6))
st.toggle("Fine as well")
with st.expander("Closed"):
    st.slider("Inside", 0, 10, 3)
    st.selectbox("One of", ["a", "b", "c"])
    if st.pills("Any of", ["x", "y"]) == "y":
        st.error("no exception")
"""


def test_just_the_controls_with_a_fault_are_named(tmp_path, visitors):
    """Several controls share a page at first, and are alone where that goes wrong: both ways are taken."""
    script = tmp_path / "faulty.py"
    script.write_text(PAGE, encoding="utf-8")
    shutil.copytree(ROOT / ".streamlit", tmp_path / ".streamlit")
    with serve(tmp_path, tmp_path / "runs", script) as server:
        plan = Plan(options=2, per_page=4)
        visits = Visits(server.url, "", plan, seed=0)
        visitors.run(visits.all)
        covered = Visits(server.url, "", plan, seed=0)

        async def below_a_popover(tabs: Tabs) -> None:
            async with tabs.one() as tab:
                await covered._alone(
                    tab, (Control("popover", "Covers", 0), Control("checkbox", "Fine as well", 0))
                )

        visitors.run(below_a_popover)
    assert covered.report.faults == []
    report = visits.report
    blamed = {fault.splitlines()[0] for fault in report.faults}
    faulty = ("Rerun the outer fragment", "Raise", "Ask in vain", "Two steps")
    assert blamed == {f"/: button “{name}”" for name in faulty}
    assert "StreamlitInvalidLayoutContextError" in "".join(report.faults)
    assert "makes 2 entries in the browser's history" in "".join(report.faults)
    assert "raised on purpose" in "".join(report.faults) and "nothing.png" in "".join(report.faults)
    assert [one.name for one in report.disabled] == ["Greyed"]
    operated = {path[-1].name for path in report.operated}
    fine = {"Fine", "Covers", "Fine as well", "Closed", "Inside", "One of", "Any of › x", "Any of › y"}
    assert operated == {*faulty, *fine}
