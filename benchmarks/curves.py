"""Threshold curves next to what a user would call instead: `python -m benchmarks.curves`.

The exact optimum and the envelope of six metrics by `engine.functional.metrics.threshold_summary`, which is what page 3
shows, and the table of all thresholds by `threshold_curve`; against accuracy_multi alone at the 29 thresholds of the
book by fastai and by torchmetrics, and against torchmetrics' own exact curve (precision and recall). The same tensors
on the same CPU, in turns whose order is reversed every time; medians, and their ratios.
"""

import argparse
import platform
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
import torch
from fastai.metrics import accuracy_multi
from torchmetrics.functional.classification import binary_precision_recall_curve, multilabel_accuracy

from engine.functional.metrics import threshold_curve, threshold_summary

SIZES = ((4_952, 20), (100_000, 80))
THRESHOLDS = np.linspace(0.05, 0.95, 29)
LABELS_PER_PICTURE = 1.5


def labels(pictures: int, classes: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Make float32 probabilities and uint8 targets as a trained multi-label network gives them."""
    rng = np.random.default_rng(seed)
    targets = rng.random((pictures, classes)) < LABELS_PER_PICTURE / classes
    logits = rng.normal(-4, 2, targets.shape) + 6 * targets
    return torch.tensor(logits, dtype=torch.float32).sigmoid(), torch.tensor(targets, dtype=torch.uint8)


def contestants(probs: torch.Tensor, targets: torch.Tensor) -> dict[str, Callable]:
    """Name each way to a curve, ours first."""
    classes = probs.shape[1]
    return {
        "Loss Lab, optimum and envelope, 6 metrics": lambda: threshold_summary(probs, targets),
        "Loss Lab, all thresholds, 6 metrics": lambda: threshold_curve(probs, targets),
        "fastai accuracy_multi at 29": lambda: [
            accuracy_multi(probs, targets, thresh=t, sigmoid=False) for t in THRESHOLDS
        ],
        "torchmetrics multilabel_accuracy at 29": lambda: [
            multilabel_accuracy(probs, targets, classes, threshold=t, average="micro") for t in THRESHOLDS
        ],
        "torchmetrics precision and recall, all": lambda: binary_precision_recall_curve(
            probs.flatten(), targets.flatten()
        ),
    }


def seconds(call: Callable) -> float:
    """Time one call."""
    start = perf_counter()
    call()
    return perf_counter() - start


def medians(calls: dict[str, Callable], repeats: int) -> dict[str, float]:
    """Time every call in turns, forwards and backwards, after one unmeasured turn; the medians in seconds."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repeats + 1):
        for name in list(calls)[:: 1 if turn % 2 else -1]:
            taken[name].append(seconds(calls[name]))
    return {name: median(times[1:]) for name, times in taken.items()}


def report(pictures: int, classes: int, repeats: int) -> None:
    """Print one table: each way's median and how many times longer than ours it takes."""
    probs, targets = labels(pictures, classes)
    rows = len(threshold_curve(probs, targets))
    taken = medians(contestants(probs, targets), repeats)
    ours = next(iter(taken.values()))
    print(f"\n{pictures:,} pictures x {classes} classes, {rows:,} thresholds, median of {repeats}")
    for name, time in taken.items():
        print(f"  {name:42s}{time * 1000:10.1f} ms {time / ours:8.2f} x ours")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="threads torch may use")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(
        f"torch {torch.__version__} with {options.threads} threads, NumPy {np.__version__}, {platform.machine()}"
    )
    for pictures, classes in SIZES:
        report(pictures, classes, options.repeats)


if __name__ == "__main__":
    main()
