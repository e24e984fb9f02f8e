"""The report's reliability diagram."""

from engine import tasks
from engine.export.bundle.report import svg
from engine.export.bundle.report.markup import Markup, tag
from engine.export.bundle.report.svg import Line
from engine.plots.style import BASELINE, PREDICTION, RIGHT
from engine.runs import Run, calibration


def section(run: Run, said) -> list[Markup]:
    """Accuracy over confidence on the half of the validation part that calibration was not fitted on."""
    found = run.calibration if tasks.get(run.task).has_labels else None
    if found is None:
        return []
    before, after = calibration.curves(said, found)
    drawn = [
        Line(name, curve["confidence"].tolist(), curve["accuracy"].tolist(), colour)
        for name, curve, colour in (("before", before, PREDICTION), ("after", after, RIGHT))
    ]
    drawn.append(Line("perfect", [0.0, 1.0], [0.0, 1.0], BASELINE, "5 4", 1.5))
    title = f"Calibration error {found.error:.3f} before, {found.calibration_error:.3f} after"
    explained = (
        f"A temperature of {found.temperature:.2f}, fitted on {found.fitted_on:,} validation pictures, divides the "
        f"logits; these are the {found.reported_on:,} others, on which the loss goes from {found.loss:.3f} to "
        f"{found.calibrated_loss:.3f}."
    )
    chart = svg.lines(title, "confidence", "share that is right", drawn, (0.0, 1.0))
    return [
        tag("h2", "Can the probabilities be trusted?"),
        tag("p", explained),
        tag("div", chart, class_="charts"),
    ]
