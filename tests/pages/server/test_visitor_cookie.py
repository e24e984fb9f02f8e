"""A browser gets its secret from the server, once; a cookie that a browser holds back is never replaced."""

from functools import partial
from http.cookies import SimpleCookie

import pytest
from starlette.requests import Request

from engine.jobs import user_scope
from pages.parts.server import forget_visitor, private_mode, visitor_cookie
from pages.parts.server.visitor_cookie import COOKIE, HEALTH, VisitorCookie
from tests.pages.server.asgi import HOST, SECRET, ask

HERE, ELSEWHERE = f"https://{HOST}", "https://other.example.org"
HAS_COOKIE = {"cookie": f"_streamlit_xsrf=x; {COOKIE}={SECRET}"}


@pytest.fixture(autouse=True)
def _private(monkeypatch):
    monkeypatch.setenv(user_scope.PRIVATE_VARIABLE, "1")


def health(path=HEALTH, base="", **asked):
    return ask(partial(VisitorCookie, base=base), path, **asked)


def secret_in(reply):
    [cookie] = reply.cookies
    return SimpleCookie(cookie)[COOKIE].value


def test_a_new_browser_gets_a_secret_that_no_script_can_read():
    first, second = health(sec_fetch_site="same-origin"), health(sec_fetch_site="same-origin")
    assert user_scope.is_secret(secret_in(first)) and secret_in(first) != secret_in(second)
    about = SimpleCookie(first.cookies[0])[COOKIE]
    assert about["httponly"] and about["samesite"] == "Strict" and about["path"] == "/"
    assert int(about["max-age"]) == visitor_cookie.DAYS * 24 * 60 * 60
    assert not about["secure"], "a browser drops a secure cookie of a page that came without HTTPS"


@pytest.mark.parametrize(
    "asked", [{"scheme": "https"}, {"x_forwarded_proto": "https"}, {"x_forwarded_proto": "https, http"}]
)
def test_the_cookie_is_secure_over_https_and_behind_a_proxy(asked):
    assert health(**asked).cookies[0].endswith("; Secure")


def test_a_secret_is_kept_and_its_cookie_renewed():
    assert secret_in(health(**HAS_COOKIE)) == SECRET


@pytest.mark.parametrize("value", ["", "a" * 31, "A" * 32, f"{SECRET}x", "../../etc"])
def test_what_is_no_secret_is_replaced(value):
    assert user_scope.is_secret(secret_in(health(cookie=f"{COOKIE}={value}")))


@pytest.mark.parametrize(
    "asked",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"accept": "text/html,application/xhtml+xml"},
        {"referer": f"{ELSEWHERE}/page"},
        {"origin": ELSEWHERE},
        {"origin": "null"},
    ],
)
def test_a_browser_that_may_hold_its_cookie_back_gets_none(asked):
    reply = health(**asked)
    assert reply.status == 200 and reply.cookies == []


@pytest.mark.parametrize("asked", [{"referer": f"{HERE}/One_hot"}, {"accept": "*/*"}, {}])
def test_browsers_that_do_not_say_where_they_come_from_get_one(asked):
    assert len(health(**asked).cookies) == 1


def test_nothing_else_sets_it(monkeypatch):
    assert health("/").cookies == health("/_stcore/host-config").cookies == []
    assert health(base="/lab").cookies == [] and len(health(f"/lab{HEALTH}", base="/lab").cookies) == 1
    assert health(method="POST").cookies == [] and health(kind="websocket").cookies == []
    monkeypatch.delenv(user_scope.PRIVATE_VARIABLE)
    assert health().cookies == []


def test_a_sign_in_that_cannot_be_read_keeps_visitors_apart(monkeypatch, tmp_path):
    (tmp_path / "secrets.toml").write_text("[auth")
    monkeypatch.delenv(user_scope.PRIVATE_VARIABLE)
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(tmp_path / "secrets.toml"))
    assert private_mode.is_on()


def forget(**asked):
    def make(_):
        async def app(scope, receive, send):
            reply = await forget_visitor.forget(Request(scope, receive))
            await reply(scope, receive, send)

        return app

    return ask(make, forget_visitor.PATH, method="POST", **asked)


def test_a_visitor_is_forgotten():
    reply = forget(**HAS_COOKIE, sec_fetch_site="same-origin", origin=HERE)
    assert reply.status == 204 and user_scope.is_secret(secret_in(reply)) and secret_in(reply) != SECRET


@pytest.mark.parametrize(
    "asked",
    [
        {"origin": HERE},  # from another site a browser sends no cookie
        HAS_COOKIE | {"sec_fetch_site": "cross-site", "origin": ELSEWHERE},
        HAS_COOKIE | {"sec_fetch_site": "same-site", "origin": "https://www.example.org"},
        HAS_COOKIE | {"origin": ELSEWHERE},
        HAS_COOKIE | {"accept": "text/html"},  # a form of a page that hides its address
    ],
)
def test_no_other_site_can_let_a_visitor_be_forgotten(asked):
    reply = forget(**asked)
    assert reply.status == 403 and reply.cookies == []
