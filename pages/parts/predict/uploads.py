"""Page 8, files: drop several images, see every run's prediction, download the table."""

import streamlit as st

from engine import tasks
from engine.data.csv_writer import csv_text
from engine.data.formats.phrases import counted
from engine.inference import uploads
from engine.inference.uploads import UploadPredictions
from engine.runs import Run
from pages.parts.predict import explain, model_names, predict_uploads, run_cards, stand_ins
from pages.parts.predict.predict_uploads import File
from pages.parts.shared import runs, workflow
from pages.parts.shared.text import plain

MISSES = "The other predictions may still be guesses: the check does not notice every unfamiliar image."


def show() -> None:
    """Everything under "Your runs"."""
    dropped = predict_uploads.uploader()
    files, problems = predict_uploads.taken(dropped)
    ready = predict_uploads.ready_runs()
    by_title = _chosen(ready)
    if not by_title:
        runs.none_yet("multi-label")
        return
    if not dropped:
        files = _until_dropped(by_title)
    predicted, unreadable = predict_uploads.answer_all(files, by_title)
    _tell(problems + unreadable, [upload for _, upload in predicted], len(dropped))
    if predicted:
        run_cards.show([upload for _, upload in predicted], by_title)
        _download([upload for _, upload in predicted])
        _look_closer(predicted, by_title)
    if (own := _own(by_title) or _own(ready)) is not None:
        workflow.show("", run=own)


def _chosen(by_title: dict[str, Run]) -> dict[str, Run]:
    """The run that the address names; every run where it names none."""
    asked = st.query_params.get("run", "")
    if asked not in by_title:
        return by_title
    run = by_title[asked]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Predictions of one run: **{plain(model_names.of_run(run))}**", width="content")
        st.button("Use all runs", on_click=_use_all, icon=":material/select_all:")
    return {asked: run}


def _use_all() -> None:
    st.query_params.pop("run", None)


def _own(by_title: dict[str, Run]) -> Run | None:
    """The newest of these runs that is no example."""
    own = [run for run in by_title.values() if not runs.is_bundled(run)]
    return max(own, key=lambda run: run.folder.stat().st_mtime, default=None)


def _until_dropped(by_title: dict[str, Run]) -> list[File]:
    """What is predicted until the visitor drops images: of the one run that was asked for, its own where it has any."""
    only = next(iter(by_title.values())) if len(by_title) == 1 else None
    if only is not None and not runs.is_bundled(only) and (files := stand_ins.of_run(only)):
        st.caption(stand_ins.OF_RUN)
        return files
    st.caption(stand_ins.DRAWN)
    return stand_ins.drawings()


def _tell(problems: list[str], uploaded: list[UploadPredictions], dropped: int) -> None:
    if problems:
        st.warning(
            f"{counted(len(uploaded), 'file')} of {dropped} could be read. These could not:\n\n"
            + "\n".join(f"- {plain(problem)}" for problem in problems)
        )
    if warning := unfamiliar(uploaded):
        st.warning(warning)
    elif dropped and not problems:
        st.success(f"All {dropped} images are done." if dropped > 1 else "Done.", icon=":material/check:")


def unfamiliar(uploaded: list[UploadPredictions]) -> str:
    """What to say where predictions are guesses; "" where none is known to be."""
    strange = sum(upload.is_strange for upload in uploaded)
    if strange:
        which, whose = "This image", "Its"
        if len(uploaded) > 1:
            which = f"{strange} of {len(uploaded)} images"
            whose = whose if strange == 1 else "Their"
        verb = "is" if strange == 1 else "are"
        is_one_run = len(uploaded[0].predictions) == 1
        runs_were = "this run was" if is_one_run else "these runs were"
        are = "prediction is a guess" if is_one_run and strange == 1 else "predictions are guesses"
        misses = f"{MISSES} " if strange < len(uploaded) else ""
        return (
            f"{which} {verb} unlike the images that {runs_were} trained on. {whose} {are}. {misses}"
            "Predict with *Photographs*, or train a run on images like yours."
        )
    if any(upload.strange_to for upload in uploaded):
        return f"Some runs never saw images like these. Their predictions are marked as guesses. {MISSES}"
    return ""


def as_csv(uploaded: list[UploadPredictions]) -> bytes:
    """The table to download, marked as UTF-8 so that spreadsheets read every letter."""
    return csv_text([uploads.table_row(upload) for upload in uploaded]).encode("utf-8-sig")


def _download(uploaded: list[UploadPredictions]) -> None:
    st.download_button(
        f"Download the predictions as CSV ({counted(len(uploaded), 'image')})",
        as_csv(uploaded),
        "predictions.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _look_closer(predicted: list[tuple[File, UploadPredictions]], by_title: dict[str, Run]) -> None:
    if not any(tasks.get(run.task).has_labels for run in by_title.values()):
        return
    st.header("Look closer at one image")
    at = 0
    if len(predicted) > 1:
        at = st.selectbox(
            "Image",
            range(len(predicted)),
            format_func=lambda i: f"{i + 1}. {predicted[i][1].name}",
            key=_own_key(predicted),
        )
    file, upload = predicted[at]
    explain.bars(upload, by_title, key="closer")
    explain.heat(file, upload, by_title)


def _own_key(predicted: list[tuple[File, UploadPredictions]]) -> str:
    """A key for these very files, so that other files never inherit the choice made among them."""
    return "which_" + "_".join(file.digest[:4] for file, _ in predicted)
