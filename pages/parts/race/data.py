"""What the loss race runs over and how it ends, held once for all visitors."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
import streamlit as st

from engine import paths
from engine.data import formats
from engine.data.formats import Dataset, DatasetError
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, Race, RaceConfig, worker_client
from engine.experiments.loss_race import photographs as photograph_race
from engine.experiments.loss_race.photographs import PhotographCourse
from engine.images import ImageError, open_image
from engine.tasks import POINTS
from engine.training import features
from engine.training.backbones import PHOTOGRAPHS, Backbone, WeightsError, default_for, get, weight_files
from pages.parts.shared.text import plain

RACES_KEPT = 64


@dataclass
class _Place:
    """Where a course is kept once it is made; who comes meanwhile waits."""

    lock: Lock = field(default_factory=Lock)
    course: Course | None = None


@dataclass(frozen=True)
class Raced:
    """A race over labels, with what no threshold changes.

    Attributes:
        ranking: (E + 1, H), each head's mean average precision at each epoch.
        ranking_margins: (H + 1, H + 1), how far apart two heads, or a head and chance, must be to differ by it.
    """

    race: Race
    ranking: np.ndarray
    ranking_margins: np.ndarray


@dataclass(frozen=True)
class RacedPoints:
    """A race over points, its scores at each epoch, and how far apart two median errors must be to differ."""

    race: Race
    scores: pd.DataFrame
    margins: np.ndarray


def heads() -> Dataset | None:
    """The sample heads, read once; None, with a sentence, where they cannot be used."""
    try:
        return _heads(str(paths.HEADS))
    except DatasetError as error:
        st.info(plain(f"There are no sample heads to show yet: {error}"))
        return None


def course(dataset: Dataset) -> Course | None:
    """The features and targets of a dataset, computed once with a progress bar; None, with a sentence, on failure."""
    place = _place(str(dataset.folder), dataset.task, _stamp(dataset))
    if place.course is None:
        with st.spinner("Waiting for the network…", show_time=True), place.lock:
            place.course = place.course or _made(dataset)
    return place.course


def labels(config: RaceConfig, over: Course) -> Raced:
    """The race over labels; the threshold is not asked for, because it changes no weight."""
    return _labels(config.for_training(), _identity(over), over)


def points(config: RaceConfig, over: Course) -> RacedPoints:
    """The race over points."""
    return _points(config.for_training(), _identity(over), over)


def looked_at(source: bytes, backbone: Backbone) -> np.ndarray | None:
    """A backbone's features (F,) of the visitor's own image; None, with a sentence, on failure."""
    try:
        return _looked_at(source, backbone.name, weight_files.digest(backbone))
    except (ImageError, WeightsError, OSError, RuntimeError) as error:
        st.error(plain(error))
        return None


def photographs(task: str, sees: str = photograph_race.POOLED) -> PhotographCourse | None:
    """The course over photographs, read once; None, with a sentence, where its file cannot be used."""
    path = photograph_race.folder()
    try:
        return _photographs(task, sees, str(path), path.stat().st_mtime_ns if path.exists() else 0)
    except DatasetError as error:
        st.error(plain(error))
        return None


def looked_at_photograph(source: bytes, sees: str = photograph_race.POOLED) -> np.ndarray | None:
    """The features (F,) of the visitor's photograph as in `photographs`; None, with a sentence, on failure."""
    try:
        return _looked_at_photograph(source, sees, weight_files.digest(PHOTOGRAPHS))
    except (ImageError, WeightsError, OSError, RuntimeError) as error:
        st.error(plain(error))
        return None


def _made(dataset: Dataset) -> Course | None:
    bar = st.progress(0.0, "Reading the pictures…")
    try:
        seen = features.of_dataset(
            dataset, lambda says, share: bar.progress(share, f"{says}, once: {share:.0%}")
        )
        return Course.of(dataset, seen)
    except (DatasetError, WeightsError, OSError, RuntimeError) as error:
        st.error(plain(f"The network cannot look at the pictures of {dataset.name}: {error}"))
        return None
    finally:
        bar.empty()


def _stamp(dataset: Dataset) -> str:
    """Changes with the table, any image's file, and the backbone's weights."""
    files = dataset.paths()
    about = [(file.stat().st_size, file.stat().st_mtime_ns) if file.exists() else None for file in files]
    weights = _digest(default_for(dataset.folder))
    return hashlib.sha256(f"{dataset.table.to_csv()} {about} {weights}".encode()).hexdigest()


def _digest(backbone: Backbone) -> str:
    """Which weights a backbone has; "" where they are missing, which is told when they are needed."""
    try:
        return weight_files.digest(backbone)
    except (WeightsError, OSError):
        return ""


def _identity(over: Course) -> str:
    """Which course this is, by what the heads are trained on."""
    return hashlib.sha256(
        over.mean.tobytes() + over.train_targets.tobytes() + over.valid_targets.tobytes()
    ).hexdigest()


@st.cache_resource(max_entries=1, show_spinner=False)
def _heads(folder: str) -> Dataset:
    return formats.load(Path(folder), POINTS)


@st.cache_resource(max_entries=4, show_spinner=False)
def _place(folder: str, task: str, stamp: str) -> _Place:
    return _Place()


@st.cache_resource(max_entries=RACES_KEPT, show_spinner=False)
def _labels(config: RaceConfig, which: str, _over: Course) -> Raced:
    race, ranking = worker_client.run(config, _over, which)
    return Raced(race, np.asarray(ranking), loss_race.ranking_margins(race, _over))


@st.cache_resource(max_entries=RACES_KEPT, show_spinner=False)
def _points(config: RaceConfig, which: str, _over: Course) -> RacedPoints:
    race, scores = worker_client.run(config, _over, which)
    return RacedPoints(race, pd.DataFrame(scores), loss_race.point_margins(race, _over))


@st.cache_data(max_entries=64, show_spinner="The network is looking at the picture…")
def _looked_at(source: bytes, backbone: str, digest: str) -> np.ndarray:
    return features.of_image(open_image(source), get(backbone))


@st.cache_resource(max_entries=3, show_spinner=False)
def _photographs(task: str, sees: str, folder: str, changed_ns: int) -> PhotographCourse:
    return photograph_race.load(task, sees, Path(folder))


@st.cache_data(max_entries=64, show_spinner="The network is looking at the photograph…")
def _looked_at_photograph(source: bytes, sees: str, digest: str) -> np.ndarray:
    return photograph_race.of_image(open_image(source), sees)
