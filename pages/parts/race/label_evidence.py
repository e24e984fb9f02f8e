"""The evidence below the race over labels, in tabs: all scores, training losses, another image, and real training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from engine.experiments import loss_race
from engine.experiments.loss_race.standings import PARTS
from engine.plots import race as figures
from engine.tasks import MULTI_LABEL
from pages.parts.race import best_values, controls, findings, predictions, train_link
from pages.parts.race.label_subjects import LabelSubject
from pages.parts.race.predictions import HeadPredictions
from pages.parts.shared import charts, tables
from pages.parts.shared.text import plain

if TYPE_CHECKING:
    from pages.parts.race.labels import Shown

COLUMNS = {"exact_match": "exact match", "mean_average_precision": "mean AP", "skill": "skill"}
STARS = (
    "★ marks the best score of a column, and scores that tie with it. Where all tie there is no star. "
    "Scores are means of three seeds. Classes won: classes for which this loss alone has the highest "
    "average precision. No network: chance for mean AP, predicting nothing for the rest."
)
ADAM = (
    "Adam divides each step by the size of recent gradients, so a loss gains nothing by being large. One learning rate "
    "is fair to all."
)
CHIPS = "Filled blue is right, filled red is wrong, a dashed red frame is a label that the head missed."
TABLE = "Every probability of every head. ● is in the image; a frame marks a probability above the threshold."


def show(subject: LabelSubject, shown: Shown) -> None:
    """The tabs; only the open one is computed, and it is kept in the address."""
    st.header("Evidence")
    tabs: dict[str, Callable[[LabelSubject, Shown], None]] = {
        "Scores": _scores,
        "Training losses": _training_losses,
        "Another image": _another_image,
        "Train for real": _train_for_real,
    }
    places = st.tabs(list(tabs), key=f"{subject.prefix}evidence", bind=controls.URL)
    for place, draw in zip(places, tabs.values(), strict=True):
        if place.open:
            with place:
                draw(subject, shown)


def _scores(subject: LabelSubject, shown: Shown) -> None:
    table = winners(shown, subject)
    st.markdown("Exact match by the number of labels in the image:")
    tables.show(table[list(PARTS)])
    st.markdown("All images:")
    tables.show(table.drop(columns=list(PARTS)))
    st.caption(STARS)
    sentences = findings.sentences(shown.raced.race, subject.course, shown.standings, shown.config.threshold)
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    if note := subject.note():
        st.markdown(note)


def _training_losses(subject: LabelSubject, shown: Shown) -> None:
    race = shown.raced.race
    charts.show(figures.training_curves(race.step_losses, race.lanes, race.config.epochs), key="training")
    st.markdown(ADAM)


def _another_image(subject: LabelSubject, shown: Shown) -> None:
    st.html(predictions.STYLE)
    left, right = st.columns([2, 3], gap="large")
    with left:
        place = st.container()
        watched, features = subject.another_image()
    if watched is None or features is None:
        return
    with place:
        st.image(watched.jpeg, width="stretch", caption=plain(watched.caption), alt=plain(watched.alt))
    race = shown.raced.race
    heads = HeadPredictions(
        race.lanes,
        race.predictions(features),
        watched.present,
        subject.course.valid.vocab,
        shown.config.threshold,
    )
    with right:
        st.html(predictions.as_chips(heads))
        st.caption(CHIPS)
        st.html(predictions.as_table(heads))
        st.caption(TABLE)


def _train_for_real(subject: LabelSubject, shown: Shown) -> None:
    train_link.show(MULTI_LABEL, loss_race.lanes(MULTI_LABEL), subject.is_photographs)


def winners(shown: Shown, subject: LabelSubject) -> pd.DataFrame:
    """Each loss (rows) by each metric (columns) at the end, and below what needs no network, as `STARS` says."""
    standings, targets = shown.standings, subject.course.valid_targets
    without = {metric: standings.baselines[metric][0] for metric in COLUMNS} | _nothing_by_part(targets)
    columns = dict.fromkeys(PARTS) | COLUMNS
    table = pd.DataFrame(
        {
            title or name: best_values.starred(
                [*standings.ends[name], without[name]], "{:.3f}", standings.margins[name]
            )
            for name, title in columns.items()
        }
    )
    won = _classes_won(loss_race.class_average_precisions(shown.raced.race, subject.course))
    table["classes won"] = best_values.starred([*won, np.nan], "{:.0f}")
    return table.set_axis([*(lane.loss.title for lane in standings.lanes), "no network"])


def _nothing_by_part(targets: np.ndarray) -> dict[str, float]:
    """The exact match of predicting nothing by the number of labels; NaN where no image has that number."""
    counts = np.minimum(targets.sum(axis=1), 2)
    return {part: float(at == 0) if (counts == at).any() else float("nan") for at, part in enumerate(PARTS)}


def _classes_won(by_class: pd.DataFrame) -> pd.Series:
    """In how many classes each head alone has the highest average precision as shown; a tie counts for none."""
    known = by_class.dropna(axis=1).round(3)
    is_best = known.eq(known.max(axis=0), axis=1)
    return is_best.loc[:, is_best.sum(axis=0) == 1].sum(axis=1)
