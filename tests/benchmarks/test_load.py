"""The benchmark of a class: its arithmetic, and a visitor who uploads and presses buttons on a real server."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import load, load_report
from benchmarks.load import Measured
from benchmarks.processor_shares import ProcessorTimes
from benchmarks.session import VisitFailed
from benchmarks.visitor_session import visiting
from tests.browser import serve

_PAGE = """import streamlit as st
files = st.file_uploader("Files", accept_multiple_files=True, key="files")
st.text_input("Name", key="name")
kind = st.segmented_control("Kind", ["small", "large"], key="kind")
if st.button(f"Send {len(files)}"):
    st.session_state.sent = f"{[len(file.getvalue()) for file in files]} {kind}"
    st.rerun()
if "sent" in st.session_state:
    st.button(st.session_state.sent, key="told " + st.session_state.sent)
    st.button(st.context.cookies.get("loss_lab_visitor", ""), key="cookie " + st.context.cookies["loss_lab_visitor"])
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("load")
    (folder / "home.py").write_text(_PAGE)
    with serve(folder, folder, folder / "home.py") as server:
        yield server


def talk(scenario):
    with ThreadPoolExecutor(1) as apart:  # a browser of another test keeps a loop of its own in this thread
        return apart.submit(lambda: asyncio.run(scenario())).result()


def test_a_visitor_uploads_chooses_and_presses_with_a_cookie_of_their_own(server):
    secret = secrets.token_hex(16)

    async def scenario():
        async with visiting(server.url, secret) as session:
            await session.go("")
            await session.upload("files", [("a.jpg", b"12"), ("b.jpg", b"345")])
            await session.choose("kind", "large")
            await session.press("Send 2")
            return set(session.widgets)

    assert {"told [2, 3] large", f"cookie {secret}"} <= talk(scenario)


def test_a_widget_that_is_not_there_is_named_with_those_that_are(server):
    async def scenario():
        async with visiting(server.url, secrets.token_hex(16)) as session:
            await session.go("")
            await session.press("nothing")

    with pytest.raises(VisitFailed, match=r"no widget 'nothing', only Send 0, files, kind, name"):
        talk(scenario)


def test_the_report_compares_with_one_visitor_and_counts_errors():
    alone = Measured({"slider": [0.1] * 4})
    together = Measured(
        {"slider": [0.2] * 9 + [0.5], "label": [1.0]}, ["Timeout: x", "Timeout: x"], [(0, 900), (70, 800)]
    )
    said = load_report.text(alone, together, 30)
    assert (
        "slider   n =    10  p50     200 (   100)" in said
        and "label    n =     1  p50    1000 (     –)" in said
    )
    assert "errors: 2\n  2 times Timeout: x" in said and "each minute: 900 800" in said
    assert "most: 900 MB, aim 2500: met" in said and "processor" not in said


def test_the_report_says_what_an_action_costs_and_when_moves_were_slow():
    alone = Measured(processor={"slider": [0.01, 0.03], "page": [0.2]})
    together = Measured(sliders=[(1, 0.1), (2, 0.1), (61, 0.3)], times=ProcessorTimes(3, 2, 1, 8, 10))
    said = load_report.text(alone, together, 30)
    assert "processor time for one visitor, ms: page 200, slider 20" in said
    assert "slider p95 in each minute, ms: 100 300" in said and "processor: server 30%" in said


@pytest.mark.parametrize(("before", "most"), [("", 0), ("a", 1), ("ac", 1), ("aca", 2)])
def test_runs_that_begin_while_somebody_waits_are_counted_by_person(before, most):
    """The run of b came first and begins last."""
    runs = {f"{name}/{at}": {"queued": 0.0, "running": 1.0 + at} for at, name in enumerate(before)}
    runs["b/own"] = {"queued": 0.5, "running": 9.0}
    others = {folder: at for folder, at in runs.items() if folder[0] in "ab"}
    assert load_report.most_passed(runs) == most and load_report.most_passed(others) == before.count("a")
    assert (
        load_report.most_passed(
            {"b/1": {"queued": 0.0, "running": 1.0}, "b/2": {"queued": 0.0, "running": 2.0}}
        )
        == 0
    )


def test_photographs_differ(monkeypatch):
    made = load.photographs(3)
    assert len({content for _, content in made}) == 3 and all(name.endswith(".jpg") for name, _ in made)
