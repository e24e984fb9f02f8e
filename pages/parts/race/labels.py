"""The race over labels: its curves, two pictures with six answers each, any other picture, and who won where."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from engine.data.formats import Dataset
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, RaceConfig
from engine.functional import label_encoding, metrics
from engine.plots import race as figures
from engine.tasks import MULTI_LABEL
from engine.training.backbones import default_for
from pages.parts.race import controls as race_controls
from pages.parts.race import data as race_data
from pages.parts.race import link as race_link
from pages.parts.race import predictions
from pages.parts.race.data import Raced
from pages.parts.shared import charts, page, pictures, tables, thumbnails
from pages.parts.shared.text import plain

PAIR = ("bear", "dog")
CHIPS = (
    "The heads saw the same pictures in the same order. Filled blue is right, filled red is wrong, a broken red "
    "line is a label that the head did not say."
)
_SHORT = {"mean_average_precision": "mean AP"}
MOUNT_WH = (560, 420)
SAYS = {
    "mean_average_precision": "Mean average precision asks only whether pictures that show a class come before those "
    "that do not; no threshold counts. Guessing scores the share of pictures that show it.",
    "skill": "Skill is how far accuracy_multi has come from answering nothing (0) to all right (1). It can fall far "
    "below 0: answering wrongly is worse than answering nothing.",
    "exact_match": "Exact match is the share of pictures all of whose answers are right at once.",
}


@st.fragment
def show(over: Course) -> None:
    """Everything about the race over labels; a moved slider draws only this anew."""
    found, config, scores = curves_and_controls(over)
    page.picture_first()
    race_link.show(MULTI_LABEL, found.race.lanes)
    st.header("One picture, six answers")
    st.markdown(CHIPS)
    st.html(predictions.STYLE)
    _two_pictures(found, over, config)
    st.subheader("Any other picture, or one of yours")
    _chosen_picture(found, over, config)
    results(found, over, scores, config.threshold)


def curves_and_controls(
    over: Course, start: RaceConfig | None = None, prefix: str = ""
) -> tuple[Raced, RaceConfig, pd.DataFrame]:
    """Draw the curves over the sliders (see `race_controls.labels`), and return the race, its settings and scores."""
    curves = st.container()
    measure = st.segmented_control(
        "One measure for all",
        list(figures.MEASURES),
        default="mean_average_precision",
        required=True,
        format_func=figures.MEASURES.get,
        key="measure",
        bind=race_controls.URL,
    )
    explained = st.empty()
    config = race_controls.labels(start, prefix)
    found = race_data.labels(config, over)
    explained.caption(SAYS[measure])
    scores = loss_race.label_scores(found.race, over, config.threshold, found.ranking)
    with curves:
        _curves(found, over, scores, measure)
    return found, config, scores


def results(found: Raced, over: Course, scores: pd.DataFrame, threshold: float) -> None:
    """Which loss won by which measure, and why."""
    st.header("Which loss won where")
    tables.show(winners(found, over, scores, threshold))
    st.caption(
        "mean AP: mean average precision. “…”: exact match over the pictures with so many labels. Classes won: in "
        "how many classes this head has the highest average precision. ★ is the best of a column."
    )
    _why(over)


def _curves(found: Raced, over: Course, scores: pd.DataFrame, measure: str) -> None:
    baseline, says = baseline_of(measure, over.valid_targets)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        charts.show(figures.progress(scores, found.race.lanes, measure, baseline, says), key="progress")
    with right:
        charts.show(
            figures.training_curves(found.race.step_losses, found.race.lanes, found.race.config.epochs),
            key="training",
        )


def baseline_of(measure: str, targets: np.ndarray) -> tuple[float, str]:
    """What needs no network by a measure, and its name."""
    if measure == "mean_average_precision":
        return loss_race.chance_average_precision(targets), "chance"
    return (0.0 if measure == "skill" else loss_race.nothing_right(targets)), "doing nothing"


def _two_pictures(found: Raced, over: Course, config: RaceConfig) -> None:
    fnames = over.valid.table["fname"].tolist()
    shown = two_kinds(over.valid), pictures.with_labels(over.valid, 0)
    for column, fname in zip(st.columns(2, gap="large"), shown, strict=True):
        if fname is not None:
            at = fnames.index(fname)
            probs = found.race.valid_answers(at)
            with column:
                _picture(over.valid.folder / fname, Path(fname).name, over.valid.table["labels"].iloc[at])
                _words(found, over, probs, over.valid_targets[at], config.threshold)


def two_kinds(valid: Dataset) -> str | None:
    """The first validation picture with a bear and a dog and nothing else, or else with any two kinds."""
    fitting = [
        fname
        for fname, said in zip(valid.table["fname"], valid.table["labels"], strict=True)
        if set(said) == set(PAIR)
    ]
    return fitting[0] if fitting else pictures.with_labels(valid, 2)


def _picture(source: Path | bytes, name: str, present: tuple[str, ...] | None) -> None:
    """The picture; those that have labels stand on a mount of one size, so that they line up."""
    says = name if present is None else f"In it: {', '.join(present) or 'nothing of the vocabulary'} ({name})"
    small = thumbnails.padded(source, MOUNT_WH) if isinstance(source, Path) else thumbnails.jpeg(source)
    st.image(small, width="stretch", caption=plain(says), alt=plain(says))


def _words(
    found: Raced, over: Course, probs: np.ndarray, present: np.ndarray | None, threshold: float
) -> None:
    st.html(predictions.in_words(found.race.lanes, probs, present, over.valid.vocab, threshold))


def _chosen_picture(found: Raced, over: Course, config: RaceConfig) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        place = st.container()
        chosen = pictures.choose_or_upload(over.valid, pictures.with_labels(over.valid, 3), "race_picture")
    with place:
        _picture(chosen.source, Path(chosen.name).name, chosen.labels)
    probs = _asked(found, over, chosen)
    if probs is None:
        return
    present = None if chosen.labels is None else label_encoding.encode(chosen.labels, over.valid.vocab)
    with right:
        _words(found, over, probs, present, config.threshold)
    st.html(predictions.in_numbers(found.race.lanes, probs, present, over.valid.vocab, config.threshold))
    st.caption("Every probability of every head. ● is in the picture; a frame is a yes at the threshold.")


def _asked(found: Raced, over: Course, chosen: pictures.Chosen) -> np.ndarray | None:
    """The probabilities (H, C) for a validation picture, already computed, or for one of the person's own."""
    if chosen.is_sample:
        at = over.valid.table["fname"].tolist().index(chosen.name)
        return found.race.valid_answers(at)
    seen = race_data.looked_at(chosen.source, default_for(over.train.folder))
    return None if seen is None else found.race.answers(over.standardised(seen))


