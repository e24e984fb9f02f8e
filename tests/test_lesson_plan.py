"""The links of the lesson plan lead to pages that exist, in states that they keep."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from engine import paths
from tests.browser import app_pages
from tests.lesson_data import open_page, point_app_at, write_all

PLAN = (paths.ROOT / "docs" / "lesson_plan.md").read_text("utf-8")
LINKS = sorted(set(re.findall(r"\]\(http://localhost:8501/([^)]*)\)", PLAN)))
DEFAULTS = {"z_horse": "-3", "focus": "bear"}
"""What the address leaves out, since the page begins so."""

WITH_STATE = [link for link in LINKS if "?" in link]


def test_the_plan_has_five_questions_and_links_to_every_lesson():
    assert re.findall(r"^(\d)\. ", PLAN, re.MULTILINE) == list("12345")
    assert {urlsplit(link).path for link in LINKS} == {
        "", "One_hot", "BCE_and_CE", "Threshold", "Linear_regression", "Head_centre", "Loss_race"
    }  # fmt: skip
    assert {urlsplit(link).path for link in LINKS} <= set(app_pages())


@pytest.mark.parametrize("link", WITH_STATE)
def test_a_link_with_a_state_opens_and_keeps_it(link, tmp_path, monkeypatch):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    address = urlsplit(link)
    state = dict(parse_qsl(address.query, keep_blank_values=True))
    page = open_page(app_pages()[address.path].stem, (1, 2, 3, 4), **state)
    assert not page.exception
    kept = dict(page.query_params)
    for name, value in state.items():
        assert _plain(kept.get(name, DEFAULTS.get(name))) == _plain(value), name


def _plain(value) -> str:
    return value[0] if isinstance(value, list) else value
