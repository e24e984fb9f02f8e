"""What the report shows for labels: the figures at its top, thresholds and classes."""

from collections import Counter

import numpy as np

from engine.data.formats.phrases import counted
from engine.export.bundle.report import svg
from engine.export.bundle.report.markup import Markup, Tile, table, tag
from engine.export.bundle.report.svg import Line
from engine.functional import metrics, threshold_tuning
from engine.functional.threshold_summary import best_for_all
from engine.plots.style import BASELINE, METRICS
from engine.runs import Predictions, Run, constant_baselines

NO_NETWORK = "without a network"


def multi_label_tiles(run: Run, predictions: Predictions) -> list[Tile]:
    """Figures of a multi-label run."""
    scores = metrics.all_metrics(predictions.probs, predictions.targets, _in_use(run))
    nothing = metrics.do_nothing_accuracy(predictions.targets)
    mean = metrics.mean_average_precision(predictions.probs, predictions.targets)
    return [
        ("accuracy_multi", f"{scores['accuracy']:.4f}", f"{nothing:.4f} for predicting nothing"),
        ("skill", f"{scores['skill']:.3f}", "0 is predicting nothing, 1 all right"),
        ("F1", f"{scores['f1']:.3f}", f"precision {scores['precision']:.3f}, recall {scores['recall']:.3f}"),
        ("mean average precision", f"{mean:.3f}", "at no threshold"),
    ]


def single_label_tiles(run: Run, predictions: Predictions) -> list[Tile]:
    """Figures of a single-label run."""
    right = metrics.accuracy(predictions.probs, predictions.targets.argmax(axis=1))
    constant = constant_baselines.baseline(run)
    without = f"{constant.value:.3f} for {constant.description}" if constant else "its baseline is unknown"
    return [
        ("accuracy", f"{right:.3f}", without),
        (
            "wrong",
            f"{round((1 - right) * len(predictions.fnames)):,}",
            f"of {counted(len(predictions.fnames), 'image')}",
        ),
    ]


def multi_label(run: Run, predictions: Predictions) -> list[Markup]:
    """Thresholds and classes of a multi-label run."""
    thresholds = _in_use(run)
    curve = metrics.threshold_curve(predictions.probs, predictions.targets, np.linspace(0.02, 0.98, 97))
    drawn = [Line(name, curve["threshold"].tolist(), curve[column].tolist(), METRICS[column]["color"])
             for column, name in (("accuracy", "accuracy_multi"), ("f1", "F1"), ("skill", "skill"))]  # fmt: skip
    nothing = metrics.do_nothing_accuracy(predictions.targets)
    drawn.append(Line("predicting nothing", [0.02, 0.98], [nothing, nothing], BASELINE, "5 4", 1.5))
    best = best_for_all(predictions.probs, predictions.targets, "f1")
    f1 = metrics.all_metrics(predictions.probs, predictions.targets, best)["f1"]
    title = f"One threshold for all: F1 is best at {best:.2f}, where it is {f1:.3f}"
    explained = (
        "A probability strictly above its threshold means yes. The thresholds below are those in use; tuned ones look "
        "better on the images they were chosen on than on others."
    )
    chart = svg.lines(title, "threshold", "", drawn, (0.0, 1.0))
    return [
        tag("h2", "Thresholds and classes"),
        tag("p", explained),
        tag("div", chart, tag("div", tag("h3", "In all"), _honest(run, predictions)), class_="charts"),
        _each_class(predictions, thresholds),
    ]


def _honest(run: Run, predictions: Predictions) -> Markup:
    names = ("F1", "accuracy_multi", "skill", "all labels right")
    columns = ("f1", "accuracy", "skill", "exact_match")
    rows = {"in use now": metrics.all_metrics(predictions.probs, predictions.targets, _in_use(run))}
    chosen = threshold_tuning.choose_thresholds(predictions.probs, predictions.targets, "f1", True)
    rows["best for F1, on these images"] = metrics.all_metrics(predictions.probs, predictions.targets, chosen)
    if len(predictions.fnames) > 1:
        elsewhere = threshold_tuning.metrics_on_other_half(predictions.probs, predictions.targets, "f1", True)
        rows["the same, chosen on other images"] = elsewhere
    rows[NO_NETWORK] = metrics.all_metrics(np.zeros_like(predictions.probs), predictions.targets, 0.5)
    return table(
        ("", *names), [(name, *(float(row[column]) for column in columns)) for name, row in rows.items()]
    )


def _each_class(predictions: Predictions, thresholds: np.ndarray) -> Markup:
    counts = metrics.confusion_counts(predictions.probs, predictions.targets, thresholds)
    precisions = metrics.average_precision(predictions.probs, predictions.targets)
    columns = ["true_positives", "false_negatives", "false_positives"]
    rows = [
        (label, int(predictions.targets[:, at].sum()), float(thresholds[at]), *map(int, counts[columns].iloc[at]),
         float(precisions[at]))
        for at, label in enumerate(predictions.vocab)
    ]  # fmt: skip
    return table(
        ("class", "images", "threshold", "found", "missed", "false alarms", "average precision"), rows
    )


def single_label(run: Run, predictions: Predictions) -> list[Markup]:
    """Classes of a single-label run, and which are confused."""
    truth, predicted = predictions.targets.argmax(axis=1), predictions.probs.argmax(axis=1)
    rows = [
        (label, int((truth == at).sum()), int(((truth == at) & (predicted == at)).sum()),
         int(((truth != at) & (predicted == at)).sum()))
        for at, label in enumerate(predictions.vocab)
    ]  # fmt: skip
    is_wrong = truth != predicted
    pairs = Counter(zip(truth[is_wrong].tolist(), predicted[is_wrong].tolist(), strict=True))
    confused = [
        (predictions.vocab[is_it], predictions.vocab[called], count)
        for (is_it, called), count in pairs.most_common(10)
    ]
    parts = [tag("h2", "Classes"), table(("class", "images", "right", "predicted wrongly"), rows)]
    if confused:
        parts += [
            tag("h3", "Which classes are confused"),
            table(("true class", "predicted class", "images"), confused),
        ]
    return parts


def _in_use(run: Run) -> np.ndarray:
    return np.array(list(run.thresholds.values()))
