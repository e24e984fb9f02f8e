"""Page 9, import: a zip or files, a folder sent by the browser, or a folder of the machine that runs the app."""

from pathlib import Path

import streamlit as st

from engine import paths
from engine.data.imports import IncomingError, begin, begin_here, limits
from engine.jobs import disk_use, quota, user_scope
from pages.parts.shared import account, streamlit_internals, visitor
from pages.parts.shared.text import plain

FILES, FOLDER, HERE = "A zip or files", "A folder", "A path"
MOST_MB_SENT = 1024
TURN = "import_turn"


def show(is_first: bool) -> None:
    """The ways to import images; a process of its own works on the uploaded files."""
    if account.must_sign_in():
        return
    if is_first:
        st.markdown(
            "You have no dataset yet. Import plain images and label them here. Or import images that have labels or"
            " points: a table, a folder for each class, Pascal VOC, COCO, YOLO or BIWI."
        )
        if st.button("Try it with the sample scenes", icon=":material/pets:"):
            begin_here(paths.SCENES, "sample scenes")
            st.rerun()
    if quota.has_one():
        st.caption(quota.use().in_words)
    ways = [FILES, FOLDER] if user_scope.is_private() else [FILES, FOLDER, HERE]
    way = st.segmented_control("From", ways, default=FILES, required=True, key="import_way")
    name = st.text_input(
        "Name", key="import_name", placeholder="the zip, the folder, or “my images”", max_chars=80
    )
    if way == HERE:
        _from_here(name or "")
    else:
        _from_browser(way, name or "")
    st.caption(_whose())


def _from_browser(way: str, name: str) -> None:
    """Let files be dropped; when they are sent, a process of its own works on them."""
    sent = st.file_uploader(
        "Drop images or a zip here, with a table of labels if you have one"
        if way == FILES
        else "Choose a folder on your computer",
        accept_multiple_files=True if way == FILES else "directory",
        max_upload_size=_most_mb_per_file(),
        key=f"import_{'files' if way == FILES else 'folder'}_{st.session_state.get(TURN, 0)}",
    )
    label = f"Import {len(sent)} files" if len(sent) > 1 else "Import"
    if st.button(label, type="primary", icon=":material/upload:", disabled=not sent):
        try:
            begin([(file.name, file) for file in sent], name)
        except (IncomingError, OSError) as error:
            _refuse(error)
            return
        streamlit_internals.forget_uploads(sent)
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        st.rerun()


def _most_mb_per_file() -> int:
    return min(MOST_MB_SENT, limits().bytes_per_set // disk_use.MB)


def _from_here(name: str) -> None:
    path = st.text_input(
        "Path of a folder, a table or a zip on the machine that runs this app", key="import_path",
        placeholder="/home/me/photographs",
        help="A folder is read in place: nothing is copied or changed.",
    )  # fmt: skip
    if st.button("Import", type="primary", icon=":material/folder_open:", disabled=not path):
        try:
            begin_here(Path(path.strip().strip("\"'")).expanduser().absolute(), name)
        except (OSError, ValueError) as error:
            _refuse(error)
            return
        st.rerun()


def _refuse(error: Exception) -> None:
    problems = getattr(
        error, "problems", (f"It cannot be imported: {getattr(error, 'strerror', None) or error}.",)
    )
    st.error("\n".join(f"- {plain(problem)}" for problem in problems), icon=":material/block:")


def _whose() -> str:
    most = limits()
    sizes = (_most_mb_per_file() * disk_use.MB, most.bytes_per_set, most.bytes_in_all)
    per_file, per_set, in_all = map(disk_use.in_words, sizes)
    room = f"Limits: {per_file} per uploaded file, {per_set} per dataset, {in_all} for all datasets."
    if visitor.account():
        return f"Only you see what you import, on any computer where you sign in. {room}"
    if user_scope.is_private():
        return (
            "Only you see what you import. A secret in this browser's cookie gives access. Without the "
            f"cookie, your datasets cannot be opened. {room}"
        )
    return f"Everyone who uses this app sees these datasets. {room}"
