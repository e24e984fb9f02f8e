"""What the report shows of the training: losses and the metric by epoch, and the configuration."""

import dataclasses
from pathlib import Path

from engine import tasks
from engine.data.formats.phrases import counted
from engine.export.bundle.report import svg
from engine.export.bundle.report.markup import Markup, table, tag
from engine.export.bundle.report.svg import Line
from engine.plots.style import BASELINE, PREDICTION, RIGHT
from engine.runs import Run, constant_baselines


def section(run: Run) -> list[Markup]:
    """The section "Training"."""
    history, charts = run.history, []
    epochs = history["epoch"].tolist() if "epoch" in history else []
    drawn = [Line(name, epochs, history[column].tolist(), colour)
             for column, name, colour in (("train_loss", "training", RIGHT), ("valid_loss", "validation", PREDICTION))
             if column in history]  # fmt: skip
    if drawn:
        ends = f"{drawn[-1].name} loss ends at {drawn[-1].y[-1]:.4g}"
        charts.append(svg.lines(f"The {ends}", "epoch", "loss", drawn))
    metric, constants = tasks.get(run.task).metrics[0], constant_baselines.baselines(run)
    if metric in history:
        values = history[metric].tolist()
        lines = [Line(_spoken(metric), epochs, values, RIGHT)]
        lines += [
            Line(baseline.description, epochs, [baseline.value] * len(epochs), BASELINE, "5 4", 1.5)
            for baseline in constants
        ]
        charts.append(
            svg.lines(f"{_spoken(metric)} ends at {values[-1]:.4g}", "epoch", _spoken(metric), lines)
        )
    took = run.metrics.get("seconds")
    text = counted(len(epochs), "epoch") + (f" in {took:,.0f} s." if isinstance(took, int | float) else ".")
    return [tag("h2", "Training"), tag("p", text), tag("div", *charts, class_="charts"), _asked(run)]


def _spoken(metric: str) -> str:
    return {"median_error_px": "median error, px"}.get(metric, metric)


def _asked(run: Run) -> Markup:
    fields = dataclasses.asdict(run.config) | {"data": Path(run.config.data).name}
    rows = [(name, str(value)) for name, value in fields.items()]
    return tag(
        "details",
        tag("summary", "The full configuration"),
        table(("setting", "value"), rows),
    )
