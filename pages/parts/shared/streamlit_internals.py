"""What touches private parts of Streamlit: its runtime, and the names of elements in its pages.

After an update of Streamlit `tests/pages/shared/test_streamlit_internals.py` fails until each part has been
checked again; `tests/pages/test_history_in_a_browser.py` fails when the address no longer behaves as described.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, cast

import streamlit as st
from streamlit import cli_util, config
from streamlit.errors import StreamlitAPIException, StreamlitPageNotFoundError
from streamlit.runtime import Runtime, exists, get_instance
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import ScriptRunner, get_script_run_ctx, script_runner
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.uploaded_file_manager import UploadedFile
from streamlit.web.server import server_util

WRITTEN_FOR = {"streamlit": "1.67.0", "uvicorn": "0.54.0"}
MOST_HEADER_BYTES = 128 * 1024

MAIN_BLOCK = '[data-testid="stMainBlockContainer"]'
"""Everything on a page but the sidebar. Remove this when Streamlit has an option for the space above a page."""

AUTOMATIC_NAVIGATION = '[data-testid="stSidebarNav"]'
"""The sidebar's own list of pages. Remove this when an app without a configuration file can hide it."""

SIDEBAR = '[data-testid="stSidebar"]'
"""The sidebar. Remove this when its width can be fixed."""

SIDEBAR_CLOSER = '[data-testid="stSidebarCollapseButton"] button'
"""The button that closes the sidebar. Remove this when a page link closes it on a phone, as the automatic list does."""

SIDEBAR_AND_ITS_BUTTON = ':is([data-testid="stSidebar"], [data-testid="stExpandSidebarButton"])'
"""The sidebar, and the button that opens it. Remove this when a page can be without a sidebar."""

SIDEBAR_LINK = '[data-testid="stSidebar"] [data-testid="stPageLink-NavLink"]'
"""A link to a page. Remove this when Streamlit marks the page that is open for screen readers."""

PRIMARY_BUTTONS = '[data-testid^="stBaseButton-primary"]:not(:disabled)'
"""Buttons filled with the theme's primary colour, as no disabled one is. Remove this when a theme can set the colour
of the text on them."""

CHOSEN_OF_SEVERAL = '[data-testid="stMultiSelect"] span[title]'
"""What is chosen in a list of several. Remove this when a theme can set the colour of text on the primary colour."""

SEGMENTS = '[data-variant="segmented_control"]'
"""The buttons of a segmented control. Remove this when one that wraps on a phone gives every row its corners."""

CAPTIONS = ':is([data-testid="stCaptionContainer"], [data-testid="stImageCaption"])'
"""Every caption. Remove this when a theme can set the colour of captions."""

COLUMN = '[data-testid="stColumn"]'
"""A column of a page. Remove this when a column can stay in view while the page scrolls."""

IMAGE, BLOCK = '[data-testid="stImage"]', '[data-testid="stVerticalBlock"]'
"""An image, and a column of elements. Remove these when containers can wrap by a share of the width."""


_PAGE = "page_that_takes_uploads"
_BEFORE = " before"
"""How the place of a file ends that the page held before it began to run again."""


def is_in_a_visit() -> bool:
    """Whether this runs for a visitor's page. Remove this when `st.context` can be asked."""
    return get_script_run_ctx() is not None


def is_on_a_server() -> bool:
    """Whether a browser shows the page, not a test that runs it by itself. Remove this when Streamlit can be asked."""
    return exists() and type(get_instance()) is Runtime  # a test puts a stand-in there


def session() -> str | None:
    """The session that the page runs for, which is one open tab. Remove this when `st.context` names it."""
    context = get_script_run_ctx(suppress_warning=True)  # also asked where a visit ends
    return context.session_id if context is not None and is_on_a_server() else None


def open_browser() -> None:
    """Open the app in a browser of this machine once the server replies, unless it runs without a screen.

    Streamlit 1.67 does so for a script, but not for an `st.App`. Remove this when it does.
    """
    if config._server_mode == "starlette-app" and not st.get_option("server.headless"):
        address = st.get_option("server.address")
        shown = "localhost" if address in (None, "0.0.0.0", "::") else address
        url = server_util.get_url(shown)
        asyncio.get_running_loop().call_soon(cli_util.open_browser, url)


