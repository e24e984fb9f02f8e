"""Every reply tells the browser what it may do with it."""

from engine.jobs import user_scope
from pages.parts.server.security_headers import ALWAYS, SecurityHeaders
from tests.pages.server.asgi import ask


def test_headers_are_added_and_none_is_replaced(monkeypatch):
    monkeypatch.delenv(user_scope.PRIVATE_VARIABLE, raising=False)
    headers = ask(SecurityHeaders).headers
    assert headers["referrer-policy"] == ALWAYS["Referrer-Policy"]
    assert headers.getlist("x-content-type-options") == ["of the app"]
    assert "content-security-policy" not in headers, "a person alone may show the app inside another page"


def test_in_private_mode_no_other_site_shows_the_app_inside_its_page(monkeypatch):
    monkeypatch.setenv(user_scope.PRIVATE_VARIABLE, "1")
    assert ask(SecurityHeaders).headers["content-security-policy"] == "frame-ancestors 'self'"
