"""The race over labels: its curves, two images with every head's predictions, any other image, and who won where."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from engine.data.formats import Dataset
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, RaceConfig
from engine.functional import label_encoding
from engine.plots import race as figures
from engine.tasks import MULTI_LABEL
from engine.training.backbones import default_for
from pages.parts.race import best_values, controls, data, findings, predictions, train_link
from pages.parts.race.data import Raced
from pages.parts.race.predictions import HeadPredictions
from pages.parts.shared import charts, choose_image, page, tables, thumbnails
from pages.parts.shared.text import plain

PAIR = ("bear", "dog")
CHIPS = (
    "The heads saw the same pictures in the same order. Filled blue is right, filled red is wrong, a broken red "
    "line is a label that the head did not say."
)
LEVEL = "Losses are level where other validation images could well reverse their order."
STARS = (
    "★ is the best of a column, or level with it: less than twice the standard error of the difference away, over "
    "resampled validation images. Where all are level there is no star. mean AP: mean average precision. Classes won: "
    "in how many classes this loss alone has the highest average precision; ties count for none. No network: chance "
    "for mean AP, predicting nothing for the rest."
)
ADAM = (
    "Adam divides each step by the size of recent gradients, so a loss gains nothing by being large. Only its shape "
    "counts, and one learning rate is fair to all."
)
_SHORT = {"mean_average_precision": "mean AP"}
MOUNT_WH = (560, 420)
SAYS = {
    "mean_average_precision": "Mean average precision asks only whether pictures that show a class come before those "
    "that do not; no threshold counts. Guessing scores the share of pictures that show it.",
    "skill": "Skill is how far accuracy_multi has come from predicting nothing (0) to all right (1). It can fall "
    "far below 0: wrong predictions are worse than none.",
    "exact_match": "Exact match is the share of images with every class predicted correctly.",
}


@st.fragment
def show(over: Course) -> None:
    """Everything about the race over labels; a moved slider redraws only this."""
    raced, config, scores = curves_and_controls(over)
    page.image_first()
    train_link.show(MULTI_LABEL, raced.race.lanes)
    st.header(f"One image, {len(raced.race.lanes)} predictions")
    st.markdown(CHIPS)
    st.html(predictions.STYLE)
    _two_pictures(raced, over, config)
    st.subheader("Any other picture, or one of yours")
    _chosen_picture(raced, over, config)
    results(raced, over, scores, config.threshold)


def curves_and_controls(
    over: Course, start: RaceConfig | None = None, prefix: str = ""
) -> tuple[Raced, RaceConfig, pd.DataFrame]:
    """Draw the curves over the sliders (see `race_controls.labels`), and return the race, its settings and scores."""
    curves = st.container()
    measure = st.segmented_control(
        "One metric for all",
        list(figures.METRICS),
        default="mean_average_precision",
        required=True,
        format_func=figures.METRICS.__getitem__,
        key="measure",
        bind=controls.URL,
    )
    explained = st.empty()
    config = controls.labels(start, prefix)
    raced = data.labels(config, over)
    explained.caption(f"{SAYS[measure]} {LEVEL}")
    scores = loss_race.label_scores(raced.race, over, config.threshold, raced.ranking)
    with curves:
        _curves(raced, over, scores, measure, _margins(raced, over, config.threshold)[measure])
    return raced, config, scores


def results(raced: Raced, over: Course, scores: pd.DataFrame, threshold: float) -> None:
    """Which loss won by which metric, and what the numbers show."""
    st.header("Which loss won where")
    table = winners(raced, over, scores, threshold)
    tables.show(table.drop(columns=list(findings.BY_LABELS)))
    st.markdown("Exact match over the images with no label, with one and with several:")
    tables.show(table[list(findings.BY_LABELS)])
    st.caption(STARS)
    ends, baselines = _ends(raced, over, scores, threshold), _baselines(over.valid_targets)
    margins = _margins(raced, over, threshold)
    conclusions = findings.sentences(raced.race, over, ends, threshold, baselines, margins)
    st.markdown("\n".join(f"- {sentence}" for sentence in [*conclusions, ADAM]))


def _curves(raced: Raced, over: Course, scores: pd.DataFrame, measure: str, margins: np.ndarray) -> None:
    baseline, says = baseline_of(measure, over.valid_targets)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        charts.show(
            figures.progress(scores, raced.race.lanes, measure, baseline, says, margins), key="progress"
        )
    with right:
        charts.show(
            figures.training_curves(raced.race.step_losses, raced.race.lanes, raced.race.config.epochs),
            key="training",
        )


def baseline_of(measure: str, targets: np.ndarray) -> tuple[float, str]:
    """The value of a metric that needs no network, and its name."""
    if measure == "mean_average_precision":
        return loss_race.chance_average_precision(targets), "chance"
    return (0.0 if measure == "skill" else loss_race.nothing_right(targets)), "predicting nothing"


def _two_pictures(raced: Raced, over: Course, config: RaceConfig) -> None:
    fnames = over.valid.table["fname"].tolist()
    shown = two_kinds(over.valid), choose_image.with_labels(over.valid, 0)
    for column, fname in zip(st.columns(2, gap="large"), shown, strict=True):
        if fname is not None:
            at = fnames.index(fname)
            probs = raced.race.valid_predictions(at)
            with column:
                _picture(over.valid.folder / fname, Path(fname).name, over.valid.table["labels"].iloc[at])
                _words(raced, over, probs, over.valid_targets[at], config.threshold)


def two_kinds(valid: Dataset) -> str | None:
    """The first validation picture with a bear and a dog and nothing else, or else with any two kinds."""
    fitting = [
        fname
        for fname, labels in zip(valid.table["fname"], valid.table["labels"], strict=True)
        if set(labels) == set(PAIR)
    ]
    return fitting[0] if fitting else choose_image.with_labels(valid, 2)


def _picture(source: Path | bytes, name: str, present: tuple[str, ...] | None) -> None:
    """The picture; those that have labels stand on a mount of one size, so that they line up."""
    says = name if present is None else f"In it: {', '.join(present) or 'nothing of the vocabulary'} ({name})"
    small = thumbnails.padded(source, MOUNT_WH) if isinstance(source, Path) else thumbnails.jpeg(source)
    st.image(small, width="stretch", caption=plain(says), alt=plain(says))


def _words(
    raced: Raced, over: Course, probs: np.ndarray, present: np.ndarray | None, threshold: float
) -> None:
    st.html(
        predictions.as_chips(HeadPredictions(raced.race.lanes, probs, present, over.valid.vocab, threshold))
    )


def _chosen_picture(raced: Raced, over: Course, config: RaceConfig) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        place = st.container()
        chosen = choose_image.choose_or_upload(
            over.valid, choose_image.with_labels(over.valid, 3), "race_picture"
        )
    with place:
        _picture(chosen.source, Path(chosen.name).name, chosen.labels)
    probs = _asked(raced, over, chosen)
    if probs is None:
        return
    present = None if chosen.labels is None else label_encoding.encode(chosen.labels, over.valid.vocab)
    with right:
        _words(raced, over, probs, present, config.threshold)
    st.html(
        predictions.as_table(
            HeadPredictions(raced.race.lanes, probs, present, over.valid.vocab, config.threshold)
        )
    )
    st.caption("Every probability of every head. ● is in the picture; a frame is a yes at the threshold.")


def _asked(raced: Raced, over: Course, chosen: choose_image.Chosen) -> np.ndarray | None:
    """The probabilities (H, C) for a validation picture, already computed, or for one of the person's own."""
    if chosen.is_sample:
        at = over.valid.table["fname"].tolist().index(chosen.name)
        return raced.race.valid_predictions(at)
    seen = data.looked_at(chosen.content, default_for(over.train.folder))
    return None if seen is None else raced.race.predictions(over.standardised(seen))


