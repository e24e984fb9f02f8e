"""Training all heads of a race at once: one matrix product and one optimizer step for all of them per batch."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import numpy as np
import torch
from torch import Tensor
from torch.optim.adamw import adamw

from engine.experiments.loss_race.config import RaceConfig
from engine.experiments.loss_race.heads import Lane, lanes
from engine.experiments.loss_race.result import Race
from engine.experiments.loss_race.task_data import Course

SMALL = 0.1
"""The scale of the initial weights relative to `torch.nn.Linear`: with more features than images, a head never unlearns
most of its initial weights."""


def compute_alone() -> None:
    """Make torch use one thread here, and as many as before in all other threads.

    The products are so small that a second thread only spins while it waits for the first: on a busy machine a race
    then took five to thirty times the CPU time. torch stores the number per thread, and once more for new threads,
    where another thread has to restore the old one.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    writer = Thread(target=torch.set_num_threads, args=(before,))
    writer.start()
    writer.join()


_QUEUE = ThreadPoolExecutor(1, "race", initializer=compute_alone)
"""A queue of races: several at once would each be slower, and leave the pages no CPU."""


def run(config: RaceConfig, course: Course, race_lanes: tuple[Lane, ...] | None = None) -> Race:
    """Train a head for each lane (by default all of the task) and return the race.

    All heads start with the same weights and get the same batches in the same order; a seed decides both, without
    changing torch's global seed. Concurrent races run one after the other.
    """
    return _QUEUE.submit(_run, config, course, race_lanes or lanes(config.task)).result()


@torch.no_grad()
def _run(config: RaceConfig, course: Course, race_lanes: tuple[Lane, ...]) -> Race:
    generator = torch.Generator().manual_seed(config.seed)
    features, targets = torch.from_numpy(course.train_features), torch.from_numpy(course.train_targets)
    valid_features = torch.from_numpy(course.valid_features)
    heads = _Heads(features.shape[1], targets, race_lanes, generator)
    optimizer = _AdamW(heads.groups(config.weight_decay), config.lr)
    losses: list[np.ndarray] = []
    valid_raw = [heads.raw(valid_features)]
    for _ in range(config.epochs):
        order = torch.randperm(len(features), generator=generator)
        raw = [
            _step(heads, optimizer, features[rows], targets[rows]) for rows in order.split(config.batch_size)
        ]
        losses.append(heads.losses(torch.cat(raw, dim=1), targets[order], config.batch_size))
        valid_raw.append(heads.raw(valid_features))
    return Race(
        config,
        race_lanes,
        np.concatenate(losses, axis=1),
        torch.stack(valid_raw).numpy(),
        heads.split(heads.weights).movedim(1, 0).contiguous().numpy(),
        heads.split(heads.biases).numpy(),
    )


def _step(heads: "_Heads", optimizer: "_AdamW", features: Tensor, targets: Tensor) -> Tensor:
    """One step of every head by its own loss; returns the raw outputs (H, N, C) before it."""
    raw = heads.raw(features)
    optimizer.step(heads.gradients(features, raw, targets))
    return raw


class _AdamW:
    """torch's AdamW as a function: an instance of its class would load torch's compiler, for over a second."""

    def __init__(self, groups: list[dict], lr: float):
        self.groups, self.lr = groups, lr
        for group in groups:
            group["state"] = [torch.zeros_like(group["param"]) for _ in range(2)], torch.zeros(())

    def step(self, gradients: Sequence[Tensor]) -> None:
        """Update the parameter of each group with its gradient."""
        for group, gradient in zip(self.groups, gradients, strict=True):
            (average, squares), steps = group["state"]
            adamw(
                [group["param"]], [gradient], [average], [squares], [], [steps], fused=True, amsgrad=False,
                beta1=0.9, beta2=0.999, lr=self.lr, weight_decay=group["weight_decay"], eps=1e-8, maximize=False,
            )  # fmt: skip


class _Heads:
    """H linear heads as one: weights (F, H * C) and biases (H * C).

    All start with the same weights, a tenth as large as `torch.nn.Linear`'s, and with biases at which each head
    predicts the mean of the training targets, the best constant prediction (for labels see Lin et al. 2017,
    section 3.3). The gradients are computed in NumPy: for so few numbers torch's autograd takes several times as long.
    """

    def __init__(
        self, inputs: int, targets: Tensor, race_lanes: tuple[Lane, ...], generator: torch.Generator
    ):
        self.lanes, self.outputs = race_lanes, targets.shape[1]
        limit = SMALL * inputs**-0.5
        weights = (2 * torch.rand(inputs, self.outputs, generator=generator) - 1) * limit
        self.weights = weights.repeat(1, len(race_lanes))
        self.biases = torch.cat([lane.raw_at(targets.mean(dim=0)) for lane in race_lanes])

    def groups(self, weight_decay: float) -> list[dict]:
        """Parameter groups of the optimizer; biases have no weight decay, as in fastai."""
        return [
            {"param": self.weights, "weight_decay": weight_decay},
            {"param": self.biases, "weight_decay": 0.0},
        ]

    def split(self, joined: Tensor) -> Tensor:
        """(..., H * C) as (..., H, C)."""
        return joined.unflatten(-1, (len(self.lanes), self.outputs))

    def raw(self, features: Tensor) -> Tensor:
        """The heads' raw outputs (H, N, C) for features (N, F)."""
        return self.split(torch.addmm(self.biases, features, self.weights)).movedim(1, 0)

    def gradients(self, features: Tensor, raw: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The gradients of each head's loss on one batch, for weights and biases."""
        slopes = torch.empty(len(features), len(self.lanes), self.outputs)
        for at, (lane, numbers) in enumerate(zip(self.lanes, raw.numpy(), strict=True)):
            slopes.numpy()[:, at] = lane.gradient(numbers, targets.numpy())
        joined = slopes.flatten(1)
        return features.T @ joined, joined.sum(dim=0)

    def losses(self, raw: Tensor, targets: Tensor, batch_size: int) -> np.ndarray:
        """Each head's loss on each batch of an epoch (H, S), from its raw outputs (H, N, C) in that order."""
        starts = np.arange(0, len(targets), batch_size)
        each = zip(self.lanes, raw.numpy(), strict=True)
        by_image = np.stack([lane.losses_of(numbers, targets.numpy()) for lane, numbers in each])
        sizes = np.diff(starts, append=len(targets))
        return np.add.reduceat(by_image, starts, axis=1) / sizes
