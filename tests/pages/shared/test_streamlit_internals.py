"""What the pages rely on in Streamlit's private parts is still there, in the version that was looked at."""

import asyncio
import dataclasses
import inspect
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import streamlit
import uvicorn
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.query_params import QueryParams
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from pages.parts.shared import streamlit_internals

SELECTORS = (
    streamlit_internals.MAIN_BLOCK,
    streamlit_internals.AUTOMATIC_NAVIGATION,
    streamlit_internals.SIDEBAR,
    streamlit_internals.SIDEBAR_AND_ITS_BUTTON,
    streamlit_internals.SIDEBAR_LINK,
    streamlit_internals.SIDEBAR_CLOSER,
    streamlit_internals.CHOSEN_OF_SEVERAL,
    streamlit_internals.IMAGE,
    streamlit_internals.BLOCK,
)


def test_the_version_is_the_one_that_was_looked_at():
    installed = {name: version(name) for name in ("streamlit", "uvicorn")}
    assert installed == streamlit_internals.WRITTEN_FOR, "see whether each part still applies, then update it"


async def _says_the_length(scope, receive, send):
    assert scope["type"] == "http"
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def test_headers_without_an_end_are_cut_off_and_long_bodies_are_not():
    streamlit_internals.limit_headers()
    config = uvicorn.Config(_says_the_length, http="httptools", lifespan="off", port=0, log_level="error")
    server, listener = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=server.run, args=([listener],), daemon=True).start()
    try:
        body = b"a" * 4 * streamlit_internals.MOST_HEADER_BYTES
        reply = httpx.post("http://{}:{}/".format(*listener.getsockname()), content=body)
        assert reply.text == str(len(body))
        with socket.create_connection(listener.getsockname(), timeout=30) as one:
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
            with suppress(ConnectionError):
                one.sendall(body)
                assert b"400 Bad Request" in one.recv(100)
            with suppress(ConnectionError):
                while one.recv(4096):
                    pass
    finally:
        server.should_exit = True


@pytest.mark.parametrize("selector", SELECTORS)
def test_streamlits_pages_still_name_their_elements_so(selector):
    names = re.findall(r'data-testid="([\w-]+)"', selector)
    texts = [
        script.read_text("utf-8", "replace")
        for script in (Path(streamlit.__file__).parent / "static").rglob("*.js")
    ]
    assert names and all(any(name in text for text in texts) for name in names)


def test_segmented_controls_still_mark_their_buttons_so():
    scripts = (Path(streamlit.__file__).parent / "static").rglob("*.js")
    marks = [
        re.compile(rf"['\"]{name}['\"]") for name in ("data-variant", "segmented_control", "data-selected")
    ]
    texts = [script.read_text("utf-8", "replace") for script in scripts]
    assert all(any(mark.search(text) for text in texts) for mark in marks)


def test_the_address_is_still_sent_by_one_method():
    assert callable(QueryParams._send_query_param_msg)


def test_a_download_outlives_the_runs_of_others():
    streamlit_internals.keep_made_downloads()
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    asked = manager.add_deferred(lambda: b"a zip", "application/zip", "0.1", file_name="a.zip")
    made = Path(manager.execute_deferred(asked)).stem
    for _ in range(3):
        manager.remove_orphaned_files()  # the end of anyone's script run
    assert manager.read_file(made).content == b"a zip"
    manager.clear_session_refs()
    manager.remove_orphaned_files()
    manager.remove_orphaned_files()
    assert manager.read_file(made) is None


