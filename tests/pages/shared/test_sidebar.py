"""The sidebar leads to every page, ticks complete lessons, and offers to forget them."""

from streamlit.testing.v1 import AppTest

from engine import paths
from pages.parts.shared import sidebar
from pages.parts.shared.lessons import LESSONS
from tests.lesson_data import APP, open_page, point_app_at, write_all


def _links(app) -> list[str]:
    return [link.proto.label for link in app.sidebar.get("page_link")]


def test_every_page_has_one_link():
    linked = [
        sidebar.HOME,
        *(lesson.path for lesson in LESSONS.values()),
        *(path for _, path in (*sidebar.WORKFLOW, *sidebar.MORE)),
    ]
    files = [str(file.relative_to(paths.ROOT)) for file in (paths.ROOT / "pages").glob("*.py")]
    assert sorted(linked) == sorted([sidebar.HOME, *files])


def test_complete_lessons_are_ticked_and_can_be_forgotten(tmp_path, monkeypatch):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["progress_marks"] = {"1.complete.all": 1}
    app.run()
    app.switch_page("pages/1_One_hot.py").run()
    assert "1. One-hot ✓" in _links(app) and "2. BCE and CE" in _links(app)
    app.button(key="forget_progress").click().run()
    assert "1. One-hot" in _links(app)
    assert "forget_progress" not in [button.key for button in app.button]


def test_a_presentation_goes_on_from_page_to_page(tmp_path, monkeypatch):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    app = open_page("1_One_hot", present="1")
    assert {link.proto.query_string for link in app.get("page_link")} == {"present=1"}
