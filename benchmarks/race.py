"""A whole race of six heads compared with six plain torch loops, one after the other: `python -m benchmarks.race`.

Both train the same heads on the same features of the bundled scenes (and heads, for points), with the same losses, the
same beginnings and the same batches: `torch.nn.Linear`, `AdamW` and a loop, as one would write it. In turns whose order
is reversed every time, in one process; medians and the largest, after one unmeasured turn. The race computes on one
thread, so the loops are timed with torch's own number of threads and with one. The race's seconds include the
predictions for the validation part after every epoch; a plain loop's do not.
"""

import argparse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch

from benchmarks.timing import in_turn, machine
from engine import paths
from engine.data import formats
from engine.experiments import loss_race
from engine.experiments.loss_race import Course, Lane, Race, RaceConfig, train_heads
from engine.experiments.loss_race.train_heads import compute_alone
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import features

AIM_SECONDS = 0.5
OURS, SCORED = "Loss Lab, six heads in one go", "Loss Lab, with every score"
PLAIN, PLAIN_ON_ONE = "six plain torch loops", "the same on one thread"
_ONE_THREAD = ThreadPoolExecutor(1, initializer=compute_alone)
RACES = {
    "six losses over labels": (paths.SCENES, RaceConfig(MULTI_LABEL)),
    "the longest that the page offers": (paths.SCENES, RaceConfig(MULTI_LABEL, epochs=20, batch_size=32)),
    "three losses over points, with and without y_range": (paths.HEADS, RaceConfig(POINTS)),
}


def course_of(folder, task: str) -> Course:
    """The features of a sample set, computed before anything is timed."""
    dataset = formats.load(folder, task)
    return Course.of(dataset, features.of_dataset(dataset))


def plain_loops(config: RaceConfig, course: Course) -> list[torch.nn.Linear]:
    """Each lane's head, trained alone."""
    return [plain_loop(config, course, lane) for lane in loss_race.lanes(config.task)]


def plain_loop(config: RaceConfig, course: Course, lane: Lane) -> torch.nn.Linear:
    """One head trained as one would write it."""
    chance = torch.Generator().manual_seed(config.seed)
    inputs, targets = torch.from_numpy(course.train_features), torch.from_numpy(course.train_targets)
    head = torch.nn.Linear(inputs.shape[1], targets.shape[1])
    reach = train_heads.SMALL * inputs.shape[1] ** -0.5
    with torch.no_grad():
        start = (2 * torch.rand(inputs.shape[1], targets.shape[1], generator=chance) - 1) * reach
        head.weight.copy_(start.T)
        head.bias.copy_(lane.raw_at(targets.mean(dim=0)))
    decays: list[dict[str, Any]] = [{"params": [head.weight]}, {"params": [head.bias], "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(decays, lr=config.lr, weight_decay=config.weight_decay)
    for _ in range(config.epochs):
        for rows in torch.randperm(len(inputs), generator=chance).split(config.batch_size):
            optimiser.zero_grad()
            lane.loss.function(lane.outputs(head(inputs[rows])), targets[rows]).backward()
            optimiser.step()
    return head


def scored(config: RaceConfig, course: Course) -> Race:
    """All that a moved slider asks of the engine: the race, and every metric after every epoch."""
    finished = train_heads.run(config, course)
    if config.task == POINTS:
        loss_race.point_scores(finished, course)
    else:
        loss_race.label_scores(
            finished, course, config.threshold, loss_race.mean_average_precisions(finished, course)
        )
    return finished


def difference(config: RaceConfig, course: Course) -> float:
    """The largest difference between a weight of the race and the same weight of a plain loop."""
    ours, plain = train_heads.run(config, course), plain_loops(config, course)
    return max(
        float(np.abs(weights - head.weight.detach().numpy().T).max())
        for weights, head in zip(ours.weights, plain, strict=True)
    )


def seconds(calls: dict[str, Callable], repeats: int) -> dict[str, list[float]]:
    """The seconds of every call in turns, forwards and backwards, after one unmeasured turn."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repeats + 1):
        for name in in_turn(list(calls), turn):
            start = perf_counter()
            calls[name]()
            taken[name].append(perf_counter() - start)
    return {name: times[1:] for name, times in taken.items()}


def report(says: str, config: RaceConfig, course: Course, repeats: int) -> None:
    """Print one table: each way's median and largest time, and how many times as long as ours it takes."""
    taken = seconds(
        {
            OURS: lambda: train_heads.run(config, course),
            SCORED: lambda: scored(config, course),
            PLAIN: lambda: plain_loops(config, course),
            PLAIN_ON_ONE: lambda: _ONE_THREAD.submit(plain_loops, config, course).result(),
        },
        repeats,
    )
    steps = config.epochs * -(-len(course.train_features) // config.batch_size)
    print(
        f"\n{says}: {len(course.train_features)} pictures, {config.epochs} epochs of {config.batch_size}, "
        f"{steps} steps; median (largest) of {repeats}; weights differ by at most {difference(config, course):.1e}"
    )
    for name, times in taken.items():
        ratio = median(times) / median(taken[OURS])
        print(f"  {name:32s}{median(times):8.3f} s ({max(times):.3f} s) {ratio:7.2f} x ours")
    met = "met" if median(taken[SCORED]) < AIM_SECONDS else "not met"
    print(f"  aim: under {AIM_SECONDS} s with every score: {met}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.race", description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    print(machine("torch", "numpy"))
    courses = {}
    for says, (folder, config) in RACES.items():
        if config.task not in courses:
            courses[config.task] = course_of(folder, config.task)
        report(says, config, courses[config.task], options.repeats)


if __name__ == "__main__":
    main()
