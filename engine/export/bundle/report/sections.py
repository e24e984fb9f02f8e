"""What the report tells, in the order of reading: reached, data, learning, thresholds, examples, errors, use."""

import dataclasses
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from engine import runs, tasks
from engine.export.bundle.report import gallery, reliability, svg
from engine.export.bundle.report.markup import Markup, joined, table, tag
from engine.export.bundle.report.svg import Line
from engine.functional import metrics, threshold_tuning
from engine.functional.loss_registry import choice
from engine.functional.point_metrics import error_table, frame_of
from engine.functional.threshold_summary import best_for_all
from engine.images.resize import IN_WORDS
from engine.plots.style import BASELINE, METRICS, PREDICTION, RIGHT, TRUTH
from engine.runs import PointPredictions, Predictions, Run, RunError, constant_baselines
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

MOST_CLASSES = 40
DOES = {
    SINGLE_LABEL: "names the one thing in a picture",
    MULTI_LABEL: "names everything in a picture that it knows, or nothing",
    POINTS: "points at one place in a picture",
}
ERRS = {
    SINGLE_LABEL: "with its surest mistakes",
    MULTI_LABEL: "with its surest mistakes",
    POINTS: "on which it is furthest off",
}
NOTHING = "without a network"


def all_of(run: Run) -> list[Markup]:
    """Every section of a run's report."""
    said, pictures = run.predictions, _pictures(run)
    by_task = {MULTI_LABEL: _multi_label, SINGLE_LABEL: _single_label, POINTS: _points}[run.task]
    return [
        _head(run, said, pictures),
        *_data(run, said, pictures),
        *_learning(run),
        *by_task(run, said),
        *reliability.section(run, said),
        tag("h2", "Examples"),
        tag(
            "p", "Validation pictures, evenly from all of them, with the run's answers. " + _legend(run.task)
        ),
        gallery.spread(run, said),
        tag("h2", "Where it errs"),
        tag("p", f"The validation pictures {ERRS[run.task]}, the worst first."),
        gallery.worst(run, said),
        *_use(run),
    ]


def _pictures(run: Run) -> pd.DataFrame | None:
    try:
        return run.pictures
    except RunError:
        return None


def _legend(task: str) -> str:
    if tasks.get(task).has_points:
        return "Ring: the truth. Dot: the answer."
    return "“Wrong” was answered and is not there, “missed” is there and was not answered."


# --- what it reached --------------------------------------------------------------------------------------------


def _head(run: Run, said, pictures: pd.DataFrame | None) -> Markup:
    trained = (
        "" if pictures is None else f" It learned from {int((~pictures['is_valid']).sum()):,} pictures and"
    )
    about = (
        f"A network ({run.config.arch}, {run.config.size} px) that {DOES[run.task]}, trained with "
        f"{choice(run.task, run.config.loss).title}.{trained or ' It'} was scored on {len(said.fnames):,} others."
    )
    tiles = {MULTI_LABEL: _multi_label_tiles, SINGLE_LABEL: _single_label_tiles, POINTS: _point_tiles}[
        run.task
    ]
    shown = [tag("div", tag("small", name), tag("b", value), tag("small", beside), class_="tile")
             for name, value, beside in tiles(run, said)]  # fmt: skip
    return joined([tag("h1", run.name), tag("p", about), tag("div", *shown, class_="tiles")])


def _in_use(run: Run) -> np.ndarray:
    return np.array(list(run.thresholds.values()))


def _multi_label_tiles(run: Run, said: Predictions):
    found = metrics.all_metrics(said.probs, said.targets, _in_use(run))
    nothing = metrics.do_nothing_accuracy(said.targets)
    mean = metrics.mean_average_precision(said.probs, said.targets)
    return (
        ("accuracy_multi", f"{found['accuracy']:.4f}", f"{nothing:.4f} for answering nothing"),
        ("skill", f"{found['skill']:.3f}", "0 is answering nothing, 1 all right"),
        ("F1", f"{found['f1']:.3f}", f"precision {found['precision']:.3f}, recall {found['recall']:.3f}"),
        ("mean average precision", f"{mean:.3f}", "at no threshold"),
    )


