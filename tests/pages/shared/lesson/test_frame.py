"""Every lesson has its place in the registry, and its page begins and ends as all do."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine import paths
from pages.parts.shared.lesson import LESSONS, frame
from tests.lesson_data import open_page, point_app_at, texts, write_all

PAGES = {number: paths.ROOT / lesson.path for number, lesson in LESSONS.items()}


def _calls(file: Path, name: str) -> list[ast.Call]:
    tree = ast.parse(file.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


def test_the_registry_lists_the_six_lessons_in_order():
    assert list(LESSONS) == [1, 2, 3, 4, 5, 6]
    assert all(file.name.startswith(f"{number}_") for number, file in PAGES.items())
    assert all(file.exists() for file in PAGES.values())
    assert 35 <= sum(lesson.minutes for lesson in LESSONS.values()) <= 45


@pytest.mark.parametrize("number", LESSONS)
def test_a_lessons_code_is_short_and_names_no_path_of_a_server(number):
    for call in _calls(PAGES[number], "frame.code"):
        shown = max(
            (node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and str(node.value)),
            key=lambda value: len(str(value)),
        )
        assert len(shown.strip().splitlines()) <= frame.MOST_LINES
        assert "/home/" not in shown and str(paths.ROOT) not in shown


def test_a_lesson_states_its_goal_and_leads_to_the_next(tmp_path, monkeypatch):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    app = open_page("1_One_hot")
    assert not app.exception
    assert app.title[0].value == "1. One-hot"
    assert f"**Goal:** {LESSONS[1].goal}" in texts(app)
    links = [link.proto.label for link in app.get("page_link")]
    assert "Previous: Home" in links and "Next: 2. BCE and CE" in links
    assert [header.value for header in app.header][-1] == "Check yourself"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_notebook_is_offered_where_there_is_one(tmp_path, monkeypatch, is_there):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    notebooks = SimpleNamespace(notebook=lambda number: b"{}") if is_there else None
    monkeypatch.setattr(frame, "_notebooks", lambda: notebooks)
    app = open_page("1_One_hot")
    assert not app.exception
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == (["Open as notebook"] if is_there else [])