def winners(found: Raced, over: Course, scores: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Each loss (rows) by each measure (columns) at the end, the best starred, and below what needs no network."""
    last = scores.groupby("lane", sort=False).last()
    columns = {_SHORT.get(measure, says): last[measure] for measure, says in figures.MEASURES.items()}
    columns |= {
        f"… {says}": share for says, share in loss_race.by_labels(found.race, over, threshold).items()
    }
    table = pd.DataFrame(columns)
    table["classes won"] = _classes_won(loss_race.class_average_precisions(found.race, over))
    starred = table.apply(_starred).set_axis([lane.loss.title for lane in found.race.lanes])
    starred.loc["no network"] = _without_network(over.valid_targets, list(table))
    return starred


def _classes_won(by_class: pd.DataFrame) -> pd.Series:
    """In how many classes each head has the highest average precision; a tie counts for each."""
    known = by_class.dropna(axis=1)
    return known.eq(known.max(axis=0), axis=1).sum(axis=1)


def _starred(column: pd.Series) -> pd.Series:
    form = "{:d}" if column.dtype.kind == "i" else "{:.3f}"
    best = column.max()
    return column.map(
        lambda value: "—" if pd.isna(value) else f"{'★ ' if value == best else ''}{form.format(value)}"
    )


def _without_network(targets: np.ndarray, columns: list[str]) -> list[str]:
    known = [baseline_of(measure, targets)[0] for measure in figures.MEASURES]
    has = {count: bool((np.minimum(targets.sum(axis=1), 2) == count).any()) for count in range(3)}
    exact = [1.0 if count == 0 else 0.0 for count in range(3)]
    cells = [f"{value:.3f}" for value in known]
    cells += [f"{value:.3f}" if has[count] else "—" for count, value in enumerate(exact)]
    return [*cells, *["—"] * (len(columns) - len(cells))]


def _why(over: Course) -> None:
    nothing = metrics.do_nothing_accuracy(over.valid_targets)
    st.markdown(
        f"- **The inverted loss learns, and learns to be wrong.** Its own curve falls like the others'. Average "
        f"precision below chance is knowledge used backwards: it ranks the pictures that show a class *last*.\n"
        f"- **Cross-entropy's numbers are honest, and bad for this question.** Its probabilities sum to 1, so two "
        f"labels cannot both pass a threshold of 0.5; and where nothing is there they still sum to 1: whether one of "
        f"them passes the threshold is luck. On pictures with one label it does well.\n"
        f"- **Focal and asymmetric loss move the threshold.** Their probabilities are not shares of right answers: "
        f"move the threshold before you judge them by skill or exact match; mean average precision does not care.\n"
        f"- Answering nothing scores an accuracy_multi of {nothing:.4f} here; skill counts from there.\n"
        f"- Adam divides each step by the size of recent gradients, so a loss gains nothing by being large: only its "
        f"shape counts, and one learning rate is fair to all."
    )
