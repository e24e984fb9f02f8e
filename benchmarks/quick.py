"""The default recipe on photographs next to plain fastai: `python -m benchmarks.quick --real FOLDER`.

`--real` names a folder with datasets of photographs (`fruit`, `coco256`, `faces`, `raccoon`, `bccd`, each in a form
that Loss Lab reads); none is shipped. Two parts, chosen by `--part`:

- `time`: whole processes, imports included and caches empty, from a folder of photographs to a trained run with
  thresholds; plain fastai trains a resnet18 from scratch for 6 epochs in turns with it.
- `accuracy`: every dataset with default settings, over seeds where something is random, with a bootstrap interval of
  the metric, next to the best constant prediction.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from benchmarks.timing import in_turn, machine
from engine.functional.coordinates import pixel_distance
from engine.runs import PointPredictions, Predictions, Run

TASKS = {
    "fruit": "multi-label",
    "coco256": "multi-label",
    "bccd": "multi-label",
    "faces": "points",
    "raccoon": "points",
}
EPOCHS = 6
RESAMPLES = 1000
PLAIN_FASTAI = """
import sys
from fastai.vision.all import *
path = Path(sys.argv[1])
table = pd.read_csv(path / "train.csv", keep_default_na=False)
dls = ImageDataLoaders.from_df(table, path / "train", valid_col="is_valid", label_delim=" ", item_tfms=Resize(128))
learn = vision_learner(dls, resnet18, pretrained=False, metrics=accuracy_multi)
with learn.no_bar():
    learn.unfreeze()
    learn.fit_one_cycle({epochs})
"""


def train(data: Path, task: str, out: Path, cache: Path, seed: int = 0) -> float:
    """Train with default settings in a process of its own, and return the seconds of the whole process."""
    command = [
        sys.executable,
        "-m",
        "engine",
        "train",
        "--task",
        task,
        "--data",
        str(data),
        "--out",
        str(out),
    ]
    return _seconds([*command, "--seed", str(seed)], {"LOSS_LAB_CACHE": str(cache)})


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return time.perf_counter() - began


def measure_time(real: Path, rounds: int) -> None:
    """Print the whole processes' seconds, in turns, and their ratio."""
    data, ours, plain = real / "fruit", "Loss Lab, default", f"plain fastai, {EPOCHS} epochs"
    taken: dict[str, list[float]] = {ours: [], plain: []}
    script = PLAIN_FASTAI.replace("{epochs}", str(EPOCHS))
    for turn in range(rounds):
        for name in in_turn(list(taken), turn):
            with tempfile.TemporaryDirectory() as folder:
                if name == ours:
                    taken[name].append(
                        train(data, "multi-label", Path(folder) / "run", Path(folder) / "cache")
                    )
                    reached = Run(Path(folder) / "run").metrics
                else:
                    taken[name].append(_seconds([sys.executable, "-c", script, str(data)], {}))
    for name, seconds in taken.items():
        print(
            f"{name}: median {np.median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f}, n={rounds})"
        )
    print(f"ratio of medians {np.median(taken[ours]) / np.median(taken[plain]):.2f} (aim 0.25)")
    print(f"mAP {reached['mean_average_precision']:.3f} (aim 0.98), skill {reached['skill']:.3f} (aim 0.80)")


def measure_accuracy(real: Path, seeds: int) -> None:
    """Print what default settings reach on each dataset."""
    for name, task in TASKS.items():
        if not (real / name).exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = []
            for seed in range(seeds):
                out = Path(folder) / str(seed)
                train(real / name, task, out, Path(folder) / "cache", seed)
                found.append(metric(Run(out)))
            low, high = interval(Run(Path(folder) / "0"))
            verdict = Run(Path(folder) / "0").metrics["verdict"]
        values = [value for value, _ in found]
        words, constant = ("median error over the constant's" if task == "points" else "mAP"), found[0][1]
        print(
            f"{name}: {words} {np.median(values):.3f} ({min(values):.3f} to {max(values):.3f} over {seeds} seeds; "
            f"95% interval of seed 0 {low:.3f} to {high:.3f}; constant {constant:.3f}). {verdict}",
            flush=True,
        )


def metric(run: Run) -> tuple[float, float]:
    """The run's metric and the constant's: mAP over classes of both parts, or an error ratio (less is better)."""
    if isinstance(run.predictions, PointPredictions):
        return run.metrics["median_error_px"] / run.metrics["baseline"], 1.0
    known, targets = _known(run), run.predictions.targets
    return _mean_average_precision(run.predictions.probs, targets, known), float(targets[:, known].mean())


def _known(run: Run) -> np.ndarray:
    """Which classes occur in training and in validation, (C,) bool."""
    table = run.images
    cells = [set(cell.split("|")) for cell in table["labels"][~table["is_valid"].astype(bool)]]
    in_training = np.array([any(label in cell for cell in cells) for label in run.vocab])
    predictions = run.predictions
    if not isinstance(predictions, Predictions):
        raise SystemExit(f"The run {run.name!r} predicts points, which have no classes.")
    return in_training & predictions.targets.any(axis=0)


def _mean_average_precision(probs: np.ndarray, targets: np.ndarray, known: np.ndarray) -> float:
    return float(
        np.mean([average_precision_score(targets[:, k], probs[:, k]) for k in np.flatnonzero(known)])
    )


def interval(run: Run) -> tuple[float, float]:
    """The bootstrap interval of the metric over validation images that holds 95% of resamples."""
    rng, predictions = np.random.default_rng(0), run.predictions
    values = []
    for _ in range(RESAMPLES):
        rows = rng.integers(len(predictions.fnames), size=len(predictions.fnames))
        if isinstance(predictions, PointPredictions):
            errors = pixel_distance(predictions.points_px[rows], predictions.targets_px[rows])
            values.append(float(np.median(errors)) / run.metrics["baseline"])
        else:
            targets = predictions.targets[rows]
            known = _known(run) & targets.any(axis=0)
            values.append(_mean_average_precision(predictions.probs[rows], targets, known))
    return float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quick", description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, required=True, help="folder with datasets of photographs")
    parser.add_argument("--part", choices=("time", "accuracy", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=3, help="timed rounds (3)")
    parser.add_argument("--seeds", type=int, default=5, help="seeds for the accuracy (5)")
    options = parser.parse_args(arguments)
    print(machine("onnxruntime", "torch", "fastai"))
    if options.part in ("time", "both"):
        measure_time(options.real, options.rounds)
    if options.part in ("accuracy", "both"):
        measure_accuracy(options.real, options.seeds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
