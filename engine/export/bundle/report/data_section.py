"""What the report shows of the data: how many images, groups and labels, or where the points are."""

from pathlib import Path

import numpy as np
import pandas as pd

from engine import tasks
from engine.data.formats.phrases import counted
from engine.export.bundle.report import svg
from engine.export.bundle.report.markup import Markup, tag
from engine.functional.point_metrics import frame_of
from engine.plots.style import RIGHT, TRUTH
from engine.runs import Run

MOST_CLASSES = 40


def section(run: Run, table: pd.DataFrame | None) -> list[Markup]:
    """The section "The data"; `images` is None where the table was not kept."""
    heading = tag("h2", "The data")
    if table is None:
        return [heading, tag("p", "The table of its images was not kept with this run.")]
    valid = table["is_valid"].astype(bool)
    parts = f"{counted(int((~valid).sum()), 'image')} for training, {valid.sum():,} for validation"
    groups = f", from {counted(table['group'].nunique(), 'group')}" if "group" in table else ""
    text = tag("p", f"{Path(run.config.data).name}: {parts}{groups}.")
    charts = _point_data(table) if tasks.get(run.task).has_points else _label_data(run, table)
    return [heading, text, tag("div", *charts, class_="charts")]


def _label_data(run: Run, table: pd.DataFrame) -> list[Markup]:
    given = [set(cell.split("|")) if cell else set() for cell in table["labels"]]
    counts = {label: sum(label in labels for labels in given) for label in run.vocab}
    ranked = sorted(counts, key=lambda label: counts[label], reverse=True)[:MOST_CLASSES]
    more = f" (the first {MOST_CLASSES} of {len(counts)})" if len(counts) > MOST_CLASSES else ""
    numbers = [counts[label] for label in ranked]
    title = f"{ranked[0]} is in {counted(numbers[0], 'image')}, {ranked[-1]} in {numbers[-1]:,}{more}"
    charts = [svg.bars(title, ranked, numbers, RIGHT, [f"{number:,}" for number in numbers])]
    if tasks.get(run.task).allows_several_labels:
        sizes = np.bincount([len(labels) for labels in given])
        names = [counted(number, "label") for number in range(len(sizes))]
        title = f"An image has {np.mean([len(labels) for labels in given]):.2f} labels on average"
        charts.append(svg.bars(title, names, sizes.tolist(), RIGHT, [f"{size:,}" for size in sizes]))
    return charts


def _point_data(table: pd.DataFrame) -> list[Markup]:
    frame = frame_of(table[["width", "height"]])
    points = table[["x", "y"]].to_numpy(float) / table[["width", "height"]].to_numpy(float) * frame
    return [svg.places("Where the points lie in their images", points, points, frame, TRUTH, TRUTH)]