def _single_label_tiles(run: Run, said: Predictions):
    right = metrics.accuracy(said.probs, said.targets.argmax(axis=1))
    constant = constant_baselines.baseline(run)
    without = f"{constant.value:.3f} for {constant.description}" if constant else "its baseline is unknown"
    return (
        ("accuracy", f"{right:.3f}", without),
        ("wrong", f"{round((1 - right) * len(said.fnames)):,}", f"of {len(said.fnames):,} pictures"),
    )


def _point_tiles(run: Run, said: PointPredictions):
    errors = error_table(said, constant_baselines.point_baseline_px(run, said))
    median, beside = errors["error_px"].median(), errors["baseline_px"].median()
    return (
        ("median error", f"{median:.1f} px", f"{errors['error_share'].median():.1%} of the width"),
        *_mean_point_tile(median, beside),
        ("worst picture", f"{errors['error_px'].max():.1f} px", f"of {len(errors):,}"),
    )


def _mean_point_tile(median: float, baseline: float):
    """The baseline, where the run kept the table from which it is computed."""
    if np.isnan(baseline):
        return ()
    return (
        ("mean training point", f"{baseline:.1f} px", f"{baseline / max(median, 0.01):.1f} times as far off"),
    )


# --- the data ---------------------------------------------------------------------------------------------------


def _data(run: Run, said, pictures: pd.DataFrame | None) -> list[Markup]:
    heading = tag("h2", "The data")
    if pictures is None:
        return [heading, tag("p", "The table of its pictures was not kept with this run.")]
    valid = pictures["is_valid"].astype(bool)
    parts = f"{(~valid).sum():,} pictures to learn from, {valid.sum():,} to be scored on"
    groups = f", from {pictures['group'].nunique():,} groups" if "group" in pictures else ""
    text = tag("p", f"{Path(run.config.data).name}: {parts}{groups}.")
    charts = _point_data(pictures) if tasks.get(run.task).has_points else _label_data(run, pictures)
    return [heading, text, tag("div", *charts, class_="charts")]


def _label_data(run: Run, pictures: pd.DataFrame) -> list[Markup]:
    given = [set(cell.split("|")) if cell else set() for cell in pictures["labels"]]
    counts = {label: sum(label in labels for labels in given) for label in run.vocab}
    ranked = sorted(counts, key=counts.get, reverse=True)[:MOST_CLASSES]
    more = f" (the first {MOST_CLASSES} of {len(counts)})" if len(counts) > MOST_CLASSES else ""
    numbers = [counts[label] for label in ranked]
    title = f"{ranked[0]} is in {numbers[0]:,} pictures, {ranked[-1]} in {numbers[-1]:,}{more}"
    charts = [svg.bars(title, ranked, numbers, RIGHT, [f"{number:,}" for number in numbers])]
    if tasks.get(run.task).allows_several_labels:
        sizes = np.bincount([len(labels) for labels in given])
        names = [f"{number} label{'' if number == 1 else 's'}" for number in range(len(sizes))]
        title = f"A picture has {np.mean([len(labels) for labels in given]):.2f} labels on average"
        charts.append(svg.bars(title, names, sizes.tolist(), RIGHT, [f"{size:,}" for size in sizes]))
    return charts


def _point_data(pictures: pd.DataFrame) -> list[Markup]:
    frame = frame_of(pictures[["width", "height"]])
    points = pictures[["x", "y"]].to_numpy(float) / pictures[["width", "height"]].to_numpy(float) * frame
    return [svg.places("Where the points lie in their pictures", points, points, frame, TRUTH, TRUTH)]


# --- how it learned ---------------------------------------------------------------------------------------------


