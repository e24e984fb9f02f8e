"""Which browser each session belongs to: a session is one open tab, and stays the same after a lost connection."""

MOST_KEPT = 4096

_browsers: dict[str, str] = {}


def remember(session: str, secret: str) -> None:
    """Note the secret of a session's browser, each time that its page runs; beyond a bound, forget the oldest."""
    _browsers.pop(session, None)
    _browsers[session] = secret
    if len(_browsers) > MOST_KEPT:
        for oldest in list(_browsers)[:-MOST_KEPT]:
            _browsers.pop(oldest, None)


def browser_of(session: str) -> str | None:
    """The secret of the browser that has a session open; None where none is known."""
    return _browsers.get(session)