def winners(raced: Raced, over: Course, scores: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Each loss (rows) by each metric (columns) at the end, and below what needs no network, as `STARS` says."""
    ends, margins = _ends(raced, over, scores, threshold), _margins(raced, over, threshold)
    without = {measure: value for measure, (value, _) in _baselines(over.valid_targets).items()}
    counts = over.valid_targets.sum(axis=1)
    for part, value, has in zip(findings.BY_LABELS, (1.0, 0.0, 0.0), (0, 1, 2), strict=True):
        without[part] = value if (np.minimum(counts, 2) == has).any() else np.nan
    table = pd.DataFrame(
        {
            _SHORT.get(name, figures.METRICS.get(name, name)): best_values.starred(
                [*ends[name], without[name]], "{:.3f}", margins[name]
            )
            for name in map(str, ends)
        }
    )
    won = _classes_won(loss_race.class_average_precisions(raced.race, over))
    table.insert(len(figures.METRICS), "classes won", best_values.starred([*won, np.nan], "{:.0f}"))
    return table.set_axis([*(lane.loss.title for lane in raced.race.lanes), "no network"])


def _ends(raced: Raced, over: Course, scores: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Each lane (rows) at the end by each metric, and its exact match by the number of labels."""
    last = scores.groupby("lane", sort=False).last()[list(figures.METRICS)]
    return last.join(loss_race.by_labels(raced.race, over, threshold))


def _baselines(targets: np.ndarray) -> dict[str, tuple[float, str]]:
    return {measure: baseline_of(measure, targets) for measure in figures.METRICS}


def _margins(raced: Raced, over: Course, threshold: float) -> dict[str, np.ndarray]:
    of_labels = loss_race.label_margins(raced.race, over, threshold)
    return of_labels | {"mean_average_precision": raced.ranking_margins}


def _classes_won(by_class: pd.DataFrame) -> pd.Series:
    """In how many classes each head alone has the highest average precision as shown; a tie counts for none."""
    known = by_class.dropna(axis=1).round(3)
    is_best = known.eq(known.max(axis=0), axis=1)
    return is_best.loc[:, is_best.sum(axis=0) == 1].sum(axis=1)