def forget_parameters(names: Iterable[str]) -> None:
    """Take names out of the address, and out of what Streamlit hands to a widget that binds itself to one of them.

    Streamlit 1.67 reads the address of a new visit before the script runs and keeps it for the widgets. Remove this
    when `del st.query_params[name]` reaches them.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as params:
        for name in names:
            vars(params)["_initial_query_params"].pop(name, None)
            params.remove_param(name)


def around_script_runs(
    place: Callable[[bool], AbstractContextManager[None]], between: Callable[[], None]
) -> None:
    """Run each script inside a context from now on, and call a function between its steps.

    The context is told whether only fragments of the page run. A step ends where the script sends something or asks for
    the session's state. Remove this when Streamlit can limit how many scripts run at once.
    """
    execute, check = (
        script_runner.exec_func_with_error_handling,
        ScriptRunner._maybe_handle_execution_control_request,
    )
    if hasattr(execute, "__wrapped__"):
        return

    @wraps(execute)
    def run(script: Callable[[], object], context: ScriptRunContext):
        with place(bool(context.fragment_ids_this_run)):
            return execute(script, context)

    @wraps(check)
    def step(runner: ScriptRunner) -> None:
        between()
        check(runner)

    # By then the browser knows that the script runs.
    script_runner.exec_func_with_error_handling = run  # type: ignore[assignment]
    ScriptRunner._maybe_handle_execution_control_request = step  # type: ignore[assignment, method-assign]


def keep_made_downloads() -> None:
    """Let a file that a click on a download button has made exist until its page runs again.

    Streamlit 1.67 keeps it for no visitor: each end of any visitor's script run then removes it, often
    before the browser has asked for it. Remove this when `test_a_download_outlives_the_runs_of_others` passes without.
    """
    original = MediaFileManager.execute_deferred
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def kept(manager: MediaFileManager, file_id: str) -> str:
        url = original(manager, file_id)
        with manager._lock:
            if entry := manager._deferred_callables.get(file_id):
                made = Path(url).stem
                manager._files_by_session_and_coord[entry["session_id"]][f"{entry['coordinates']} made"] = (
                    made
                )
        return url

    MediaFileManager.execute_deferred = kept  # type: ignore[assignment, method-assign]


def is_shown(file: str, is_own: Callable[[str], bool]) -> bool:
    """Whether the page of one of a browser's own sessions holds a file, by its name in the address.

    Remove this when Streamlit serves a file only to the browser whose page shows it.
    """
    number = os.path.splitext(file)[0]
    shown = get_instance().media_file_mgr._files_by_session_and_coord if exists() else {}
    return any(is_own(of) and number in list(files.values()) for of, files in list(shown.items()))


def keep_files_until_replaced() -> None:
    """Let the files of a page be its own until it has run again, and not only until it begins to.

    Streamlit 1.67 forgets them at the beginning. Until the script has come to an image again, it would not be served,
    and the end of any other visitor's run removes it. Remove this when Streamlit forgets them at the end.
    """
    clear, remove = MediaFileManager.clear_session_refs, MediaFileManager.remove_orphaned_files
    if hasattr(clear, "__wrapped__"):
        return

    @wraps(clear)
    def cleared(manager: MediaFileManager, session_id: str | None = None) -> None:
        if session_id is not None or (own := session()) is None:
            clear(manager, session_id)  # the session ends
            return
        with manager._lock:
            files = manager._files_by_session_and_coord.pop(own, {})
            before = {f"{place.removesuffix(_BEFORE)}{_BEFORE}": file for place, file in files.items()}
            if before:
                manager._files_by_session_and_coord[own] = before

    @wraps(remove)
    def removed(manager: MediaFileManager) -> None:
        with manager._lock:
            files = manager._files_by_session_and_coord.get(session() or "", {})
            for place in [place for place in files if place.endswith(_BEFORE)]:
                del files[place]
        remove(manager)

    MediaFileManager.clear_session_refs = cleared  # type: ignore[assignment, method-assign]
    MediaFileManager.remove_orphaned_files = removed  # type: ignore[assignment, method-assign]


def limit_headers() -> None:
    """End each connection whose request has more than `MOST_HEADER_BYTES` of headers, from now on.

    uvicorn 0.54 reads requests with httptools, which copies a header whenever a piece of it comes: 64 MB
    take half a minute, in which no visitor gets a reply. Remove this when Streamlit lets uvicorn use h11.
    """
    with suppress(ImportError):
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

        _count_headers(HttpToolsProtocol)


def _count_headers(protocol: Any) -> None:
    """Count what came since the headers of a request were complete, or a piece of its body."""
    receive = protocol.data_received
    if hasattr(receive, "__wrapped__"):
        return

    @wraps(receive)
    def limited(self, data: bytes) -> None:
        self.unread_bytes = getattr(self, "unread_bytes", 0) + len(data)
        receive(self, data)
        if self.unread_bytes > MOST_HEADER_BYTES and not self.transport.is_closing():
            self.send_400_response("The headers of this request are too long.")

    def counting_again(step: Callable) -> Callable:
        @wraps(step)
        def counted(self, *arguments):
            self.unread_bytes = 0
            return step(self, *arguments)

        return counted

    protocol.data_received = limited
    protocol.on_headers_complete = counting_again(protocol.on_headers_complete)
    protocol.on_body = counting_again(protocol.on_body)


def forget_uploads(files: Iterable[UploadedFile]) -> None:
    """Give back the memory of uploaded files once they are stored; what already holds one may still read it.

    Streamlit 1.67 keeps a file until the visitor removes it or leaves the app, even if its uploader is gone. Remove
    this when it gives back such files by itself.
    """
    context = get_script_run_ctx()
    if context is not None and is_on_a_server():
        kept = cast(MemoryUploadedFileManager, context.uploaded_file_mgr)
        for file in files:
            kept.remove_file(context.session_id, file.file_id)


def forget_uploads_of_other_pages(page: str) -> None:
    """Give back the memory of what was uploaded on another page, which cannot be reached from this one."""
    context = get_script_run_ctx()
    before = st.session_state.get(_PAGE)
    st.session_state[_PAGE] = page
    if context is not None and is_on_a_server() and before not in (None, page):
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def came_by_history() -> bool:
    """Whether the browser's Back or Forward caused this script run, so that the address counts more than what is held.

    Streamlit 1.67 lets bound widgets follow by itself; whatever else lives in the address has to ask. Remove this
    when Streamlit has a public way to ask.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def rerun_fragment() -> None:
    """Run the fragment again that is running; the whole page where the page itself is running the fragment."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def page_link(path: str, **options) -> None:
    """A link to a page of the app, or nothing where a page is run by itself, without the app around it.

    Remove this when Streamlit can be asked which pages there are.
    """
    with suppress(StreamlitPageNotFoundError):
        st.page_link(path, **options)
