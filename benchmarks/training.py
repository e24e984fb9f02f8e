"""Training compared with the chapter's own code, on the same images: `python -m benchmarks.training --data FOLDER ...`.

Two cases: the book's `fine_tune`, and frozen epochs alone, where the engine computes what the body sees once. Each
training has a process of its own and a cold cache; the two ways take turns. Figures are the median over the seeds with
the lowest and the highest, except what was reached, which is the mean with the standard deviation.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import psutil

from benchmarks.memory import held_bytes
from benchmarks.timing import in_turn, machine
from engine import paths
from engine.config import TrainConfig
from engine.jobs import malloc_env
from engine.tasks import METHODS, TASKS

CHAPTER, ENGINE = "chapter", "engine"
WAYS = (CHAPTER, ENGINE)
CASES = ("fine_tune", "frozen")
AIMS = {"fine_tune": 3, "frozen": 10}
MEGABYTE = 1e6
MOST_MEGABYTES = 600

FIGURES = {
    "later_pictures_per_second": "pictures/s from the 2nd epoch on",
    "later_pictures_per_cpu_second": "the same per second of processor time",
    "first_epoch_pictures_per_second": "pictures/s in the 1st epoch",
    "prepared_seconds": "s before the 1st epoch",
    "seconds": "s in all",
    "cpu_seconds": "s of processor time",
    "peak_megabytes": "MB above the imports",
    "workers_megabytes": "MB of these in the loader's workers",
}
REACHED = ("valid_loss", "mean_average_precision", "skill", "accuracy", "median_error_px")

Taken = dict[str, list[dict[str, float]]]


def case_config(config: TrainConfig, case: str) -> TrainConfig:
    """What both ways are asked to do: the frozen case has no augmentation, and no epoch for the whole network."""
    if case == "fine_tune":
        return config
    return replace(
        config, freeze_epochs=config.planned_epochs + config.freeze_epochs, epochs=0, augment=False
    )


def measure(config: TrainConfig, seeds: int) -> Taken:
    """Train with every seed both ways, in turns."""
    taken: Taken = {way: [] for way in WAYS}
    for seed in range(seeds):
        for way in in_turn(WAYS, seed):
            taken[way].append(train(way, replace(config, seed=seed)))
            print(f"  seed {seed}, {way}: {taken[way][-1]['seconds']:.1f} s", file=sys.stderr, flush=True)
    return taken


def train(way: str, config: TrainConfig) -> dict[str, float]:
    """One training in a process of its own, whose memory is watched together with that of its workers."""
    with tempfile.TemporaryDirectory() as cache:
        started = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.training_ways", way, json.dumps(asdict(config))],
            cwd=paths.ROOT,
            env=os.environ | {"LOSS_LAB_CACHE": cache} | (malloc_env.environment() if way == ENGINE else {}),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert started.stdout is not None
        most, most_of_workers = _watch(started)
        if started.returncode:
            raise SystemExit(f"The training of {way} failed with status {started.returncode}.")
        found = json.loads(started.stdout.read().splitlines()[-1])
    return found | {
        "peak_megabytes": (most - found["imported_bytes"]) / MEGABYTE,
        "workers_megabytes": most_of_workers / MEGABYTE,
    }


def _watch(started: subprocess.Popen) -> tuple[int, int]:
    """The most bytes that a process and its children held at one time, and the most that the children held.

    Of the children only what they do not share is counted.
    """
    most, most_of_children = 0, 0
    while started.poll() is None:
        try:
            process = psutil.Process(started.pid)
            children = sum(child.memory_full_info().uss for child in process.children(recursive=True))
            most = max(most, held_bytes(started.pid) + children)
            most_of_children = max(most_of_children, children)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            pass
        time.sleep(0.1)
    return most, most_of_children


def report(case: str, config: TrainConfig, taken: Taken) -> None:
    """Print the figures of one case as a table, and what the aims say to them."""
    network = f"{config.arch}, {config.weights} weights, {config.size} px, batches of {config.batch_size}"
    network += f", {config.resize} in the engine"
    epochs = f"{config.freeze_epochs} frozen + {config.epochs} epochs, n = {len(taken[ENGINE])} seeds"
    print(f"\n{case}: {network}, {epochs}\n")
    print(f"| | {CHAPTER} | {ENGINE} |\n|---|---|---|")
    for name, title in FIGURES.items():
        print(f"| {title} | {_spread(_all(taken[CHAPTER], name))} | {_spread(_all(taken[ENGINE], name))} |")
    for name in (name for name in REACHED if name in taken[ENGINE][0]):
        print(f"| {name} | {_mean(taken[CHAPTER], name)} | {_mean(taken[ENGINE], name)} |")
    print(f"\naim: {AIMS[case]} times the chapter's pictures/s from the 2nd epoch on; reached, seed by seed:")
    for name in ("later_pictures_per_second", "later_pictures_per_cpu_second"):
        print(f"{_spread(_times_faster(taken, name))} times {FIGURES[name]}")
    peak = max(one["peak_megabytes"] for one in taken[ENGINE])
    print(f"at most {peak:.0f} MB above the imports (aim: {MOST_MEGABYTES})", flush=True)


def _times_faster(taken: Taken, name: str) -> list[float]:
    return [ours[name] / theirs[name] for ours, theirs in zip(taken[ENGINE], taken[CHAPTER], strict=True)]


def _all(found: list[dict[str, float]], name: str) -> list[float]:
    return [one[name] for one in found]


def _spread(values: list[float]) -> str:
    return f"{np.median(values):,.1f} ({min(values):,.1f} to {max(values):,.1f})"


def _mean(found: list[dict[str, float]], name: str) -> str:
    values = _all(found, name)
    spread = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return f"{np.mean(values):.4f} ± {spread:.4f}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, default=paths.SCENES, help="folder or table of pictures")
    add("--task", choices=TASKS, default="multi-label")
    add("--arch", default="", help="by default that of the weights")
    add(
        "--weights",
        choices=("drawings", "photographs", "imagenet"),
        default="drawings",
        help="for both ways",
    )
    add("--size", type=int, default=128)
    add("--resize", choices=METHODS, default="squish", help="the engine's way; the chapter crops at random")
    add("--epochs", type=int, default=3)
    add("--freeze-epochs", type=int, default=1)
    add("--batch-size", type=int, default=64)
    add("--lr", type=float, default=3e-3)
    add("--seeds", type=int, default=1, help="trainings of each way")
    add("--cases", nargs="+", choices=CASES, default=CASES)
    options = vars(parser.parse_args(arguments))
    cases, seeds = options.pop("cases"), options.pop("seeds")
    config = TrainConfig(**options | {"data": str(options["data"].resolve())})
    print(machine("torch", "fastai", "numpy", "pillow"))
    print(f"{config.task} on {options['data'].name}")
    for case in cases:
        asked = case_config(config, case)
        report(case, asked, measure(asked, seeds))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
