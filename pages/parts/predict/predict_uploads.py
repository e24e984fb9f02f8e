"""The visitor's own images, predicted by every ready run, one after the other with a progress bar."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

import streamlit as st

from engine import runs as engine_runs
from engine.images import ImageError
from engine.inference import uploads
from engine.inference.uploads import UploadPredictions
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.shared import runs

TASK_ORDER = (MULTI_LABEL, SINGLE_LABEL, POINTS)


@dataclass(frozen=True)
class File:
    """An uploaded image file: its name, which is never trusted, and its bytes."""

    name: str
    source: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.source).hexdigest()


def ready_runs() -> dict[str, Run]:
    """Every ready run whose network can be loaded, by its title; a run that cannot be used gets one sentence."""
    usable = {}
    for run in sorted(engine_runs.ready_runs(), key=lambda run: TASK_ORDER.index(run.task)):
        if trouble := runs.trouble(run):
            st.warning(trouble)
        else:
            usable[runs.title(run)] = run
    return usable


def uploader() -> list:
    """Where images are dropped; the same on every part of the page, so that they stay when another part is chosen."""
    return st.file_uploader(
        f"Drop up to {uploads.MAX_FILES} images. They stay in this app's memory.",
        accept_multiple_files=True,
        max_upload_size=uploads.MAX_MB,
        key="files",
    )


def taken(files: Sequence) -> tuple[list[File], list[str]]:
    """The uploaded files that are within the limits, and a sentence for each that is not."""
    positions, refused = uploads.within_limits([(file.name, file.size) for file in files])
    return [File(files[at].name, files[at].getvalue()) for at in positions], refused


def answer_all(
    files: Sequence[File], by_title: dict[str, Run]
) -> tuple[list[tuple[File, UploadPredictions]], list[str]]:
    """Each file with its predictions, and a sentence for each file that cannot be shown; nothing stops the others."""
    groups = _groups(by_title)
    results: dict[int, UploadPredictions | str] = {}
    bar = st.progress(0.0, "Predicting…") if len(files) > 1 else None
    for done, (group, (at, file)) in enumerate(product(groups, enumerate(files)), 1):
        results[at] = _joined(results.get(at), _answer(file, group))
        if bar:
            bar.progress(done / (len(groups) * len(files)), f"{done} of {len(groups) * len(files)} done")
    if bar:
        bar.empty()
    predicted = [
        (files[at], result) for at, result in results.items() if isinstance(result, UploadPredictions)
    ]
    return predicted, [result for result in results.values() if isinstance(result, str)]


def _groups(by_title: dict[str, Run]) -> list[dict[str, Run]]:
    """The runs in groups that can all be kept loaded at once, so that none is loaded twice for the same files."""
    titled = iter(by_title.items())
    return [dict(group) for group in iter(lambda: list(islice(titled, runs.MODELS_KEPT)), [])]


def _joined(earlier: UploadPredictions | str | None, now: UploadPredictions | str) -> UploadPredictions | str:
    if isinstance(earlier, UploadPredictions) and isinstance(now, UploadPredictions):
        return replace(now, predictions={**earlier.predictions, **now.predictions})
    return now


def _answer(file: File, group: dict[str, Run]) -> UploadPredictions | str:
    return _answered(file.digest, file.name, tuple(map(runs.version, group.values())), file.source, group)


@st.cache_resource(max_entries=256, show_spinner=False)
def _answered(
    digest: str, name: str, versions: tuple, _source: bytes, _runs: dict[str, Run]
) -> UploadPredictions | str:
    try:
        models = {title: runs.model(run) for title, run in _runs.items()}
        return uploads.predict_upload(_source, name, models)
    except ImageError as error:
        return str(error)
