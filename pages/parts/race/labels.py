"""The race over labels: its curves, one image that is played epoch by epoch, the settings, and the evidence below."""

from dataclasses import dataclass

import streamlit as st

from engine.experiments.loss_race import RaceConfig, Standings
from engine.plots import race as figures
from engine.plots.race_titles import METRICS, label_title
from pages.parts.race import controls, data, exercises, label_evidence, player, shown_losses
from pages.parts.race.data import Raced
from pages.parts.race.label_subjects import LabelSubject
from pages.parts.race.player import Played
from pages.parts.shared import charts, page
from pages.parts.shared.lesson import LESSONS, tasks

CONTROL_NAMES = {
    "several_labels": "Exact match, several labels",
    "exact_match": "Exact match",
    "mean_average_precision": "Mean average precision",
    "skill": "Skill",
}
EXPLAINED = {
    "several_labels": "Exact match is the share of images with every class predicted correctly, here of the images "
    "with two labels or more.",
    "exact_match": "Exact match is the share of images with every class predicted correctly.",
    "mean_average_precision": "Mean average precision asks whether images that show a class rank before the others. No "
    "threshold counts.",
    "skill": "Skill is how far accuracy_multi gets from predicting nothing (0) to all right (1). Wrong predictions "
    "make it negative.",
}
BANDS = (
    "Each line is the mean of three seeds, its band the lowest to the highest. A tie means that another seed or other "
    "validation images could reverse the order."
)


@dataclass(frozen=True)
class Shown:
    """What the race on the screen is: its settings, its result, its standings, and the metric of the chart."""

    config: RaceConfig
    raced: Raced
    standings: Standings
    metric: str


@st.fragment
def show(subject: LabelSubject, is_guessed: bool) -> Shown:
    """Everything about the race over labels; a moved slider redraws only this.

    Until the learner has guessed which loss cannot name two labels, cross-entropy does not race.
    """
    metric = _metric(subject)
    lanes = shown_losses.choose(subject.start.task, f"{subject.prefix}losses")
    if not is_guessed:
        lanes = shown_losses.without(lanes, exercises.CROSS_ENTROPY)
        st.caption("Cross-entropy joins the race after your guess.")
    place = st.container()
    config = controls.labels(subject.start, subject.prefix)
    raced = data.labels(config, subject.course, lanes)
    shown = Shown(config, raced, raced.standings(subject.course, config.threshold), metric)
    with place:
        _chart_and_player(subject, shown)
    page.image_first()
    if is_guessed:
        tasks.show(LESSONS[6], exercises.label_tasks(shown.standings, metric, config))
        label_evidence.show(subject, shown)
    return shown


def _metric(subject: LabelSubject) -> str:
    return st.segmented_control(
        "Metric",
        list(METRICS),
        default=subject.metric,
        required=True,
        format_func=CONTROL_NAMES.__getitem__,
        key=f"{subject.prefix}measure",
        bind=controls.URL,
    )


def _chart_and_player(subject: LabelSubject, shown: Shown) -> None:
    standings, metric = shown.standings, shown.metric
    curves = figures.bands(standings.scores, standings.lanes, metric)
    title = label_title(
        standings.at_end(metric), metric, standings.baselines[metric], standings.margins[metric]
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        still = figures.progress(curves, metric, standings.baselines[metric])
        charts.show_marked(still, [figures.curtain(shown.config.epochs)], title, title, key="progress")
        st.caption(f"{EXPLAINED[metric]} {BANDS}")
    with right:
        played = Played(
            subject.probs_by_epoch(shown.raced.race), subject.course.valid.vocab, shown.config.threshold
        )
        player.show(subject.watched, played, curves)
