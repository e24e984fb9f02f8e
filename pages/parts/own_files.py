"""Page 8, files: drop several pictures, see every run's answer, take the table away."""

import streamlit as st

from engine import paths, uploads
from engine.answers_csv import answers_csv
from engine.uploads import Answered
from pages.parts import answering, closer, runs
from pages.parts.answering import File
from pages.parts.text import plain

STAND_INS = 3


def show() -> None:
    """Everything under "Your files"."""
    dropped = st.file_uploader(
        f"Drop pictures here (up to {uploads.MAX_FILES}; they stay in this app's memory)",
        accept_multiple_files=True,
        key="files",
    )
    files, problems = answering.taken(dropped)
    if not dropped:
        files = stand_ins()
        if files:
            st.caption("Until you drop your own, these are samples that no run was trained on.")
    by_title = answering.ready_runs()
    if not by_title:
        runs.none_yet("multi-label")
        return
    answered, unreadable = answering.answer_all(files, by_title)
    _tell(problems + unreadable, len(answered), len(dropped))
    if answered:
        _gallery(answered, by_title)
        _download([found for _, found in answered])
        _look_closer(answered, by_title)


def stand_ins() -> list[File]:
    """Sample pictures that were held out of training: scenes first, then a head."""
    from engine import datasets

    found = []
    for folder, task, how_many in ((paths.SCENES, "multi-label", STAND_INS - 1), (paths.HEADS, "points", 1)):
        try:
            found += _sources(datasets.load(folder, task).part(valid=True).paths()[:how_many])
        except datasets.DatasetError:
            continue
    return found


def _sources(pictures) -> list[File]:
    return [File(path.name, path.read_bytes()) for path in pictures if path.is_file()]


def _tell(problems: list[str], answered: int, dropped: int) -> None:
    if problems:
        st.warning(
            f"{answered} of {dropped} files answered; these were not:\n\n"
            + "\n".join(f"- {plain(problem)}" for problem in problems)
        )
    elif dropped:
        st.success(f"All {dropped} answered." if dropped > 1 else "Answered.", icon=":material/check:")


def _gallery(answered: list[tuple[File, Answered]], by_title: dict) -> None:
    for start in range(0, len(answered), 3):
        for column, (_, found) in zip(st.columns(3), answered[start : start + 3], strict=False):
            with column:
                st.image(
                    closer.with_all_points(found, by_title),
                    width="stretch",
                    caption=plain(found.name),
                    alt=f"The picture {found.name}, with the point that the network answers",
                )
                st.markdown(closer.in_words(found, by_title))


def _download(answered: list[Answered]) -> None:
    rows = [uploads.table_row(found) for found in answered]
    st.download_button(
        f"Take the answers away as CSV ({len(rows)} pictures)",
        answers_csv(rows).encode("utf-8-sig"),
        "answers.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _look_closer(answered: list[tuple[File, Answered]], by_title: dict) -> None:
    st.header("Look closer at one picture")
    at = 0
    if len(answered) > 1:
        at = st.selectbox(
            "Picture",
            range(len(answered)),
            format_func=lambda i: f"{i + 1}. {answered[i][1].name}",
            key="which",
        )
    file, found = answered[at]
    closer.bars(found, by_title, key="closer")
    st.subheader("Where did the network look?")
    closer.heat(file, found, by_title)
