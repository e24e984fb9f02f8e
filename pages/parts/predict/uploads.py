"""Page 8, files: drop several pictures, see every run's answer, take the table away."""

import streamlit as st

from engine.data.csv_writer import csv_text
from engine.data.formats.phrases import counted
from engine.images.drawing import to_png
from engine.inference import uploads
from engine.inference.uploads import UploadPredictions
from engine.synthetic import heads, scenes
from pages.parts.predict import explain, predict_uploads
from pages.parts.predict.predict_uploads import File
from pages.parts.shared import runs
from pages.parts.shared.text import plain

STRANGER = heads.PEOPLE + 1


def show() -> None:
    """Everything under "Your runs"."""
    dropped = predict_uploads.uploader()
    files, problems = predict_uploads.taken(dropped)
    if not dropped:
        files = stand_ins()
        st.caption("Until you drop your own, here are three drawn ones that no run was trained on.")
    by_title = predict_uploads.ready_runs()
    if not by_title:
        runs.none_yet("multi-label")
        return
    predicted, unreadable = predict_uploads.answer_all(files, by_title)
    _tell(problems + unreadable, [upload for _, upload in predicted], len(dropped))
    if predicted:
        _gallery(predicted, by_title)
        _download([upload for _, upload in predicted])
        _look_closer(predicted, by_title)


@st.cache_resource(max_entries=1, show_spinner="Drawing three pictures…")
def stand_ins() -> list[File]:
    """Three drawn pictures that no run was trained on: two kinds together, nothing of the vocabulary, and a head."""
    camera = heads.sample_camera(STRANGER)
    pose = heads.Pose.at((175, 110), 800, camera, yaw=25, roll=-6)
    drawn = {
        "a bear and a dog": scenes.draw(scenes.spec_with(["bear", "dog"], 0, (400, 300))),
        "nothing of the vocabulary": scenes.draw(scenes.spec_with([], 3, (400, 300))),
        "a head": heads.draw(heads.sample_person(STRANGER), pose, camera),
    }
    return [File(name, to_png(image)) for name, image in drawn.items()]


def _tell(problems: list[str], uploaded: list[UploadPredictions], dropped: int) -> None:
    if problems:
        st.warning(
            f"{len(uploaded)} of {dropped} files were predicted; these were not:\n\n"
            + "\n".join(f"- {plain(problem)}" for problem in problems)
        )
    strange = sum(upload.is_strange for upload in uploaded)
    if strange:
        which = f"{strange} of {len(uploaded)} images are" if len(uploaded) > 1 else "This image is"
        st.warning(
            f"{which} unlike the images that these runs were trained on, so their predictions are guesses. "
            "For photographs of everyday things, predict with *Photographs*; for your own subject, train a run on it."
        )
    elif any(upload.strange_to for upload in uploaded):
        st.warning("Some runs were trained on no images like these; their predictions are marked as guesses.")
    elif dropped and not problems:
        st.success(f"All {dropped} images are done." if dropped > 1 else "Done.", icon=":material/check:")


def _gallery(predicted: list[tuple[File, UploadPredictions]], by_title: dict) -> None:
    for start in range(0, len(predicted), 3):
        for column, (_, upload) in zip(st.columns(3), predicted[start : start + 3], strict=False):
            with column:
                st.image(
                    explain.with_all_points(upload, by_title),
                    width="stretch",
                    caption=plain(upload.name),
                    alt=f"The picture {upload.name}, with the predicted point",
                )
                if upload.is_strange:
                    st.caption(":material/warning: Unlike the training images: guesses")
                st.markdown(explain.in_words(upload, by_title))


def as_csv(uploaded: list[UploadPredictions]) -> bytes:
    """The table to download, marked as UTF-8 so that spreadsheets read every letter."""
    return csv_text([uploads.table_row(upload) for upload in uploaded]).encode("utf-8-sig")


def _download(uploaded: list[UploadPredictions]) -> None:
    st.download_button(
        f"Download the predictions as CSV ({counted(len(uploaded), 'image')})",
        as_csv(uploaded),
        "answers.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _look_closer(predicted: list[tuple[File, UploadPredictions]], by_title: dict) -> None:
    st.header("Look closer at one picture")
    at = 0
    if len(predicted) > 1:
        at = st.selectbox(
            "Picture",
            range(len(predicted)),
            format_func=lambda i: f"{i + 1}. {predicted[i][1].name}",
            key=_own_key(predicted),
        )
    file, upload = predicted[at]
    explain.bars(upload, by_title, key="closer")
    st.subheader("Where did the network look?")
    explain.heat(file, upload, by_title)


def _own_key(predicted: list[tuple[File, UploadPredictions]]) -> str:
    """A key for these very files, so that other files never inherit the choice made among them."""
    return "which_" + "_".join(file.digest[:4] for file, _ in predicted)