@pytest.fixture
def manager(monkeypatch) -> MediaFileManager:
    """Streamlit's files, as Anna's page runs."""
    streamlit_internals.keep_files_until_replaced()
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(streamlit_internals, "exists", lambda: True)
    monkeypatch.setattr(streamlit_internals, "get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    for module in (streamlit_internals, media_file_manager):
        name = "session" if module is streamlit_internals else "_get_session_id"
        monkeypatch.setattr(module, name, lambda: "anna")
    return manager


def _is_annas(address: str) -> bool:
    return streamlit_internals.is_shown(address.removeprefix("/media/"), lambda session: session == "anna")


def test_an_image_is_of_its_page_until_the_page_has_run_again(manager, monkeypatch):
    same, replaced = (
        manager.add(f"image {number}".encode(), "image/png", f"0.{number}") for number in (1, 2)
    )
    assert _is_annas(same) and not streamlit_internals.is_shown(same.removeprefix("/media/"), "bert".__eq__)
    manager.clear_session_refs()  # her page begins to run again
    with monkeypatch.context() as of_another:
        of_another.setattr(streamlit_internals, "session", lambda: "bert")
        manager.remove_orphaned_files()  # the end of another visitor's run
    assert _is_annas(same) and _is_annas(replaced)
    assert manager.read_file(Path(replaced).name).content == b"image 2"
    assert manager.add(b"image 1", "image/png", "0.1") == same
    manager.remove_orphaned_files()
    assert _is_annas(same) and not _is_annas(replaced)
    assert manager.read_file(Path(replaced).name) is None


def test_a_run_that_never_began_keeps_the_images_of_its_page(manager):
    image = manager.add(b"an image", "image/png", "0.1")
    manager.clear_session_refs()
    manager.clear_session_refs()
    assert _is_annas(image)
    manager.clear_session_refs("anna")  # she leaves
    assert not _is_annas(image)


def test_streamlit_calls_what_keeps_images_at_the_beginning_and_the_end_of_a_run():
    began = inspect.getsource(ScriptRunner._run_script)
    ended = inspect.getsource(ScriptRunner._on_script_finished)
    assert (
        "media_file_mgr.clear_session_refs()" in began and "media_file_mgr.remove_orphaned_files()" in ended
    )


def test_a_browser_opens_where_there_is_a_screen(monkeypatch):
    opened = []
    monkeypatch.setattr(streamlit_internals.cli_util, "open_browser", opened.append)

    async def start(mode: str, headless: bool) -> None:
        monkeypatch.setattr(streamlit_internals.config, "_server_mode", mode)
        monkeypatch.setattr(streamlit_internals.st, "get_option", {"server.headless": headless}.get)
        streamlit_internals.open_browser()
        await asyncio.sleep(0)

    def started(mode: str, headless: bool) -> None:
        with ThreadPoolExecutor(
            1
        ) as own:  # the loop of a browser that a test has opened may run in this thread
            own.submit(asyncio.run, start(mode, headless)).result()

    started("starlette-app", True)
    started("asgi-server", False)
    assert opened == []
    started("starlette-app", False)
    assert len(opened) == 1 and opened[0].startswith("http://localhost:")


def _file(name: str) -> UploadedFile:
    return UploadedFile(UploadedFileRec(name, name, "image/jpeg", b"a photograph"), FileURLs(file_id=name))


@pytest.fixture
def uploaded(monkeypatch) -> MemoryUploadedFileManager:
    """What Streamlit keeps of uploads, with a file of this visitor and one of another."""
    manager = MemoryUploadedFileManager("/upload")
    for visitor in ("me", "another"):
        manager.add_file(visitor, UploadedFileRec("a.jpg", "a.jpg", "image/jpeg", b"a photograph"))
    context = SimpleNamespace(session_id="me", uploaded_file_mgr=manager)
    monkeypatch.setattr(streamlit_internals, "get_script_run_ctx", lambda: context)
    monkeypatch.setattr(streamlit_internals, "is_on_a_server", lambda: True)
    monkeypatch.setattr(streamlit_internals.st, "session_state", {})
    return manager


def test_an_upload_that_was_stored_is_not_kept_in_memory(uploaded):
    file = _file("a.jpg")
    streamlit_internals.forget_uploads([file])
    assert uploaded.get_files("me", ["a.jpg"]) == []
    assert len(uploaded.get_files("another", ["a.jpg"])) == 1
    assert file.read() == b"a photograph"


def test_uploads_are_kept_while_their_page_is_open(uploaded):
    streamlit_internals.forget_uploads_of_other_pages("Your pictures")
    streamlit_internals.forget_uploads_of_other_pages("Your pictures")
    assert len(uploaded.get_files("me", ["a.jpg"])) == 1
    streamlit_internals.forget_uploads_of_other_pages("Train")
    assert uploaded.get_files("me", ["a.jpg"]) == []
    assert len(uploaded.get_files("another", ["a.jpg"])) == 1


def test_a_run_still_knows_whether_the_history_led_to_it():
    named = {field.name for field in dataclasses.fields(ScriptRunContext)}
    assert "is_history_navigation" in named or hasattr(ScriptRunContext, "is_history_navigation")


def test_outside_of_a_page_there_is_no_visit():
    assert not streamlit_internals.is_in_a_visit()
    assert not streamlit_internals.came_by_history()
