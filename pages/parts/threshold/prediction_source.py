"""What lesson 3 is about: the predictions of a run, or those of the model for photographs."""

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
import streamlit as st

from engine.data import example_photographs
from engine.functional.label_changes import least_sure
from engine.functional.label_encoding import encode
from engine.inference import photo_showcase
from engine.runs import Predictions, Run
from engine.tasks import MULTI_LABEL
from engine.training.photo_models import files, held_out_labels
from engine.training.photo_models.files import PhotoModelError
from pages.parts.shared import image_kind, runs, text, workflow
from pages.parts.shared.workflow_steps import THRESHOLD
from pages.parts.threshold import reliability as threshold_reliability
from pages.parts.threshold import save_thresholds, scored_predictions
from pages.parts.threshold.gallery import GalleryImage

SHOWN = 8


class Subject(ABC):
    """`predictions` under the key `source`, and the thresholds that are in use for them."""

    source: tuple[str, tuple[int, ...]]
    default: float
    """The threshold for every class before one is chosen."""
    shown: str
    """What the images under the slider are, next to those that are counted."""

    @cached_property
    def scored(self) -> scored_predictions.ScoredPredictions:
        return scored_predictions.scored(*self.source)

    @property
    def predictions(self) -> Predictions:
        return self.scored.predictions

    @property
    @abstractmethod
    def counted(self) -> str:
        """The images whose labels are counted, as a sentence says it."""

    @property
    @abstractmethod
    def in_use(self) -> np.ndarray:
        """The threshold of each class, (C,)."""

    @property
    def in_use_for_all(self) -> float:
        """The model's own threshold for every class; where classes have their own, that of the configuration."""
        in_use = set(self.in_use)
        return float(in_use.pop()) if len(in_use) == 1 else self.default

    @property
    @abstractmethod
    def images(self) -> list[GalleryImage]:
        """The images to show under the slider."""

    @abstractmethod
    def offer(self, chosen: np.ndarray) -> None:
        """What can be done with the chosen thresholds (C,)."""

    @abstractmethod
    def reliability(self) -> None:
        """Whether the probabilities can be trusted."""


class OfRun(Subject):
    """A run's predictions for its validation images."""

    def __init__(self, run: Run) -> None:
        self._run, self.source, self.default = run, (str(run.folder), runs.stamp(run)), run.config.threshold
        self.shown = "The images below are those that the model is least sure of."

    @property
    def counted(self) -> str:
        return f"all {len(self.predictions.targets):,} validation images"

    @property
    def in_use(self) -> np.ndarray:
        return np.array(list(self._run.thresholds.values()))

    @cached_property
    def images(self) -> list[GalleryImage]:
        predictions = self.predictions
        return [
            GalleryImage(
                self._run.image_path(predictions.fnames[at]), predictions.probs[at], predictions.targets[at]
            )
            for at in map(int, least_sure(predictions.probs, SHOWN))
        ]

    def offer(self, chosen: np.ndarray) -> None:
        save_thresholds.offer(self._run, chosen)

    def reliability(self) -> None:
        threshold_reliability.show(self._run, self.predictions)


class OfPhotographs(Subject):
    """The model for photographs: held-out predictions, and the example photographs to look at."""

    default = 0.5
    shown = "The examples below are not among them."

    def __init__(self) -> None:
        read = (files.FOLDER / held_out_labels.FNAME, files.settings_file(MULTI_LABEL))
        changed = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in read)
        self.source = (scored_predictions.PHOTOGRAPHS, changed)

    @cached_property
    def in_use(self) -> np.ndarray:
        return held_out_labels.thresholds()

    @property
    def counted(self) -> str:
        return f"all {len(self.predictions.targets):,} held-out photographs"

    @cached_property
    def images(self) -> list[GalleryImage]:
        vocab = self.predictions.vocab
        return [
            GalleryImage(
                shown.path,
                np.array([shown.multi_label["probs"].get(label, 0.0) for label in vocab]),
                encode(example_photographs.LABELS.get(shown.fname, ()), vocab),
            )
            for shown in photo_showcase.stored()
        ]

    def offer(self, chosen: np.ndarray) -> None:
        lowest, highest = (int(at) for at in (self.in_use.argmin(), self.in_use.argmax()))
        st.caption(
            f"The model for photographs keeps its own thresholds, from {self.in_use[lowest]:.2f} for "
            f"{text.plain(self.predictions.vocab[lowest])} to {self.in_use[highest]:.2f} for "
            f"{text.plain(self.predictions.vocab[highest])}. Labels kept, gained and lost compare with those."
        )

    def reliability(self) -> None:
        threshold_reliability.show_held_out(self.predictions)


def choose() -> Subject:
    """What the visitor chose; a page stops with a sentence where nothing is ready."""
    kind = image_kind.choose(own_task="multi-label")
    if kind != image_kind.PHOTOGRAPHS:
        run = runs.choose("multi-label", is_own=kind == image_kind.YOUR_RUNS)
        if kind == image_kind.YOUR_RUNS:
            workflow.show(THRESHOLD, run=run)
        runs.images_exist(run)
        return OfRun(run)
    subject = OfPhotographs()
    try:
        count = len(subject.predictions.targets)
    except PhotoModelError as error:
        st.error(text.plain(error))
        st.stop()
    st.caption(
        f"{count} photographs of COCO 2017 (annotations CC BY 4.0), each predicted by a head fitted without it."
    )
    return subject
