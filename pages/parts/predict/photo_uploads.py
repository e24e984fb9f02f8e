"""Page Your pictures, photographs: drop some, or click an example, and see what the three models predict."""

from collections.abc import Sequence

import streamlit as st

from engine.data.csv_writer import csv_text
from engine.images import ImageError, open_image
from engine.inference import photo_models, photo_showcase
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from engine.training.backbones import WeightsError
from pages.parts.predict import predict_uploads
from pages.parts.predict.predict_uploads import File
from pages.parts.shared import photo_cards
from pages.parts.shared.text import plain

_UNFAMILIAR = (
    "The models recognize nothing here: no label is above its threshold, no class is probable and there is no face. "
    "Treat what follows as guesses."
)


def show() -> None:
    """Everything under "Photographs"."""
    dropped = predict_uploads.uploader()
    files, problems = predict_uploads.taken(dropped)
    if not dropped:
        files = _example()
    predicted = []
    with st.spinner("Predicting…", show_time=True):
        for file in files:
            try:
                predicted.append((file, _predicted(file.digest, file.name, file.source)))
            except (ImageError, WeightsError, photo_models.PhotoModelError, OSError) as error:
                problems.append(str(error))
    for problem in problems:
        st.warning(plain(problem))
    for file, by_task in predicted:
        _card(file, by_task)
    if dropped and predicted:
        _download(predicted)
    _limits()


def _example() -> list[File]:
    """The chosen example photograph; none where they are missing."""
    titles = {shown.title: shown for shown in photo_showcase.stored()}
    if not titles:
        st.info("The example photographs are missing: drop some of your own.")
        return []
    title = st.pills(
        "Or try an example", list(titles), default=next(iter(titles)), required=True, key="photo_example"
    )
    shown = titles[title]
    return [File(shown.fname, shown.path.read_bytes())]


@st.cache_resource(max_entries=128, show_spinner=False)
def _predicted(digest: str, name: str, _source: bytes) -> dict[str, photo_models.PhotoPrediction]:
    opened = open_image(_source, name=name)
    return {task: photo_models.load(task).predict([opened])[0] for task in TASKS}


def _card(file: File, by_task: dict) -> None:
    left, right = st.columns([5, 6], gap="large")
    several, single, point = by_task[MULTI_LABEL], by_task[SINGLE_LABEL], by_task[POINTS]
    with left:
        st.image(
            photo_cards.image(open_image(file.source), point.point_px),
            width="stretch",
            caption=plain(file.name),
            alt="Your photograph, with the predicted point where a face was found",
        )
    with right:
        if not (several.is_familiar or single.is_familiar or point.is_familiar):
            st.warning(_UNFAMILIAR, icon=":material/help:")
        photo_cards.everything(several.labels, several.probs)
        photo_cards.one_thing(single.labels, single.probs, single.is_familiar)
        photo_cards.point(point.point_px, point.probs[photo_models.FACE])


def as_csv(predicted: Sequence[tuple[File, dict]]) -> bytes:
    """One row per photograph, marked as UTF-8 so that spreadsheets read every letter."""
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
            | {f"p({label})": round(prob, 4) for label, prob in several.probs.items()}
        )
    return csv_text(rows).encode("utf-8-sig")


def _download(predicted: list) -> None:
    st.download_button(
        f"Download the predictions as CSV ({len(predicted)} image{'s' * (len(predicted) != 1)})",
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
            f"The multi-label model knows {len(vocab)} labels: {', '.join(map(plain, vocab))}. The single-label model "
            "knows ImageNet's 1,000 classes, which do not include people. The point model finds the point between "
            "the eyes on portraits. For anything else, train on your own photographs: page Your data, then Train."
        )
