"""Page Your pictures, photographs: drop, paste, photograph or click one, and see what three models predict."""

from collections.abc import Sequence

import streamlit as st

from engine.data.csv_writer import csv_text
from engine.data.formats.phrases import counted
from engine.images import ImageError, open_image
from engine.inference import photo_models, photo_showcase
from engine.inference.prediction_table import FAMILIAR, FAMILIAR_CELLS
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from engine.training.backbones import WeightsError
from pages.parts.predict import photo_cards, photo_intake, predict_uploads, prediction_cards
from pages.parts.predict.predict_uploads import File
from pages.parts.shared import streamlit_internals
from pages.parts.shared.text import plain


def show() -> None:
    """Everything under "Photographs"."""
    own, problems = _own()
    files = own or _example()
    predicted = []
    with st.spinner("Predicting…", show_time=True):
        for file in files:
            try:
                predicted.append((file, _predicted(file.digest, file.name, file.source)))
            except (ImageError, WeightsError, photo_models.PhotoModelError, OSError) as error:
                problems.append(str(error))
    for problem in problems:
        st.warning(plain(problem))
    if predicted:
        st.html(prediction_cards.html([photo_cards.card(file, by_task) for file, by_task in predicted]))
        st.caption(photo_cards.explanation(predicted[0][1]))
    if own and predicted:
        _download(predicted)
    _limits()


def _own() -> tuple[list[File], list[str]]:
    """The visitor's photographs, dropped, pasted or just made, and a sentence for each that is refused."""
    files, problems = predict_uploads.taken(predict_uploads.uploader())
    files += _camera()
    files += photo_intake.pasted()
    examples = photo_showcase.stored()
    st.caption("Or paste an image with Ctrl+V, or click an example:")
    photo_intake.show(examples, None if files else _picked(examples))
    if refused := photo_intake.refusal():
        problems.append(refused)
    if photo_intake.pasted():
        st.button("Remove the pasted images", icon=":material/close:", on_click=photo_intake.forget_pasted)
    return files, problems


def _camera() -> list[File]:
    """A photograph made now; the browser asks for the camera only once it is wanted."""
    if not st.toggle("Use the camera", key="camera"):
        return []
    photograph = st.camera_input("Take a photo", key="camera_photo", width=480)
    return [File("camera photo", photograph.getvalue())] if photograph else []


def _picked(examples: Sequence[photo_showcase.ShowcasePhotograph]) -> str | None:
    names = [example.fname for example in examples]
    picked = st.session_state.get(photo_intake.PICKED)
    return picked if picked in names else next(iter(names), None)


def _example() -> list[File]:
    """The chosen example photograph; none where they are missing."""
    by_name = {shown.fname: shown for shown in photo_showcase.stored()}
    if not by_name:
        st.info("The example photographs are missing: use your own.")
        return []
    shown = by_name[_picked(list(by_name.values())) or next(iter(by_name))]
    return [File(shown.title, shown.path.read_bytes())]


@st.cache_resource(max_entries=128, show_spinner=False)
def _predicted(digest: str, name: str, _source: bytes) -> dict[str, photo_models.PhotoPrediction]:
    opened = open_image(_source, name=name)
    return {task: photo_models.load(task).predict([opened])[0] for task in TASKS}


def as_csv(predicted: Sequence[tuple[File, dict]]) -> bytes:
    """One row per photograph, marked as UTF-8 so that spreadsheets read every letter.

    `familiar` says "no" where the single label is a guess.
    """
    rows = []
    for file, by_task in predicted:
        several, single, point = by_task[MULTI_LABEL], by_task[SINGLE_LABEL], by_task[POINTS]
        x, y = point.point_px or ("", "")
        rows.append(
            {
                "file": file.name,
                "labels": " ".join(several.labels),
                "single_label": single.labels[0],
                "single_label_probability": round(max(single.probs.values()), 4),
                "x_px": x,
                "y_px": y,
            }
            | {f"p({label})": round(prob, 4) for label, prob in (several.probs | point.probs).items()}
            | {FAMILIAR: FAMILIAR_CELLS[single.is_familiar]}
        )
    return csv_text(rows).encode("utf-8-sig")


def _download(predicted: list) -> None:
    st.download_button(
        f"Download the predictions as CSV ({counted(len(predicted), 'image')})",
        as_csv(predicted),
        "predictions.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _limits() -> None:
    try:
        vocab = photo_models.load(MULTI_LABEL).vocab
    except (WeightsError, photo_models.PhotoModelError, OSError) as error:
        st.error(plain(error))
        return
    with st.expander("What these models know"):
        st.markdown(
            f"- **Names everything** knows {len(vocab)} labels: {', '.join(map(plain, vocab))}.\n"
            "- **Names one thing** knows ImageNet's 1,000 classes. A person is not among them.\n"
            "- **Finds a face** marks the point between the eyes on portraits.\n\n"
            "For anything else, train on your own photographs."
        )
        streamlit_internals.page_link(
            "pages/9_Your_data.py", label="Import your photographs", icon=":material/upload:"
        )
