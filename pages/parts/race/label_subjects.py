"""What the race over labels runs over: the drawn scenes, or photographs of which only the features are stored."""

from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path

import numpy as np
import streamlit as st

from engine.data import example_photographs
from engine.data.formats import Dataset
from engine.experiments.loss_race import Course, Race, RaceConfig
from engine.experiments.loss_race import photographs as photograph_race
from engine.experiments.loss_race.photographs import PhotographCourse
from engine.functional import label_encoding
from engine.inference import photo_showcase
from engine.tasks import MULTI_LABEL
from engine.training.backbones import default_for
from pages.parts.race import data
from pages.parts.race.player import Watched
from pages.parts.shared import choose_image, thumbnails
from pages.parts.shared.text import plain

PAIR = ("bear", "dog")
EXAMPLE = "photographer.jpg"
_LONGEST = 360


class LabelSubject(ABC):
    """A course with the settings it starts from, the metric shown first, and the image that is played."""

    course: Course
    start: RaceConfig
    prefix: str
    """Begins the keys of all controls, so that each subject has its own."""
    metric: str
    is_photographs: bool
    watched: Watched

    @abstractmethod
    def probs_by_epoch(self, race: Race) -> np.ndarray:
        """The heads' probabilities (E + 1, H, C) for the watched image."""

    @abstractmethod
    def another_image(self) -> tuple[Watched | None, np.ndarray | None]:
        """An image that the visitor chooses, and its standardised features; None for both where there is none."""

    def note(self) -> str:
        """What to know about these images, or nothing."""
        return ""


class Drawings(LabelSubject):
    """The drawn scenes."""

    start, prefix, metric, is_photographs = RaceConfig(MULTI_LABEL), "", "several_labels", False

    def __init__(self, course: Course) -> None:
        self.course = course
        self._fnames = course.valid.table["fname"].tolist()

    @cached_property
    def _at(self) -> int:
        fname = two_kinds(self.course.valid)
        return 0 if fname is None else self._fnames.index(fname)

    @cached_property
    def watched(self) -> Watched:  # type: ignore[override]
        return self._watched(self._fnames[self._at])

    def probs_by_epoch(self, race: Race) -> np.ndarray:
        return np.stack([race.valid_predictions(self._at, epoch) for epoch in range(len(race.valid_raw))])

    def another_image(self) -> tuple[Watched | None, np.ndarray | None]:
        valid = self.course.valid
        chosen = choose_image.choose_or_upload(valid, choose_image.with_labels(valid, 3), "race_picture")
        if chosen.is_sample:
            at = self._fnames.index(chosen.name)
            return self._watched(chosen.name), self.course.valid_features[at]
        seen = data.looked_at(chosen.content, default_for(self.course.train.folder))
        if seen is None:
            return None, None
        own = Watched(thumbnails.jpeg(chosen.source), chosen.name, f"Your image {chosen.name}", None)
        return own, self.course.standardised(seen)

    def _watched(self, fname: str) -> Watched:
        valid, at = self.course.valid, self._fnames.index(fname)
        return labelled(
            thumbnails.jpeg(valid.folder / fname, _LONGEST),
            valid.table["labels"].iloc[at],
            Path(fname).name,
            self.course.valid_targets[at],
            "A drawing",
        )


class Photographs(LabelSubject):
    """Photographs of COCO, of which only the features are stored, and the example photographs."""

    start, prefix, metric, is_photographs = photograph_race.start(MULTI_LABEL), "photo_", "exact_match", True

    def __init__(self, photographs: PhotographCourse) -> None:
        self._photographs, self.course = photographs, photographs.course

    @cached_property
    def _example(self) -> str:
        names = list(self._photographs.examples)
        return EXAMPLE if EXAMPLE in names else names[0]

    @cached_property
    def watched(self) -> Watched:  # type: ignore[override]
        return self._watched(self._example)

    def probs_by_epoch(self, race: Race) -> np.ndarray:
        at = list(self._photographs.examples).index(self._example)
        return np.stack([race.watched_predictions(at, epoch) for epoch in range(len(race.watched_raw))])

    def another_image(self) -> tuple[Watched | None, np.ndarray | None]:
        if (own := choose_image.upload("race_photograph")) is not None:
            seen = data.looked_at_photograph(own.content)
            if seen is None:
                return None, None
            watched = Watched(
                thumbnails.jpeg(own.source, _LONGEST), own.name, f"Your photograph {own.name}", None
            )
            return watched, self.course.standardised(seen)
        titles = {
            title: fname
            for fname, title in photo_showcase.TITLES.items()
            if fname in self._photographs.examples
        }
        first = photo_showcase.TITLES["astronaut.jpg"]
        title = st.pills(
            "Or an example",
            list(titles),
            default=first,
            required=True,
            key="race_example",
            bind="query-params",
            wrap=True,
        )
        fname = titles[title]
        return self._watched(fname), self.course.standardised(self._photographs.examples[fname])

    def note(self) -> str:
        train, valid = len(self.course.train_targets), len(self.course.valid_targets)
        counts = dict(
            zip(self.course.valid.vocab, self.course.train_targets.sum(axis=0).astype(int), strict=True)
        )
        rarest = sorted((count, label) for label, count in counts.items())[:4]
        few = ", ".join(f"{plain(label)} {count}" for count, label in rarest)
        most = max(counts, key=counts.__getitem__)
        return (
            f"**{train} photographs to train on, {valid} to validate, {len(counts)} labels.** They come from COCO 2017 "
            f"(annotations CC BY 4.0). Loss Lab ships their features, not the images. Most labels are rare in training "
            f"({few}); {plain(most)} is in {counts[most]} images. So small differences mean little here."
        )

    def _watched(self, fname: str) -> Watched:
        labels = example_photographs.LABELS[fname]
        return labelled(
            thumbnails.jpeg(example_photographs.FOLDER / fname, _LONGEST),
            labels,
            photo_showcase.TITLES.get(fname, fname),
            label_encoding.encode(labels, self.course.valid.vocab),
            "A photograph",
        )


def labelled(jpeg: bytes, labels: tuple[str, ...], name: str, present: np.ndarray, kind: str) -> Watched:
    """A watched image with a caption that names its labels."""
    shows = ", ".join(labels) or "none of the labels"
    return Watched(jpeg, f"Labels: {shows} ({name})", f"{kind} that shows {shows}", present)


def two_kinds(valid: Dataset) -> str | None:
    """The first validation image with a bear and a dog and nothing else, or else with any two labels."""
    matches = [
        fname
        for fname, labels in zip(valid.table["fname"], valid.table["labels"], strict=True)
        if set(labels) == set(PAIR)
    ]
    return matches[0] if matches else choose_image.with_labels(valid, 2)
