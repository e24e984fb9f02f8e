"""The questions of lesson 6 about the race that is on the screen, with the numbers that they need."""

from collections.abc import Mapping

import numpy as np

from engine.data.formats import Dataset
from engine.experiments import loss_race
from engine.experiments.loss_race import Lane
from engine.tasks import MULTI_LABEL
from pages.parts.race import data, exercises, shown_losses
from pages.parts.race.label_subjects import Drawings, LabelSubject, two_kinds
from pages.parts.race.labels import Shown
from pages.parts.shared.lesson import Question


def guess_about_scenes(scenes: Dataset) -> Question:
    """The guess about the drawn scenes; trains nothing before the guess is made."""
    valid = scenes.part(valid=True)
    fname = two_kinds(valid)
    shown = dict(zip(valid.table["fname"], valid.table["labels"], strict=True)).get(fname, ())

    def probs() -> Mapping[str, np.ndarray]:
        course = data.course(scenes)
        return _probs(Drawings(course)) if course else {}

    return exercises.first_guess([(label, valid.vocab.index(label)) for label in shown], probs)


def guess_about(subject: LabelSubject) -> Question:
    """The guess about the image that is played."""
    present = subject.watched.present
    vocab = subject.course.valid.vocab
    labels = [] if present is None else [(vocab[at], int(at)) for at in np.flatnonzero(present)]
    return exercises.first_guess(labels, lambda: _probs(subject))


def check_about(subject: LabelSubject, shown: Shown) -> list[Question]:
    """The check about what is shown, or about the first three losses where too few are shown to compare."""
    raced, standings, config = shown.raced, shown.standings, shown.config
    if len(standings.lanes) < 2:
        raced = data.labels(config, subject.course, default_lanes())
        standings = raced.standings(subject.course, config.threshold)
    return exercises.label_check(raced.race, standings, config, len(subject.course.valid.vocab))


def default_lanes() -> tuple[Lane, ...]:
    """The losses that race at first."""
    default = shown_losses.DEFAULT[MULTI_LABEL]
    return tuple(lane for lane in loss_race.lanes(MULTI_LABEL) if lane.name in default)


def _probs(subject: LabelSubject) -> Mapping[str, np.ndarray]:
    lanes = default_lanes()
    race = data.labels(subject.start, subject.course, lanes).race
    last = subject.probs_by_epoch(race)[-1]
    return {lane.loss.name: values for lane, values in zip(lanes, last, strict=True)}
