"""The benchmark of many visitors: its arithmetic, and what it hears from a real server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import visitors
from benchmarks.session import Response, VisitFailed, visit
from benchmarks.visitors import LESSONS, RACE, Taken, Visitors
from tests.browser import app_pages, bare_page, serve

LABEL = "Frequency"
_FAILS = (
    "import streamlit as st\nvalue = st.slider('Risk', 0, 10, key='risk')\nassert value < 5, 'too much'\n"
)


def response(plot: float, end: float) -> Response:
    return Response(plot, end, 1000)


def test_twenty_visitors_are_spread_over_the_three_lessons():
    pages = [lesson.page for lesson in visitors.lessons_of(20)]
    assert sorted(pages.count(lesson.page) for lesson in LESSONS) == [6, 7, 7]
    assert set(pages) <= set(app_pages())


def test_a_slider_goes_to_and_fro_without_standing_still():
    places = visitors.to_and_fro(0, 1, 4)
    assert places == (0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25)
    for lesson in LESSONS:
        assert all(a != b for a, b in zip(lesson.places, lesson.places[1:] + lesson.places[:1], strict=True))


def test_no_two_visitors_of_the_race_see_the_same_races():
    crowd = Visitors("http://127.0.0.1:1", 1, 0)
    pairs = [next(crowd._races) for _ in range(30)]
    assert len(set(pairs)) == 30
    assert len(RACE.places) == 21


def test_plots_and_ends_are_told_apart_by_page_and_together():
    taken = Taken({"a": [response(1, 2), response(3, 4)], "b": [response(5, 6)]}, 10)
    assert taken.plots("a") == [1, 3]
    assert taken.plots() == [1, 3, 5]
    assert taken.ends("b") == [6]


def test_the_first_visitors_memory_is_nobody_elses():
    assert visitors.memory_of_each(100_000_000, 119_000_000, 20) == pytest.approx(1)


def test_the_report_sets_every_round_beside_one_visitor_alone(capsys):
    alone = Taken({"a": [response(0.1, 0.2)] * 4}, 2)
    visitors.report("crowd", Taken({"a": [response(0.25, 0.5)] * 8}, 2), alone)
    said = capsys.readouterr().out
    assert "4.0 moves a second" in said
    assert said.count("2.50 times") == 2
    assert "p95    250 (   500)" in said


def test_the_aim_is_that_of_the_page_that_suffers_most():
    alone = Taken({"a": [response(1, 1)], "b": [response(0.1, 1)]}, 1)
    crowd = Taken({"a": [response(1.5, 2)], "b": [response(0.4, 1)]}, 1)
    assert visitors.worst_ratio(crowd, alone) == pytest.approx(4)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare")
    script = bare_page(folder)
    (folder / "pages").mkdir()
    (folder / "pages" / "1_Fails.py").write_text(_FAILS)
    with serve(folder, folder, script) as server:
        yield server


def talk(server, page: str, *moves: tuple):
    async def answers():
        async with visit(server.url, page) as session:
            return [await session.open(), *[await session.move(*move) for move in moves]]

    with ThreadPoolExecutor(1) as apart:  # a browser of another test keeps a loop of its own in this thread
        return apart.submit(lambda: asyncio.run(answers())).result()


def test_a_visitor_hears_of_every_new_plot(bare):
    first, moved = talk(bare, "", (LABEL, 0.7))
    assert 0 < moved.plot_seconds <= moved.seconds
    assert moved.bytes > 2000, "200 points of a line come with every move"
    assert first.bytes > moved.bytes, "a move draws the fragment alone"


def test_a_slider_that_is_not_there_is_named_with_those_that_are(bare):
    with pytest.raises(VisitFailed, match=f"no slider 'volume', only {LABEL}"):
        talk(bare, "", ("volume", 1))


def test_a_page_that_fails_is_no_answer(bare):
    with pytest.raises(VisitFailed, match="too much"):
        talk(bare, "Fails", ("risk", 9))
