"""What the loss race runs over and how it ends, held once for all visitors."""

import hashlib
from collections.abc import Sequence
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
from engine.experiments.loss_race import Course, Lane, Race, RaceConfig, Standings, seeds, worker_client
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
    """Races over labels from several seeds, with what no threshold changes.

    Attributes:
        races: one for each seed; `race` is the first.
        rankings: for each, (E + 1, H), each head's mean average precision at each epoch.
        ranking_margins: (H + 1, H + 1), how far apart two heads, or a head and chance, must be over other images.
    """

    races: tuple[Race, ...]
    rankings: tuple[np.ndarray, ...]
    ranking_margins: np.ndarray

    @property
    def race(self) -> Race:
        return self.races[0]

    def standings(self, over: Course, threshold: float) -> Standings:
        """Where each loss stands at a threshold."""
        return loss_race.label_standings(self.races, self.rankings, self.ranking_margins, over, threshold)


@dataclass(frozen=True)
class RacedPoints:
    """Races over points from several seeds, their scores at each epoch, and how far apart two median errors must be."""

    races: tuple[Race, ...]
    scores: pd.DataFrame
    margins: np.ndarray

    @property
    def race(self) -> Race:
        return self.races[0]


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
        with st.spinner("Waiting for the backbone…", show_time=True), place.lock:
            place.course = place.course or _made(dataset)
    return place.course


def labels(config: RaceConfig, over: Course, lanes: Sequence[Lane]) -> Raced:
    """The races of some losses over labels; the threshold is not asked for, because it changes no weight."""
    return _labels(config.for_training(), _identity(over), _names(lanes), over)


def points(config: RaceConfig, over: Course, lanes: Sequence[Lane]) -> RacedPoints:
    """The races of some losses over points."""
    return _points(config.for_training(), _identity(over), _names(lanes), over)


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
    bar = st.progress(0.0, "Reading the images…")
    try:
        seen = features.of_dataset(
            dataset, lambda says, share: bar.progress(share, f"{says}, once: {share:.0%}")
        )
        return Course.of(dataset, seen)
    except (DatasetError, WeightsError, OSError, RuntimeError) as error:
        st.error(plain(f"The backbone cannot read the images of {dataset.name}: {error}"))
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
def _labels(config: RaceConfig, which: str, names: tuple[str, ...], _over: Course) -> Raced:
    races, rankings = _run(config, which, names, _over)
    margins = loss_race.ranking_margins(races[0], _over)
    return Raced(races, tuple(np.asarray(ranking) for ranking in rankings), margins)


@st.cache_resource(max_entries=RACES_KEPT, show_spinner=False)
def _points(config: RaceConfig, which: str, names: tuple[str, ...], _over: Course) -> RacedPoints:
    races, scores = _run(config, which, names, _over)
    joined = seeds.joined([pd.DataFrame(of_seed) for of_seed in scores])
    medians = seeds.last_of(joined, "median_error_px")
    return RacedPoints(races, joined, seeds.margins(medians, loss_race.point_margins(races[0], _over)))


def _run(config: RaceConfig, which: str, names: tuple[str, ...], over: Course) -> tuple[tuple, tuple]:
    """The race of each seed, and the scores of each."""
    lanes = [lane for lane in loss_race.lanes(config.task) if lane.name in names]
    raced = worker_client.run_seeds(config, over, which, loss_race.seeds_from(config.seed), lanes)
    return tuple(race for race, _ in raced), tuple(scores for _, scores in raced)


def _names(lanes: Sequence[Lane]) -> tuple[str, ...]:
    return tuple(lane.name for lane in lanes)


@st.cache_data(max_entries=64, show_spinner="Computing the features of the image…")
def _looked_at(source: bytes, backbone: str, digest: str) -> np.ndarray:
    return features.of_image(open_image(source), get(backbone))


@st.cache_resource(max_entries=3, show_spinner=False)
def _photographs(task: str, sees: str, folder: str, changed_ns: int) -> PhotographCourse:
    return photograph_race.load(task, sees, Path(folder))


@st.cache_data(max_entries=64, show_spinner="Computing the features of the photograph…")
def _looked_at_photograph(source: bytes, sees: str, digest: str) -> np.ndarray:
    return photograph_race.of_image(open_image(source), sees)
