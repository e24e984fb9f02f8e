"""Page 9, bring: a zip or files, a folder sent by the browser, or a folder of the machine that runs the app."""

from pathlib import Path

import streamlit as st

from engine import paths
from engine.data.imports import IncomingError, begin, begin_here, limits
from engine.jobs import user_scope
from pages.parts.shared.text import plain

FILES, FOLDER, HERE = "A zip or files", "A folder", "A path"
MOST_MB_SENT = 1024
TURN = "bring_turn"


def show(is_first: bool) -> None:
    """The ways to bring pictures; what is sent is worked on by a process of its own."""
    if is_first:
        st.markdown(
            "Nothing has been brought yet. Pictures with labels or points come in the form they have: a table, a folder"
            " for each class, Pascal VOC, COCO, YOLO, BIWI. Pictures without any can be labelled here."
        )
        if st.button("Try it with the sample scenes", icon=":material/pets:"):
            begin_here(paths.SCENES, "sample scenes")
            st.rerun()
    ways = [FILES, FOLDER] if user_scope.is_private() else [FILES, FOLDER, HERE]
    way = st.segmented_control("From", ways, default=FILES, required=True, key="bring_way")
    name = st.text_input("Name", key="bring_name", placeholder="that of the zip or folder", max_chars=80)
    if way == HERE:
        _from_here(name or "")
    else:
        _from_browser(way, name or "")
    st.caption(_whose())


def _from_browser(way: str, name: str) -> None:
    """Let files be dropped; when they are sent, a process of its own works on them."""
    most = min(MOST_MB_SENT, limits().bytes_per_set // 1024**2)
    sent = st.file_uploader(
        "Drop a zip here, or pictures together with their table"
        if way == FILES
        else "Choose a folder of your computer",
        accept_multiple_files=True if way == FILES else "directory",
        max_upload_size=most,
        key=f"bring_{'files' if way == FILES else 'folder'}_{st.session_state.get(TURN, 0)}",
    )
    told = f"Bring {len(sent)} files" if len(sent) > 1 else "Bring it"
    if st.button(told, type="primary", icon=":material/upload:", disabled=not sent):
        try:
            begin([(file.name, file) for file in sent], name)
        except (IncomingError, OSError) as error:
            _refuse(error)
            return
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        st.rerun()


def _from_here(name: str) -> None:
    path = st.text_input(
        "Path of a folder, a table or a zip on the machine that runs this app", key="bring_path",
        placeholder="/home/me/pictures",
        help="A folder is read where it lies: nothing is copied or changed.",
    )  # fmt: skip
    if st.button("Bring it", type="primary", icon=":material/folder_open:", disabled=not path):
        try:
            begin_here(Path(path.strip().strip("\"'")).expanduser().absolute(), name)
        except (OSError, ValueError) as error:
            _refuse(error)
            return
        st.rerun()


def _refuse(error: Exception) -> None:
    problems = getattr(
        error, "problems", (f"It cannot be taken: {getattr(error, 'strerror', None) or error}.",)
    )
    st.error("\n".join(f"- {plain(problem)}" for problem in problems), icon=":material/block:")


def _whose() -> str:
    most = limits()
    room = f"At most {most.bytes_per_set / 1024**3:g} GB for one, {most.bytes_in_all / 1024**3:g} GB for all."
    if user_scope.is_private():
        return (
            "Only you see what you bring: it is kept under a secret that this browser remembers. Another browser, or"
            f" this one after its cookies are cleared, sees nothing of it. {room}"
        )
    return f"Everybody who uses this app sees these data sets; they stay until they are removed. {room}"
