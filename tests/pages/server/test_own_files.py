"""A file is served to the browser whose page holds it; for all others it is as if there were none."""

from functools import partial
from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from engine.jobs import user_scope
from pages.parts.server import own_files, sessions
from pages.parts.server.own_files import MARK, PROTOCOLS, OwnFiles
from pages.parts.server.visitor_cookie import COOKIE
from pages.parts.shared import streamlit_internals
from tests.pages.server.asgi import OTHER, SECRET, ask

UPLOADS = "/_stcore/upload_file"


@pytest.fixture(autouse=True)
def manager(monkeypatch):
    """Private mode; `anna` and `bert` each have a page open in a browser of their own, and nothing on it."""
    monkeypatch.setenv(user_scope.PRIVATE_VARIABLE, "1")
    monkeypatch.setattr(sessions, "_browsers", {})
    sessions.remember("anna", SECRET)
    sessions.remember("bert", OTHER)
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(streamlit_internals, "exists", lambda: True)
    monkeypatch.setattr(streamlit_internals, "get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    return manager


@pytest.fixture
def image(manager):
    """The address of an image on Anna's page."""
    return shown(manager, "anna", b"an image")


def shown(manager, session, content):
    address = manager.add(content, "image/png", "0.1")
    files = manager._files_by_session_and_coord
    files[session] |= files.pop("dontcare")
    return address


def get(path, secret=None, base="", **asked):
    cookie = {"cookie": f"{COOKIE}={secret}"} if secret else {}
    return ask(partial(OwnFiles, base=base), path, **cookie, **asked)


def is_served(reply):
    return reply.scope is not None and reply.status == 200


def test_only_the_browser_of_the_page_gets_the_image(image):
    assert is_served(get(image, SECRET))
    for secret in (OTHER, None, "x"):
        assert not is_served(get(image, secret))
        assert get(image, secret).status == 404


def test_a_refusal_does_not_tell_whether_there_is_such_a_file(image):
    there, not_there = get(image, OTHER), get(image[:-5] + "0.png", OTHER)
    assert (there.status, there.headers) == (not_there.status, not_there.headers)
    assert there.headers["cache-control"] == "no-store"


def test_who_has_the_same_image_file_does_not_learn_that_another_page_shows_it(manager, image):
    assert shown(manager, "bert", b"an image") == image and is_served(get(image, OTHER))
    manager.clear_session_refs("bert")
    assert not is_served(get(image, OTHER)) and is_served(get(image, SECRET))


def test_no_cache_on_the_way_keeps_it(image):
    assert get(image, SECRET).headers["cache-control"] == "private"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_every_method_is_looked_at(image, method):
    assert get(image, SECRET, method=method).scope is not None
    assert get(image, OTHER, method=method).scope is None


def test_the_base_path_of_the_server_is_heeded(image):
    assert is_served(get(f"/lab{image}", SECRET, base="/lab")) and not is_served(
        get(f"/lab{image}", OTHER, base="/lab")
    )


def test_another_tab_of_the_same_browser_counts_as_well(image):
    sessions.remember("annas other tab", SECRET)
    assert is_served(get(image, SECRET))


def test_uploads_go_to_own_pages_only():
    for method in ("PUT", "DELETE"):
        assert is_served(get(f"{UPLOADS}/anna/1", SECRET, method=method))
        assert get(f"{UPLOADS}/anna/1", OTHER, method=method).status == 404
        assert get(f"{UPLOADS}/nobody/1", SECRET, method=method).status == 404


def test_all_other_addresses_stay_as_they_are():
    for path in ("/", "/One_hot", "/static/js/index.js", "/component/x", "/_stcore/health", "/media"):
        assert is_served(get(path)) and "cache-control" not in get(path).headers


def test_while_everything_is_shared_nothing_changes(image, monkeypatch):
    monkeypatch.delenv(user_scope.PRIVATE_VARIABLE)
    for reply in (get(image), get(image, OTHER), get(f"{UPLOADS}/anna/1", method="PUT")):
        assert is_served(reply) and "cache-control" not in reply.headers
    assert MARK not in Headers(raw=get("/_stcore/stream", kind="websocket").scope["headers"])


def connection(session, secret):
    protocols = {PROTOCOLS.replace("-", "_"): f"streamlit, token, {session}"}
    scope = get("/_stcore/stream", secret, kind="websocket", **protocols, **{MARK: "no"}).scope
    return Headers(raw=scope["headers"])


def test_a_lost_connection_continues_its_own_session_and_no_other():
    assert connection("anna", SECRET)[PROTOCOLS] == "streamlit, token, anna"
    for session, secret in (("anna", OTHER), ("anna", None), ("nobody", SECRET)):
        assert connection(session, secret)[PROTOCOLS] == "streamlit, token"


def test_a_page_finds_that_its_connection_was_looked_at():
    assert connection("anna", SECRET).getlist(MARK) == ["yes"]


def test_sessions_are_forgotten_beyond_a_bound(monkeypatch):
    monkeypatch.setattr(sessions, "MOST_KEPT", 2)
    sessions.remember("anna", SECRET)
    sessions.remember("carl", "c" * 32)
    assert [sessions.browser_of(name) for name in ("anna", "bert", "carl")] == [SECRET, None, "c" * 32]


def test_streamlit_still_names_its_addresses_so():
    from streamlit.web.server.starlette import starlette_routes as routes
    from streamlit.web.server.starlette import starlette_websocket as websocket

    assert routes._ROUTE_MEDIA == "media/{file_id:path}"
    assert routes._ROUTE_UPLOAD_FILE == "_stcore/upload_file/{session_id}/{file_id}"
    read = websocket._parse_subprotocols(Headers({PROTOCOLS: "streamlit, token, anna"}))
    assert read == ("streamlit", "token", "anna") and own_files.PROTOCOLS == PROTOCOLS
