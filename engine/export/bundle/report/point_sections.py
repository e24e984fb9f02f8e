"""What the report shows for points: the figures at its top, and the errors."""

import numpy as np

from engine.export.bundle.report import svg
from engine.export.bundle.report.markup import Markup, Tile, table, tag
from engine.functional.point_metrics import error_table, frame_of
from engine.plots.style import BASELINE, PREDICTION, RIGHT, TRUTH
from engine.runs import PointPredictions, Run, constant_baselines

MOST_GROUPS = 40


def tiles(run: Run, predictions: PointPredictions) -> list[Tile]:
    """Figures of a run for points."""
    errors = error_table(predictions, constant_baselines.point_baseline_px(run, predictions))
    median, baseline = errors["error_px"].median(), errors["baseline_px"].median()
    return [
        ("median error", f"{median:.1f} px", f"{errors['error_share'].median():.1%} of the width"),
        *_mean_point_tile(median, baseline),
        ("worst image", f"{errors['error_px'].max():.1f} px", f"of {len(errors):,}"),
    ]


def _mean_point_tile(median: float, baseline: float) -> list[Tile]:
    """The baseline, where the run kept the table from which it is computed."""
    if np.isnan(baseline):
        return []
    return [
        ("mean training point", f"{baseline:.1f} px", f"{baseline / max(median, 0.01):.1f} times as far off"),
    ]


def points(run: Run, predictions: PointPredictions) -> list[Markup]:
    """How far off the predicted points are."""
    errors = error_table(predictions, constant_baselines.point_baseline_px(run, predictions))
    frame = frame_of(predictions.sizes_wh)
    median, baseline = float(errors["error_px"].median()), float(errors["baseline_px"].median())
    marks = (("median", median, PREDICTION), ("always the mean point", baseline, BASELINE))
    title = f"Half of the predictions are less than {median:.1f} px off"
    true = predictions.targets_px / predictions.sizes_wh * frame
    predicted = predictions.points_px / predictions.sizes_wh * frame
    parts = [
        tag("h2", "How far off, in pixels"),
        tag("p", "The baseline needs no network: it always predicts the mean of the training points."),
        tag(
            "div",
            svg.histogram(title, "error in pixels of the image", errors["error_px"].tolist(), RIGHT, marks),
            svg.places(
                "From each true point (ring) to the predicted one", true, predicted, frame, TRUTH, PREDICTION
            ),
            class_="charts",
        ),
    ]
    if errors["group"].nunique() > 1:
        by_group = errors.groupby("group")[["error_px", "baseline_px"]].median().sort_values("error_px")
        rows = [(str(group), float(row.iloc[0]), float(row.iloc[1])) for group, row in by_group.iterrows()]
        parts.append(table(("group", "median error, px", "always the mean point, px"), rows[:MOST_GROUPS]))
    return parts
