"""The report's reliability diagram."""

from engine.export.bundle.report import svg
from engine.export.bundle.report.markup import Markup, tag
from engine.export.bundle.report.svg import Line
from engine.plots.style import BASELINE, PREDICTION, RIGHT
from engine.runs import PointPredictions, Predictions, Run, calibration


def section(run: Run, predictions: Predictions | PointPredictions) -> list[Markup]:
    """Accuracy over confidence on the half of the validation part that calibration was not fitted on."""
    fit = run.calibration
    if fit is None or not isinstance(predictions, Predictions):
        return []
    before, after = calibration.curves(predictions, fit)
    drawn = [
        Line(name, curve["confidence"].tolist(), curve["accuracy"].tolist(), colour)
        for name, curve, colour in (("before", before, PREDICTION), ("after", after, RIGHT))
    ]
    drawn.append(Line("perfect", [0.0, 1.0], [0.0, 1.0], BASELINE, "5 4", 1.5))
    title = f"Calibration error {fit.error:.3f} before, {fit.calibration_error:.3f} after"
    explained = (
        f"A temperature of {fit.temperature:.2f}, fitted on {fit.fitted_on:,} validation images, divides the "
        f"logits; these are the {fit.reported_on:,} others, on which the loss goes from {fit.loss:.3f} to "
        f"{fit.calibrated_loss:.3f}."
    )
    chart = svg.lines(title, "confidence", "share that is right", drawn, (0.0, 1.0))
    return [
        tag("h2", "Can the probabilities be trusted?"),
        tag("p", explained),
        tag("div", chart, class_="charts"),
    ]
