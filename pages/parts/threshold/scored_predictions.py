"""What lesson 3 shows of one run: exact optima and outlines of the curves, computed once."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine.functional import metrics, threshold_search, threshold_tuning
from engine.functional.threshold_summary import ThresholdSummary, best_by_metric, threshold_summary
from engine.plots import threshold as figures
from engine.runs import Predictions, Run
from engine.training.photo_models import held_out_labels
from pages.parts.shared import runs

PHOTOGRAPHS = "photographs"
"""In the place of a run's folder: the held-out predictions of the model for photographs."""
METRICS = tuple(sorted((name for name in figures.NAMES if name != "skill"), key=lambda name: name != "f1"))
"""What thresholds can be chosen by, F1 first; skill is best where accuracy_multi is."""


@dataclass(frozen=True)
class ScoredPredictions:
    """Predictions for images that were not trained on, and what no slider changes about them."""

    predictions: Predictions
    summary: ThresholdSummary
    do_nothing: float
    all_yes: float


@st.cache_resource(max_entries=8, show_spinner=False)
def scored(folder: str, stamp: tuple[int, ...]) -> ScoredPredictions:
    """The predictions of the run in `folder`, with a summary of their curves; computed once for all visitors.

    Raises `PhotoModelError` where those for `PHOTOGRAPHS` are missing or damaged.
    """
    predictions = (
        held_out_labels.read() if folder == PHOTOGRAPHS else runs.label_predictions(Run(Path(folder)))
    )
    return ScoredPredictions(
        predictions,
        threshold_summary(predictions.probs, predictions.targets),
        metrics.do_nothing_accuracy(predictions.targets),
        metrics.all_yes_accuracy(predictions.targets),
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def still(
    folder: str, stamp: tuple[int, ...], shown: tuple[str, ...], zoom: bool, with_nothing: bool = True
) -> go.Figure:
    """The figure of some curves, which no slider changes: made once for all visitors, so do not change it.

    `with_nothing` draws what predicting nothing scores.
    """
    run_scores = scored(folder, stamp)
    nothing = run_scores.do_nothing if with_nothing else None
    return figures.curves(run_scores.summary.envelope, nothing, run_scores.all_yes, shown, zoom)


@st.cache_resource(max_entries=8, show_spinner=False)
def grid(folder: str, stamp: tuple[int, ...]) -> pd.DataFrame:
    """Every metric at each step of the slider; shared by all visitors, so do not change it."""
    predictions = scored(folder, stamp).predictions
    return metrics.threshold_curve(predictions.probs, predictions.targets, threshold_search.grid())


@st.cache_data(max_entries=32, show_spinner=False)
def best(folder: str, stamp: tuple[int, ...], metric: str, per_class: bool) -> np.ndarray:
    """The thresholds (C,) at which the run does best by a metric on its validation images."""
    predictions = scored(folder, stamp).predictions
    return threshold_tuning.choose_thresholds(predictions.probs, predictions.targets, metric, per_class)


@st.cache_data(max_entries=8, show_spinner=False)
def best_table(folder: str, stamp: tuple[int, ...]) -> pd.DataFrame:
    """The best threshold of each metric and the value there, for all classes together and for each class."""
    run_scores = scored(folder, stamp)
    predictions = run_scores.predictions
    columns = range(len(predictions.vocab))
    by_class = [best_by_metric(predictions.probs[:, [at]], predictions.targets[:, [at]]) for at in columns]
    rows = {"all classes": run_scores.summary.best, **dict(zip(predictions.vocab, by_class, strict=True))}
    table = pd.DataFrame({figures.NAMES[m]: [_at_best(best, m) for best in rows.values()] for m in METRICS})
    counts = predictions.targets.sum(axis=0, dtype=np.int64)
    table.insert(0, "labels in the images", [int(counts.sum()), *counts.tolist()])
    return table.set_index(pd.Index(rows))


def _at_best(best: pd.DataFrame, metric: str) -> str:
    threshold, value = best.loc[metric].to_numpy(float)
    return "—" if np.isnan(value) else f"{threshold:.3f} → {value:.3f}"


@st.cache_data(max_entries=8, show_spinner=False)
def honest_table(folder: str, stamp: tuple[int, ...], in_use: tuple[float, ...]) -> pd.DataFrame:
    """What tuned thresholds promise on the images they were chosen on, and what they keep on others."""
    predictions = scored(folder, stamp).predictions
    probs, targets = predictions.probs, predictions.targets
    rows = {"the model's own thresholds": metrics.all_metrics(probs, targets, np.array(in_use))}
    for per_class, says in ((False, "best for all classes"), (True, "best for each class")):
        chosen = threshold_tuning.choose_thresholds(probs, targets, "f1", per_class)
        rows[f"{says}, same images"] = metrics.all_metrics(probs, targets, chosen)
        elsewhere = threshold_tuning.metrics_on_other_half(probs, targets, "f1", per_class)
        rows[f"{says}, other half"] = elsewhere
    return pd.DataFrame(rows).T[["f1", "accuracy", "skill", "exact_match"]].rename(columns=figures.NAMES)


@st.cache_data(max_entries=8, show_spinner=False)
def top_predictions(folder: str, stamp: tuple[int, ...]) -> pd.DataFrame:
    """By number of labels: the images, and those whose most probable class is the whole truth."""
    predictions = scored(folder, stamp).predictions
    counts = predictions.targets.sum(axis=1, dtype=np.int64)
    top = predictions.targets[np.arange(len(counts)), predictions.probs.argmax(axis=1)]
    whole = (counts == 1) & (top == 1)
    images = np.bincount(counts, minlength=2)
    table = {
        "images": images,
        "one class is the whole truth": np.bincount(counts[whole], minlength=len(images)),
    }
    return pd.DataFrame(table, index=[f"{k} label{'' if k == 1 else 's'}" for k in range(len(images))])
