"""Two people sign in with a provider of accounts and see their own only; a teacher shares; who signs out is gone."""

import shutil

import pytest
from playwright.sync_api import expect

from engine import paths
from engine.jobs import user_scope
from engine.jobs.permissions import ANONYMOUS, MEDIA, OTHER, TEACHER, VISITOR
from engine.jobs.user_scope import Account
from pages.parts.server.visitor_cookie import COOKIE
from pages.parts.shared import account, share
from tests.browser import free_port, open_page, serve, wait_until_settled
from tests.oidc_provider import provide, secrets_toml
from tests.pages.shared.served_files import assert_cell, files_of, image_on

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider():
    with provide() as provider:
        yield provider


@pytest.fixture(scope="module")
def school(provider, tmp_path_factory):
    """The app with sign-in, and a teacher."""
    folder, port = tmp_path_factory.mktemp("hosted"), free_port()
    secrets = folder / "secrets.toml"
    secrets.write_text(secrets_toml(provider, f"http://127.0.0.1:{port}", ("teacher@school.example",)))
    home = {name: str(folder / name.lower()) for name in ("DATA", "CACHE")}
    with serve(
        folder,
        folder / "runs",
        port=port,
        STREAMLIT_SECRETS_FILES=str(secrets),
        **{f"LOSS_LAB_{name}": place for name, place in home.items()},
    ) as server:
        yield server, folder


@pytest.fixture
def hosted(school):
    """The app of the school, where nobody keeps anything yet: nor does anybody at a second try."""
    server, folder = school
    for kept in ("data", "runs"):
        shutil.rmtree(folder / kept, ignore_errors=True)
    return server, folder


def signed_in(context, server, person, first="One_hot"):
    """A page of a browser of its own, in which a person has signed in by the real redirects."""
    page = context.new_page()
    open_page(page, server, first)
    page.get_by_role("button", name=account.SIGN_IN, exact=True).click()
    page.get_by_role("link", name=person, exact=True).click()
    expect(page.get_by_test_id("stSidebar").get_by_role("button", name=person.capitalize())).to_be_visible()
    wait_until_settled(page)
    return page


def role_of(page, person):
    page.get_by_test_id("stSidebar").get_by_role("button", name=person.capitalize()).click()
    text = page.get_by_test_id("stPopoverBody").inner_text()
    page.keyboard.press("Escape")
    return text


