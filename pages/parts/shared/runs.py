"""Trained runs on a page: which are ready, choosing one, its predictions and its network, loaded once."""

from pathlib import Path

import streamlit as st

from engine import paths, runs
from engine.jobs.shares import BY_YOUR_TEACHER
from engine.runs import PointPredictions, Predictions, Run, RunError, constant_baselines, files
from engine.runs.constant_baselines import ConstantBaseline
from pages.parts.shared import gc_freeze
from pages.parts.shared.text import plain

MODELS_KEPT = 4

COMMANDS = {
    "single-label": "python -m engine train --task single-label --data sample_data/scenes --out runs/my-single-label",
    "multi-label": "python -m engine train --task multi-label --data sample_data/scenes --out runs/my-multi-label",
    "points": "python -m engine train --task points --data sample_data/heads --out runs/my-points",
}


def is_bundled(run: Run) -> bool:
    """Whether a run came with the product."""
    return run.folder.parent == paths.BUNDLED_RUNS


def title(run: Run) -> str:
    """A run's name as people read it; the bundled ones say so."""
    if is_bundled(run):
        return f"{run.name} (bundled)"
    return f"{run.name} ({BY_YOUR_TEACHER})" if run.is_shared_with_me else run.name


def is_own(run: Run) -> bool:
    """Whether the person may rename, delete, resume and share a run."""
    return not is_bundled(run) and not run.is_shared_with_me


def bundled(task: str) -> Run | None:
    """The first run of a task that is ready, the bundled one where it is there."""
    return next(iter(runs.ready_runs(task)), None)


def own_titles(task: str) -> list[str]:
    """The names of the person's own runs of a task that are ready."""
    return [title(run) for run in runs.ready_runs(task) if not is_bundled(run)]


def choose(task: str, key: str = "run", is_own: bool | None = None) -> Run:
    """Let the person choose a ready run of a task; where there is none, say how to make one and stop.

    `is_own` keeps only the person's own runs, which are always named, or only the bundled ones.
    """
    ready = {title(run): run for run in runs.ready_runs(task) if is_own is None or is_own != is_bundled(run)}
    if not ready:
        none_yet(task)
        st.stop()
    if len(ready) == 1 and not is_own:
        return next(iter(ready.values()))
    return ready[st.selectbox("Run", list(ready), key=key, bind="query-params")]


def images_exist(run: Run) -> bool:
    """Say so where a run's images are missing; what a page shows of them is then left out."""
    stayed = not run.data.exists()
    if stayed:
        why = (
            "was imported from a zip, and its validation images stayed where it was trained"
            if run.is_imported
            else "was trained on images that are no longer there"
        )
        st.info(
            f"The run {plain(run.name)} {why}. Its metrics and predictions are all here; the images "
            "cannot be shown."
        )
    return stayed


def none_yet(task: str) -> None:
    """Say that no run of this task is ready, and the command that makes one."""
    st.info(f"No {task} run is ready yet. This command trains one:")
    st.code(COMMANDS[task], language="bash")


def predictions(run: Run) -> Predictions | PointPredictions:
    """What the run predicts for its validation part, read once for all visitors. Loads no network."""
    return _predictions(str(run.folder), stamp(run))


def label_predictions(run: Run) -> Predictions:
    """The predictions of a run whose task has labels; raises `RunError` for another task."""
    predicted = predictions(run)
    if isinstance(predicted, Predictions):
        return predicted
    raise RunError(f"The run {run.name} predicts points, not labels: choose a run of another task.")


def point_predictions(run: Run) -> PointPredictions:
    """The predictions of a run whose task has points; raises `RunError` for another task."""
    predicted = predictions(run)
    if isinstance(predicted, PointPredictions):
        return predicted
    raise RunError(f"The run {run.name} predicts labels, not points: choose a run of another task.")


def baselines(run: Run) -> list[ConstantBaseline]:
    """The best constant predictions for a run's task, the best first; none before the run has read its images."""
    return _baselines(str(run.folder), _changed_ns(run, files.PICTURES, files.VOCAB))


def stamp(run: Run) -> tuple[int, ...]:
    """When the run's answers were written: with the folder, the key of everything computed from them."""
    return _changed_ns(run, files.PREDICTIONS, files.VOCAB, files.CALIBRATION)


def model(run: Run):
    """The run's network (an `engine.inference.predict.Model`) with its thresholds as they are now.

    The network itself is loaded once for all visitors, and again only when its weights change, or when it has been
    compiled. Until then it loads torch.
    """
    from engine.inference import onnx_backend

    changed = _changed_ns(run, files.WEIGHTS, files.CONFIG, files.CALIBRATION, files.FAMILIARITY)
    return _model(str(run.folder), changed, onnx_backend.is_kept(run))


def trouble(run: Run) -> str | None:
    """One sentence why the run's network cannot be loaded, as Markdown; None when it can."""
    try:
        _proved(*version(run))
    except (ValueError, RuntimeError) as error:
        return plain(f"The run {title(run)} cannot predict: {error}")
    return None


def version(run: Run) -> tuple:
    """What a run's answers depend on, to keep them by: its folder, and when what decides them last changed."""
    return str(run.folder), _changed_ns(run, *files.PREDICTION_INPUTS)


@st.cache_resource(max_entries=8, show_spinner=False)
def _predictions(folder: str, changed_ns: tuple[int, ...]) -> Predictions | PointPredictions:
    return Run(Path(folder)).predictions


@st.cache_resource(max_entries=64, show_spinner=False)
def _baselines(folder: str, changed_ns: tuple[int, ...]) -> list[ConstantBaseline]:
    return constant_baselines.baselines(Run(Path(folder)))


@st.cache_data(max_entries=64, show_spinner=False)
def _proved(folder: str, changed_ns: tuple[int, ...]) -> bool:
    """True once the network of this version has been loaded; what it raises is not kept, and is tried again."""
    return model(Run(Path(folder))) is not None


@st.cache_resource(max_entries=MODELS_KEPT, show_spinner="Loading the network…")
def _model(folder: str, changed_ns: tuple[int, ...], is_compiled: bool):
    from engine.inference import onnx_backend, predict

    run = Run(Path(folder))
    loaded = predict.load(run)
    gc_freeze.set_aside()  # torch, or what answers in its place, is loaded now
    if not is_compiled:
        onnx_backend.make_in_background(run)
    return loaded


def _changed_ns(run: Run, *names: str) -> tuple[int, ...]:
    sources = (run.folder / name for name in names)
    return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in sources)
