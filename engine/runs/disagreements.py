"""Where runs over the same images disagree: which labels flip, or how far apart their points lie.

Runs are compared on the validation images that all of them predicted, by file, and on the labels that all of them
know; R runs, N images, C labels. Images come most different first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engine.functional.coordinates import pixel_distance
from engine.runs import PointPredictions, Predictions, Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


@dataclass(frozen=True)
class LabelDisagreements:
    """Predictions of several runs, most labels flipped first, then the most distant probabilities.

    Attributes: `fnames` N; `vocab` C; `predicted` (R, N, C) bool; `probs` (R, N, C); `truth` (N, C) bool, that of the
    first run; `truth_differs`, the number of images for which another run has other labels.
    """

    fnames: list[str]
    vocab: tuple[str, ...]
    predicted: np.ndarray
    probs: np.ndarray
    truth: np.ndarray
    truth_differs: int

    @property
    def flips(self) -> np.ndarray:
        """(N, C): whether the runs do not all predict the same."""
        return np.asarray(self.predicted.any(axis=0) & ~self.predicted.all(axis=0))

    @property
    def right_where_flipped(self) -> list[int]:
        """For each run, how many of the flipped predictions it has right."""
        return [int(((predicted == self.truth) & self.flips).sum()) for predicted in self.predicted]


@dataclass(frozen=True)
class PointDisagreements:
    """Predictions of several runs, the farthest apart first.

    Attributes: `fnames` N; `points_px` (R, N, 2) and `truth_px` (N, 2), that of the first run, in pixels of each
    image of `sizes_wh` (N, 2); `apart_px` (N,), the longest distance between any two predictions; `errors_px` (R, N);
    `truth_differs` as for labels.
    """

    fnames: list[str]
    points_px: np.ndarray
    truth_px: np.ndarray
    sizes_wh: np.ndarray
    apart_px: np.ndarray
    errors_px: np.ndarray
    truth_differs: int

    @property
    def nearest_counts(self) -> list[int]:
        """For each run, on how many images its prediction is the nearest to the truth."""
        return np.bincount(self.errors_px.argmin(axis=0), minlength=len(self.errors_px)).tolist()


def disagreements(runs: Sequence[Run]) -> LabelDisagreements | PointDisagreements | None:
    """Compare two runs or more of one task; None where no validation image is common to all.

    Labels are predicted at each run's own thresholds, or by the most probable label. Raises `RunError` where a run has
    no predictions, and ValueError for fewer than two runs or several tasks.
    """
    if len(runs) < 2 or len({run.task for run in runs}) > 1:
        raise ValueError(f"expected two runs or more of one task, got {[run.task for run in runs]}.")
    if len({run.image_path("").resolve() for run in runs}) > 1:
        return None
    predictions = [run.predictions for run in runs]
    rows = _common_rows([each.fnames for each in predictions])
    if not len(rows[0]):
        return None
    return _COMPARE[runs[0].task](predictions, rows, [run.thresholds for run in runs])


def chance(first: int, second: int) -> float:
    """How likely two equally good runs are to divide their disagreements at least as unevenly as this, 0 to 1.

    The exact sign test on the predictions of which just one is right. Source: McNemar, Note on the sampling error of
    the difference between correlated proportions, 1947.
    """
    from scipy.stats import binomtest

    return float(binomtest(first, first + second).pvalue) if first + second else 1.0


def _common_rows(names: Sequence[Sequence[str]]) -> list[np.ndarray]:
    """For each run the rows of the images that all have, in the order of the first."""
    places = [{name: row for row, name in enumerate(of_run)} for of_run in names]
    common = [name for name in names[0] if all(name in place for place in places)]
    return [np.array([place[name] for name in common], int) for place in places]


def _of_labels(predictions: Sequence[Predictions], rows, thresholds) -> LabelDisagreements | None:
    vocab = tuple(label for label in predictions[0].vocab if all(label in each.vocab for each in predictions))
    if not vocab:
        return None
    all_predicted, all_probs, truths = [], [], []
    for each, at, limits in zip(predictions, rows, thresholds, strict=True):
        columns = [each.vocab.index(label) for label in vocab]
        all_predicted.append(each.decisions(limits)[np.ix_(at, columns)])
        all_probs.append(each.probs[np.ix_(at, columns)])
        truths.append(each.targets[np.ix_(at, columns)].astype(bool))
    predicted, probs = np.stack(all_predicted), np.stack(all_probs)
    flips = (predicted.any(axis=0) & ~predicted.all(axis=0)).sum(axis=1)
    order = np.lexsort((-np.ptp(probs, axis=0).max(axis=1), -flips))
    fnames = [predictions[0].fnames[row] for row in rows[0][order]]
    differs = int(np.any([(other != truths[0]).any(axis=1) for other in truths], axis=0).sum())
    return LabelDisagreements(fnames, vocab, predicted[:, order], probs[:, order], truths[0][order], differs)


def _of_points(predictions: Sequence[PointPredictions], rows, thresholds) -> PointDisagreements:
    points = np.stack([each.points_px[at] for each, at in zip(predictions, rows, strict=True)])
    truths = np.stack([each.targets_px[at] for each, at in zip(predictions, rows, strict=True)])
    apart = np.max([pixel_distance(a, b) for a, b in combinations(points, 2)], axis=0)
    errors = pixel_distance(points, np.broadcast_to(truths[0], points.shape))
    order, sizes = np.argsort(-apart, kind="stable"), predictions[0].sizes_wh[rows[0]]
    differs = int((~np.isclose(truths, truths[0])).any(axis=(0, 2)).sum())
    fnames = [predictions[0].fnames[row] for row in rows[0][order]]
    return PointDisagreements(
        fnames, points[:, order], truths[0][order], sizes[order], apart[order], errors[:, order], differs
    )


_COMPARE: dict[str, Callable[..., LabelDisagreements | PointDisagreements | None]] = {
    SINGLE_LABEL: _of_labels,
    MULTI_LABEL: _of_labels,
    POINTS: _of_points,
}
"""From each run's predictions, the rows of the common images, and each run's thresholds, which points have none of."""