def _learning(run: Run) -> list[Markup]:
    history, charts = run.history, []
    epochs = history["epoch"].tolist() if "epoch" in history else []
    drawn = [Line(name, epochs, history[column].tolist(), colour)
             for column, name, colour in (("train_loss", "training", RIGHT), ("valid_loss", "validation", PREDICTION))
             if column in history]  # fmt: skip
    if drawn:
        ends = f"{drawn[-1].name} loss ends at {drawn[-1].y[-1]:.4g}"
        charts.append(svg.lines(f"The {ends}", "epoch", "loss", drawn))
    measure, constants = tasks.get(run.task).metrics[0], constant_baselines.baselines(run)
    if measure in history:
        values = history[measure].tolist()
        lines = [Line(_spoken(measure), epochs, values, RIGHT)]
        lines += [
            Line(one.description, epochs, [one.value] * len(epochs), BASELINE, "5 4", 1.5)
            for one in constants
        ]
        charts.append(
            svg.lines(f"{_spoken(measure)} ends at {values[-1]:.4g}", "epoch", _spoken(measure), lines)
        )
    took = run.metrics.get("seconds")
    text = f"{len(epochs)} epochs" + (f" in {took:,.0f} s." if isinstance(took, int | float) else ".")
    return [tag("h2", "How it learned"), tag("p", text), tag("div", *charts, class_="charts"), _asked(run)]


def _spoken(measure: str) -> str:
    return {"median_error_px": "median error, px"}.get(measure, measure)


def _asked(run: Run) -> Markup:
    fields = dataclasses.asdict(run.config) | {"data": Path(run.config.data).name}
    rows = [(name, str(value)) for name, value in fields.items()]
    return tag(
        "details",
        tag("summary", "What was asked: the whole configuration"),
        table(("setting", "value"), rows),
    )


# --- by task ----------------------------------------------------------------------------------------------------


def _multi_label(run: Run, said: Predictions) -> list[Markup]:
    thresholds = _in_use(run)
    curve = metrics.threshold_curve(said.probs, said.targets, np.linspace(0.02, 0.98, 97))
    drawn = [Line(name, curve["threshold"].tolist(), curve[column].tolist(), METRICS[column]["color"])
             for column, name in (("accuracy", "accuracy_multi"), ("f1", "F1"), ("skill", "skill"))]  # fmt: skip
    nothing = metrics.do_nothing_accuracy(said.targets)
    drawn.append(Line("answering nothing", [0.02, 0.98], [nothing, nothing], BASELINE, "5 4", 1.5))
    best = best_for_all(said.probs, said.targets, "f1")
    f1 = metrics.all_metrics(said.probs, said.targets, best)["f1"]
    title = f"One threshold for all: F1 is best at {best:.2f}, where it is {f1:.3f}"
    explained = (
        "A probability strictly above its threshold means yes. The thresholds below are those in use; tuned ones look "
        "better on the pictures they were chosen on than on others."
    )
    chart = svg.lines(title, "threshold", "", drawn, (0.0, 1.0))
    return [
        tag("h2", "Thresholds and classes"),
        tag("p", explained),
        tag("div", chart, tag("div", tag("h3", "In all"), _honest(run, said)), class_="charts"),
        _each_class(said, thresholds),
    ]


def _honest(run: Run, said: Predictions) -> Markup:
    names = ("F1", "accuracy_multi", "skill", "all labels right")
    columns = ("f1", "accuracy", "skill", "exact_match")
    rows = {"as now in use": metrics.all_metrics(said.probs, said.targets, _in_use(run))}
    chosen = threshold_tuning.choose_thresholds(said.probs, said.targets, "f1", True)
    rows["best for F1, on these pictures"] = metrics.all_metrics(said.probs, said.targets, chosen)
    if len(said.fnames) > 1:
        elsewhere = threshold_tuning.metrics_on_other_half(said.probs, said.targets, "f1", True)
        rows["the same, chosen on other pictures"] = elsewhere
    rows[NOTHING] = metrics.all_metrics(np.zeros_like(said.probs), said.targets, 0.5)
    return table(
        ("", *names), [(name, *(float(row[column]) for column in columns)) for name, row in rows.items()]
    )


