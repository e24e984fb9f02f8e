"""Pages in private mode: links of every kind show what the visitor may see and the same sentence for all else."""

import pytest
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.jobs import access, user_scope
from engine.jobs.access import REFUSED
from pages.parts.shared import visitor
from tests.jobs.two_visitors import ANNA, BERT, SECRET, own_set

NEVER = (SECRET, "root:x", "set of a", "run of a")
LINKS = {"9_Your_data": "set", "10_Label_review": "data", "3_Threshold": "run"}


@pytest.fixture
def foreign(foreign):
    """The same paths; who is served is who the page's session says."""
    user_scope.set_user_provider(visitor.secret)
    return foreign


def opened(page, who=BERT, **address):
    """The page as a visitor sees it who follows a link."""
    app = AppTest.from_file(str(paths.ROOT / "pages" / f"{page}.py"), default_timeout=120)
    app.session_state["visitor_secret"] = who
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app):
    """Its text, without the backslashes that keep Markdown out."""
    shown = (*app.markdown, *app.caption, *app.error, *app.info, *app.warning)
    return "\n".join(str(one.value) for one in shown).replace("\\", "")


@pytest.mark.parametrize(
    "kind", ["a folder", "a table", "passwd", "nothing", "up from the own", "NUL", "too long"]
)
def test_a_link_to_train_on_a_foreign_path_is_one_sentence(foreign, kind):
    app = opened("7_Train", task="single-label", data=foreign[kind])
    shown = said(app)
    assert shown.count(REFUSED) == 1 and f"cannot be trained on:**\n\n- {REFUSED}" in shown
    assert not [word for word in NEVER if word in shown]
    [start] = [button for button in app.button if button.label == "Start training"]
    assert start.disabled


def test_without_the_check_the_page_shows_what_is_there(foreign, monkeypatch):
    monkeypatch.setattr(access, "is_allowed", lambda path, to_write=False: True)
    shown = said(opened("7_Train", task="multi-label", data=foreign["a table"]))
    assert SECRET in shown and REFUSED not in shown.partition("The same in fastai")[0]


def test_what_one_visitor_saw_is_not_kept_for_the_next(foreign):
    """The same link, first opened by its owner: what was kept for her is not shown to him."""
    assert SECRET in said(opened("7_Train", ANNA, task="multi-label", data=foreign["her set"]))
    his = said(opened("7_Train", task="multi-label", data=foreign["her set"]))
    assert REFUSED in his and SECRET not in his


@pytest.mark.parametrize("page", LINKS)
def test_links_to_other_pages_show_nothing_foreign(foreign, page):
    for kind in ("a folder", "her run"):
        shown = said(opened(page, **{LINKS[page]: foreign[kind]}))
        assert not [word for word in NEVER if word in shown], kind


def test_the_own_set_stays_in_reach(foreign):
    own = own_set(BERT).folder
    user_scope.set_user_provider(visitor.secret)
    shown = said(opened("7_Train", task="multi-label", data=str(own)))
    assert "4 images for training and 2 for validation" in shown and REFUSED not in shown
    assert opened("9_Your_data").selectbox(key="set").options == ["set of b"]
