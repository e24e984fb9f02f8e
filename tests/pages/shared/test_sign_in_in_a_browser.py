"""Two people sign in with a provider of accounts and see their own only; without one, a visitor can be forgotten."""

import pytest
from playwright.sync_api import expect

from engine import paths
from engine.jobs import user_scope
from engine.jobs.user_scope import Account
from pages.parts.shared import account, share, visitor
from tests.browser import free_port, open_page, serve, wait_until_settled
from tests.oidc_provider import provide, secrets_toml

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider():
    with provide() as provider:
        yield provider


@pytest.fixture(scope="module")
def hosted(provider, tmp_path_factory):
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
        server_folder = folder
        yield server, server_folder


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    with serve(folder, folder / "runs", LOSS_LAB_PRIVATE="1", LOSS_LAB_DATA=str(folder / "data")) as server:
        yield server


def signed_in(browser, server, person):
    """A page of a browser of its own, in which a person has signed in by the real redirects."""
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    open_page(page, server, "One_hot")
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


def test_two_people_have_folders_of_their_own(browser, provider, hosted):
    server, folder = hosted
    ids = {name: Account(provider.url, sub).id for name, sub in (("anna", "1"), ("bert", "2"))}
    anna = signed_in(browser, server, "anna")
    assert ids["anna"] in role_of(anna, "anna")
    open_page(anna, server, "Your_data")
    anna.get_by_role("button", name="Try it with the sample scenes").click()
    expect(anna.get_by_role("combobox", name="Dataset")).to_have_value("sample scenes", timeout=60_000)
    kept = folder / "data" / user_scope.VISITORS
    assert [place.name for place in kept.iterdir() if place.name in ids.values()] == [ids["anna"]]
    bert = signed_in(browser, server, "bert")
    assert ids["bert"] in role_of(bert, "bert")
    open_page(bert, server, "Your_data?set=sample%20scenes")
    expect(bert.get_by_role("button", name="Try it with the sample scenes")).to_be_visible()
    cookies = {cookie["name"]: cookie for cookie in bert.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"] and cookies["_streamlit_user"]["sameSite"] == "Lax"
    assert visitor.COOKIE not in cookies
    anna.context.close()
    bert.context.close()


def test_signing_out_ends_it_and_nobody_but_the_named_address_teaches(browser, hosted):
    server, _ = hosted
    carl, eve = signed_in(browser, server, "carl"), signed_in(browser, server, "eve")
    assert "a teacher" in role_of(carl, "carl") and "a teacher" not in role_of(eve, "eve")
    carl.get_by_test_id("stSidebar").get_by_role("button", name="Carl").click()
    carl.get_by_role("button", name=account.SIGN_OUT).click()
    expect(carl.get_by_role("button", name=account.SIGN_IN, exact=True)).to_be_visible()
    assert "_streamlit_user" not in {cookie["name"] for cookie in carl.context.cookies()}
    open_page(carl, server, "Your_data")
    expect(carl.get_by_text(account.ONLY_SAMPLES)).to_be_visible()
    carl.context.close()
    eve.context.close()


def test_a_cookie_that_was_changed_signs_nobody_in(browser, hosted):
    server, _ = hosted
    page = signed_in(browser, server, "anna")
    cookies = [cookie for cookie in page.context.cookies() if cookie["name"].startswith("_streamlit_user")]
    page.context.add_cookies([cookie | {"value": cookie["value"][:-4] + "0000"} for cookie in cookies])
    open_page(page, server, "One_hot")
    expect(page.get_by_role("button", name=account.SIGN_IN, exact=True)).to_be_visible()
    page.context.close()


def kept_by(page, person):
    """Open the dialog about what a person keeps."""
    page.get_by_test_id("stSidebar").get_by_role("button", name=person.capitalize()).click()
    page.get_by_role("button", name="What I keep", exact=True).click()
    dialog = page.get_by_role("dialog").filter(has_text="You use")
    expect(dialog).to_contain_text("Datasets and runs: ")
    return dialog


def test_a_teacher_shares_a_visitor_copies_and_everything_of_theirs_goes(browser, hosted):
    server, _ = hosted
    carl = signed_in(browser, server, "carl")
    open_page(carl, server, "Your_data")
    carl.get_by_role("button", name="Try it with the sample scenes").click()
    carl.get_by_role("button", name=share.EVERYBODY, exact=True).click(timeout=60_000)
    expect(carl.get_by_role("button", name=share.ENDS, exact=True)).to_be_visible()
    assert str(paths.ROOT) not in carl.get_by_test_id("stMainBlockContainer").inner_text()

    eve = signed_in(browser, server, "eve")
    open_page(eve, server, "Your_data")
    chosen = eve.get_by_role("combobox", name="Dataset")
    expect(chosen).to_have_value("sample scenes (shared by your teacher)")
    expect(eve.get_by_role("button", name=share.EVERYBODY, exact=True)).to_have_count(0)
    eve.get_by_role("button", name=share.COPY, exact=True).click()
    expect(chosen).to_have_value("sample scenes", timeout=60_000)
    wait_until_settled(eve)
    dialog = kept_by(eve, "eve")
    expect(dialog).to_contain_text("Datasets and runs: 1 of 100.")
    delete = dialog.get_by_role("button", name="Delete for good")
    expect(delete).to_be_disabled()
    dialog.get_by_text("Delete everything of mine").click()
    delete.click()
    expect(eve.get_by_text(account.DELETED)).to_be_visible()
    expect(chosen).to_have_value("sample scenes (shared by your teacher)", timeout=60_000)

    open_page(carl, server, "Your_data")
    carl.get_by_role("button", name=share.ENDS, exact=True).click()
    expect(carl.get_by_role("button", name=share.EVERYBODY, exact=True)).to_be_visible()
    open_page(eve, server, "Your_data")
    expect(eve.get_by_role("button", name="Try it with the sample scenes")).to_be_visible()
    carl.context.close()
    eve.context.close()


def test_a_visitor_can_be_forgotten(browser, private):
    context = browser.new_context()
    page = context.new_page()
    open_page(page, private, "One_hot")

    def secret():
        page.wait_for_function(f"() => document.cookie.includes('{visitor.COOKIE}=')")
        return {cookie["name"]: cookie for cookie in context.cookies()}[visitor.COOKIE]

    first = secret()
    assert first["sameSite"] == "Strict" and not first["httpOnly"]
    page.get_by_role("button", name="This browser").click()
    page.get_by_role("button", name=account.FORGET).click()
    page.wait_for_function(f"() => !document.cookie.includes('{first['value']}')")
    open_page(page, private, "One_hot")
    assert user_scope.is_secret(secret()["value"]) and secret()["value"] != first["value"]
    context.close()