def _each_class(said: Predictions, thresholds: np.ndarray) -> Markup:
    counts = metrics.confusion_counts(said.probs, said.targets, thresholds)
    precisions = metrics.average_precision(said.probs, said.targets)
    columns = ["true_positives", "false_negatives", "false_positives"]
    rows = [
        (label, int(said.targets[:, at].sum()), float(thresholds[at]), *map(int, counts[columns].iloc[at]),
         float(precisions[at]))
        for at, label in enumerate(said.vocab)
    ]  # fmt: skip
    return table(
        ("class", "pictures", "threshold", "found", "missed", "false yes", "average precision"), rows
    )


def _single_label(run: Run, said: Predictions) -> list[Markup]:
    truth, found = said.targets.argmax(axis=1), said.probs.argmax(axis=1)
    rows = [
        (label, int((truth == at).sum()), int(((truth == at) & (found == at)).sum()),
         int(((truth != at) & (found == at)).sum()))
        for at, label in enumerate(said.vocab)
    ]  # fmt: skip
    pairs = pd.Series(
        list(zip(truth[truth != found], found[truth != found], strict=True)), dtype=object
    ).value_counts()
    confused = [(said.vocab[a], said.vocab[b], int(count)) for (a, b), count in pairs.head(10).items()]
    parts = [tag("h2", "Classes"), table(("class", "pictures", "named rightly", "named wrongly"), rows)]
    if confused:
        parts += [
            tag("h3", "What is taken for what"),
            table(("it is", "it was called", "pictures"), confused),
        ]
    return parts


def _points(run: Run, said: PointPredictions) -> list[Markup]:
    errors = error_table(said, constant_baselines.point_baseline_px(run, said))
    frame = frame_of(said.sizes_wh)
    median, beside = float(errors["error_px"].median()), float(errors["baseline_px"].median())
    marks = (("median", median, PREDICTION), ("always the mean point", beside, BASELINE))
    title = f"Half of the answers are less than {median:.1f} px off"
    scaled = [points / said.sizes_wh * frame for points in (said.targets_px, said.points_px)]
    parts = [
        tag("h2", "How far off, in pixels"),
        tag("p", "The baseline needs no network: it always predicts the mean of the training points."),
        tag(
            "div",
            svg.histogram(title, "error in pixels of the picture", errors["error_px"], RIGHT, marks),
            svg.places("From each true point (ring) to the answer", *scaled, frame, TRUTH, PREDICTION),
            class_="charts",
        ),
    ]
    if errors["group"].nunique() > 1:
        by_group = errors.groupby("group")[["error_px", "baseline_px"]].median().sort_values("error_px")
        rows = [(str(group), float(row.iloc[0]), float(row.iloc[1])) for group, row in by_group.iterrows()]
        parts.append(table(("group", "median error, px", "always the mean point, px"), rows[:MOST_CLASSES]))
    return parts


# --- how to use it ----------------------------------------------------------------------------------------------


def _use(run: Run) -> list[Markup]:
    command = "pip install onnxruntime numpy pillow\npython predict.py PICTURE_OR_FOLDER... [--csv FILE]"
    inside = (
        "points over -1..1"
        if tasks.get(run.task).has_points
        else "probabilities: the activation of its loss is inside"
    )
    made = ", ".join(f"{name} {version(name)}" for name in ("torch", "fastai"))
    where = " It was brought in from a zip." if (run.folder / runs.IMPORTED).is_file() else ""
    return [
        tag("h2", "Use it"),
        tag("p", "Beside this report lies all that it takes:"),
        tag("pre", command),
        tag("p", f"model.onnx takes any number of pictures, {run.config.size} x {run.config.size}, and gives {inside}. "
            f"preprocessing.json says how a picture must reach it: {IN_WORDS[run.config.resize]}."),
        tag("p", f"Made by Loss Lab with {made}.{where} All pictures shown are validation pictures.",
            class_="faint"),
    ]  # fmt: skip
