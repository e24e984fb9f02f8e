"""The chapter's two recipes at the size of its data, on a GPU: `python -m benchmarks.gpu`.

PASCAL's 5,011 pictures and BIWI's 15,677 are the drawn samples, linked again and again under new names. The yardsticks
are the seconds that the book reports, the card's fastest product of matrices, and bare steps of the same network on a
batch that lies on the card already. The wide body begins at random, since ImageNet's weights are a download: that
changes what is reached, not how long it takes.
"""

import csv
import itertools
import os
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from fastai.learner import Learner
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.batch import link
from benchmarks.timing import machine
from benchmarks.training_ways import Clock, Silent
from engine import paths
from engine.config import TrainConfig
from engine.data import formats, image_cache
from engine.data.formats.folders.biwi import CAMERA, POSE
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import fastai_backend

PASCAL, BIWI = (2501, 2510), 15_677
"""How many pictures the chapter trains and validates on; of BIWI's, one person is held out."""

BIWI_SIDE = 288
"""A square with 8 % more pixels than the chapter's 240 x 320."""


@dataclass(frozen=True)
class Recipe:
    """One of the chapter's trainings: what it is, what the book's took, and the aim."""

    title: str
    config: TrainConfig
    book_seconds: float
    aim_seconds: float


def pascal(folder: Path) -> Recipe:
    """The scenes, linked until they are as many as PASCAL's, with its split."""
    folder = folder / "pascal"
    (folder / "train").mkdir(parents=True)
    with open(paths.SCENES / "train.csv", newline="") as file:
        scenes = itertools.cycle(list(csv.DictReader(file)))
    with open(folder / "train.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["fname", "labels", "is_valid"])
        for number, scene in zip(range(sum(PASCAL)), scenes, strict=False):
            name = f"{number:06}.jpg"
            link(paths.SCENES / "train" / scene["fname"], folder / "train" / name)
            table.writerow([name, scene["labels"], number >= PASCAL[0]])
    config = TrainConfig(
        MULTI_LABEL,
        str(folder),
        arch="resnet50",
        weights="imagenet",
        freeze_epochs=4,
        epochs=3,
        threshold=0.2,
    )
    return Recipe("PASCAL, resnet50, 128 px, 4 + 3 epochs", config, book_seconds=60, aim_seconds=10)


def biwi(folder: Path) -> Recipe:
    """The drawn heads, linked until they are as many as BIWI's, with the book's person held out."""
    folder = folder / "biwi"
    poses = sorted(paths.HEADS.glob(f"*/*{POSE}"))
    for person in {pose.parent for pose in poses}:
        (folder / person.name).mkdir(parents=True)
        link(person / CAMERA, folder / person.name / CAMERA)
    for number, pose in zip(range(BIWI), itertools.cycle(poses), strict=False):
        there = folder / pose.parent.name
        link(pose, there / f"frame_{number:05}{POSE}")
        link(pose.with_name(pose.name.replace(POSE, "_rgb.jpg")), there / f"frame_{number:05}_rgb.jpg")
    config = TrainConfig(
        POINTS, str(folder), weights="drawings", size=BIWI_SIDE, freeze_epochs=1, epochs=3, lr=1e-2
    )
    return Recipe("BIWI, resnet18, 288 px, 1 + 3 epochs", config, book_seconds=201, aim_seconds=30)


@dataclass(frozen=True)
class Trained:
    """What a training took: pictures to learn from and to validate, and seconds of everything."""

    learn: Learner
    pictures: tuple[int, int]
    reading: float
    making_ready: float
    training: float
    epochs: list[float]


def train(config: TrainConfig) -> Trained:
    """Train as a run does, without its files."""
    torch.cuda.reset_peak_memory_stats()
    began = time.perf_counter()
    dataset = formats.load(Path(config.data), config.task, seed=config.seed)
    pictures = image_cache.cached_images(dataset, config.size, lambda share: None, method=config.resize)
    read = time.perf_counter()
    at_random = replace(config, weights="none", freeze_epochs=0) if config.weights == "imagenet" else config
    dls = fastai_backend.data_loaders(dataset, pictures, config)
    learn = fastai_backend.learner(dls, at_random, n_out=len(dataset.vocab) or 2)
    clock, ready = Clock(), time.perf_counter()
    learn.add_cb(clock)
    clock.start()
    with warnings.catch_warnings(), learn.no_logging():
        warnings.simplefilter("ignore")
        fastai_backend.fit(learn, config, Silent())
        torch.cuda.synchronize()
    training, epochs = time.perf_counter() - ready, [epoch[1] for epoch in clock.epochs]
    counts = len(dls.train) * dls.train.bs, len(dls.valid_ds)
    return Trained(learn, counts, read - began, ready - read, training, epochs)


def report(recipe: Recipe, took: Trained, fastest: float) -> None:
    """Print what a training took, next to the yardsticks."""
    config, (learned, _) = recipe.config, took.pictures
    memory = torch.cuda.max_memory_allocated() / 1e9
    flops = picture_flops(took.learn.model, config.size) * _looks(config, *took.pictures)
    bare, last = bare_rate(took.learn.model, config), learned / took.epochs[-1]
    print(f"\n{recipe.title}, batches of {config.batch_size}, {learned:,} pictures an epoch")
    print(f"training: {took.training:.1f} s (aim {recipe.aim_seconds}, the book {recipe.book_seconds})")
    print("seconds of each epoch: " + " ".join(f"{epoch:.2f}" for epoch in took.epochs))
    print(f"before it: {took.reading:.1f} s to read the pictures, {took.making_ready:.1f} s to make ready")
    print(f"share of the card's fastest product of matrices: {flops / took.training / fastest:.1%}")
    print(f"last epoch: {last:,.0f} pictures/s, {last / bare:.0%} of {bare:,.0f} in bare steps")
    print(f"most memory of the card: {memory:.1f} GB", flush=True)


def _looks(config: TrainConfig, trained: int, validated: int) -> float:
    """Looks through the network: a step takes three, two while the body is frozen but for its batch-norm layers."""
    epochs = config.freeze_epochs + config.planned_epochs
    return trained * (2 * config.freeze_epochs + 3 * config.planned_epochs) + validated * epochs


def picture_flops(network: nn.Module, side: int) -> float:
    """What one look at one picture takes, in floating-point operations (two for each product that is summed)."""
    picture = torch.zeros(1, 3, side, side, device=next(network.parameters()).device)
    with torch.inference_mode(), FlopCounterMode(display=False) as counted:
        network.eval()(picture)
    return float(counted.get_total_flops())


def bare_rate(network: nn.Module, config: TrainConfig, steps: int = 60) -> float:
    """Pictures per second of the same network in plain torch steps over one batch, without data or reports."""
    network.train().requires_grad_(True)
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)
    batch = torch.randn(config.planned_batch_size, 3, config.size, config.size, device="cuda")
    batch = batch.to(memory_format=torch.channels_last)

    def step() -> Tensor:
        with torch.autocast("cuda", torch.bfloat16):
            loss = network(batch).float().square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss

    took = _seconds(step, warm=10, repeats=steps)
    return config.planned_batch_size / took


def matrix_flops(side: int = 8192) -> float:
    """The fastest that the card multiplies matrices in bfloat16, in floating-point operations per second."""
    left, right = torch.randn(2, side, side, device="cuda", dtype=torch.bfloat16)
    return 2 * side**3 / _seconds(lambda: left @ right, warm=5, repeats=20)


def _seconds(work, warm: int, repeats: int) -> float:
    for _ in range(warm):
        work()
    torch.cuda.synchronize()
    began = time.perf_counter()
    for _ in range(repeats):
        work()
    torch.cuda.synchronize()
    return (time.perf_counter() - began) / repeats


def main() -> int:
    if not torch.cuda.is_available():
        print("No CUDA device is available here: nothing can be measured.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LOSS_LAB_CACHE"] = str(Path(folder) / "cache")
        print(machine("torch", "fastai", "numpy", "pillow"))
        fastest = matrix_flops()
        print(
            f"{torch.cuda.get_device_name()}; {fastest / 1e12:.0f} TFLOP/s in products of 8192 x 8192 bfloat16"
        )
        for make in (pascal, biwi):
            recipe = make(Path(folder))
            report(recipe, train(recipe.config), fastest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