def test_two_people_have_folders_of_their_own_and_a_changed_cookie_signs_nobody_in(
    another_browser, provider, hosted
):
    server, folder = hosted
    ids = {name: Account(provider.url, sub).id for name, sub in (("anna", "1"), ("bert", "2"))}
    anna = signed_in(another_browser(), server, "anna")
    assert ids["anna"] in role_of(anna, "anna")
    open_page(anna, server, "Your_data")
    anna.get_by_role("button", name="Try it with the sample scenes").click()
    expect(anna.get_by_role("combobox", name="Dataset")).to_have_value("sample scenes")
    kept = folder / "data" / user_scope.VISITORS
    assert [place.name for place in kept.iterdir() if place.name in ids.values()] == [ids["anna"]]
    bert = signed_in(another_browser(), server, "bert")
    assert ids["bert"] in role_of(bert, "bert")
    open_page(bert, server, "Your_data?set=sample%20scenes")
    expect(bert.get_by_role("button", name="Try it with the sample scenes")).to_be_visible()
    cookies = {cookie["name"]: cookie for cookie in bert.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"] and cookies["_streamlit_user"]["sameSite"] == "Lax"
    assert cookies[COOKIE]["httpOnly"] and cookies[COOKIE]["sameSite"] == "Strict"
    image, anonymous = image_on(anna), another_browser()
    anonymous.request.get(f"{server.url}/_stcore/health")
    for context, role in ((anna.context, VISITOR), (bert.context, OTHER), (anonymous, ANONYMOUS)):
        assert_cell(context, MEDIA, role, image)
    change_cookie(anna)
    open_page(anna, server, "One_hot")
    expect(anna.get_by_role("button", name=account.SIGN_IN, exact=True)).to_be_visible()


def change_cookie(page):
    """Let the end of what signs a person in be another."""
    cookies = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user")]
    page.context.add_cookies([cookie | {"value": cookie["value"][:-4] + "0000"} for cookie in cookies])


def sign_out(carl, server):
    """Sign the teacher out: their cookie is gone, and the app is as for anybody."""
    carl.get_by_test_id("stSidebar").get_by_role("button", name="Carl").click()
    carl.get_by_role("button", name=account.SIGN_OUT).click()
    expect(carl.get_by_role("button", name=account.SIGN_IN, exact=True)).to_be_visible()
    assert "_streamlit_user" not in {cookie["name"] for cookie in carl.context.cookies()}
    open_page(carl, server, "Your_data")
    expect(carl.get_by_text(account.ONLY_SAMPLES)).to_be_visible()


def kept_by(page, person):
    """Open the dialog about what a person keeps."""
    page.get_by_test_id("stSidebar").get_by_role("button", name=person.capitalize()).click()
    page.get_by_role("button", name="What I keep", exact=True).click()
    dialog = page.get_by_role("dialog").filter(has_text="You use")
    expect(dialog).to_contain_text("Datasets and runs: ")
    return dialog


def test_a_teacher_shares_a_visitor_copies_and_everything_of_theirs_goes(another_browser, hosted):
    server, _ = hosted
    carl = signed_in(
        another_browser(), server, "carl", "Linear_regression"
    )  # none of its images is on One-hot
    assert "a teacher" in role_of(carl, "carl")
    open_page(carl, server, "Your_data")
    carl.get_by_role("button", name="Try it with the sample scenes").click()
    carl.get_by_role("button", name=share.EVERYBODY, exact=True).click()
    expect(carl.get_by_role("button", name=share.ENDS, exact=True)).to_be_visible()
    assert str(paths.ROOT) not in carl.get_by_test_id("stMainBlockContainer").inner_text()

    eve = signed_in(another_browser(), server, "eve")
    assert "a teacher" not in role_of(eve, "eve"), "nobody but the named address teaches, once it is verified"
    open_page(eve, server, "One_hot")
    for thing, address in files_of(eve).items():
        assert_cell(eve.context, thing, VISITOR, address)
        assert_cell(carl.context, thing, TEACHER, address)
    assert_cell(eve.context, MEDIA, OTHER, image_on(carl))  # although he shares its dataset
    open_page(eve, server, "Your_data")
    chosen = eve.get_by_role("combobox", name="Dataset")
    expect(chosen).to_have_value("sample scenes (shared by your teacher)")
    expect(eve.get_by_role("button", name=share.EVERYBODY, exact=True)).to_have_count(0)
    eve.get_by_role("button", name=share.COPY, exact=True).click()
    expect(chosen).to_have_value("sample scenes")
    wait_until_settled(eve)
    dialog = kept_by(eve, "eve")
    expect(dialog).to_contain_text("Datasets and runs: 1 of 100.")
    delete = dialog.get_by_role("button", name="Delete for good")
    expect(delete).to_be_disabled()
    dialog.get_by_text("Delete everything of mine").click()
    delete.click()
    expect(eve.get_by_text(account.DELETED)).to_be_visible()
    expect(chosen).to_have_value("sample scenes (shared by your teacher)")

    open_page(carl, server, "Your_data")
    carl.get_by_role("button", name=share.ENDS, exact=True).click()
    expect(carl.get_by_role("button", name=share.EVERYBODY, exact=True)).to_be_visible()
    open_page(eve, server, "Your_data")
    expect(eve.get_by_role("button", name="Try it with the sample scenes")).to_be_visible()
    sign_out(carl, server)
