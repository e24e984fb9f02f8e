"""All heads of a race trained in one go: one matrix product and one optimiser step for all of them at each batch."""

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
"""What the beginning weights are of those of `torch.nn.Linear`: with more features than pictures, much of what a head
begins with is never unlearned."""


def compute_alone() -> None:
    """Let torch use one thread in this thread, and as many as before in all others.

    The products are so small that a second thread only waits for the first, spinning: on a busy machine a race then
    took five to thirty times the processor's time. torch keeps the number for each thread, and once more for threads
    to come, where another thread must write the old one back.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    writer = Thread(target=torch.set_num_threads, args=(before,))
    writer.start()
    writer.join()


_ONE_AT_A_TIME = ThreadPoolExecutor(1, "race", initializer=compute_alone)
"""Visitors' races wait in a queue: several at once would each be slower, and leave the pages no processor."""


def run(config: RaceConfig, course: Course, runners: tuple[Lane, ...] | None = None) -> Race:
    """Train a head for each lane (all of the task unless `runners` are named) and return the race.

    Every head begins with the same weights and sees the same batches in the same order; a seed decides both, without
    touching torch's global one. Races asked for at the same time run one after the other.
    """
    return _ONE_AT_A_TIME.submit(_run, config, course, runners or lanes(config.task)).result()


@torch.no_grad()
def _run(config: RaceConfig, course: Course, runners: tuple[Lane, ...]) -> Race:
    chance = torch.Generator().manual_seed(config.seed)
    features, targets = torch.from_numpy(course.train_features), torch.from_numpy(course.train_targets)
    valid_features = torch.from_numpy(course.valid_features)
    heads = _Heads(features.shape[1], targets, runners, chance)
    optimiser = _AdamW(heads.groups(config.weight_decay), config.lr)
    losses, valid_raw = [], [heads.raw(valid_features)]
    for _ in range(config.epochs):
        order = torch.randperm(len(features), generator=chance)
        raw = [
            _step(heads, optimiser, features[rows], targets[rows]) for rows in order.split(config.batch_size)
        ]
        losses.append(heads.losses(torch.cat(raw, dim=1), targets[order], config.batch_size))
        valid_raw.append(heads.raw(valid_features))
    return Race(
        config,
        runners,
        np.concatenate(losses, axis=1),
        torch.stack(valid_raw).numpy(),
        heads.split(heads.weights).movedim(1, 0).contiguous().numpy(),
        heads.split(heads.biases).numpy(),
    )


def _step(heads: "_Heads", optimiser: "_AdamW", features: Tensor, targets: Tensor) -> Tensor:
    """One step of every head by its own loss; returns the raw numbers (H, N, C) before it."""
    raw = heads.raw(features)
    optimiser.step(heads.gradients(features, raw, targets))
    return raw


class _AdamW:
    """torch's own AdamW by its function: making an object of its class loads torch's compiler, for over a second."""

    def __init__(self, groups: list[dict], lr: float):
        self.groups, self.lr = groups, lr
        for group in groups:
            group["state"] = [torch.zeros_like(group["param"]) for _ in range(2)], torch.zeros(())

    def step(self, gradients: Sequence[Tensor]) -> None:
        """Move the parameter of each group against its gradient."""
        for group, gradient in zip(self.groups, gradients, strict=True):
            (average, squares), steps = group["state"]
            adamw(
                [group["param"]], [gradient], [average], [squares], [], [steps], fused=True, amsgrad=False,
                beta1=0.9, beta2=0.999, lr=self.lr, weight_decay=group["weight_decay"], eps=1e-8, maximize=False,
            )  # fmt: skip


class _Heads:
    """H linear heads as one: weights (F, H * C) and biases (H * C).

    All begin with the same weights, a tenth as large as `torch.nn.Linear`'s, and with biases at which each head answers
    the mean of the training targets: what is best without looking (for labels see Lin et al. 2017, section 3.3). The
    gradients are written out, in NumPy: on so few numbers torch's autograd takes several times as long.
    """

    def __init__(self, inputs: int, targets: Tensor, runners: tuple[Lane, ...], chance: torch.Generator):
        self.runners, self.outputs = runners, targets.shape[1]
        reach = SMALL * inputs**-0.5
        weights = (2 * torch.rand(inputs, self.outputs, generator=chance) - 1) * reach
        self.weights = weights.repeat(1, len(runners))
        self.biases = torch.cat([lane.raw_at(targets.mean(dim=0)) for lane in runners])

    def groups(self, weight_decay: float) -> list[dict]:
        """What the optimiser moves; biases are not pulled to 0, as in fastai."""
        return [
            {"param": self.weights, "weight_decay": weight_decay},
            {"param": self.biases, "weight_decay": 0.0},
        ]

    def split(self, joined: Tensor) -> Tensor:
        """(..., H * C) as (..., H, C)."""
        return joined.unflatten(-1, (len(self.runners), self.outputs))

    def raw(self, features: Tensor) -> Tensor:
        """The heads' raw numbers (H, N, C) for features (N, F)."""
        return self.split(torch.addmm(self.biases, features, self.weights)).movedim(1, 0)

    def gradients(self, features: Tensor, raw: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """How each head's own loss on one batch changes with its weights and its biases."""
        slopes = torch.empty(len(features), len(self.runners), self.outputs)
        for at, (lane, numbers) in enumerate(zip(self.runners, raw.numpy(), strict=True)):
            slopes.numpy()[:, at] = lane.gradient(numbers, targets.numpy())
        joined = slopes.flatten(1)
        return features.T @ joined, joined.sum(dim=0)

    def losses(self, raw: Tensor, targets: Tensor, batch_size: int) -> np.ndarray:
        """Each head's own loss on each batch of an epoch (H, S), from its raw numbers (H, N, C) in that order."""
        starts = np.arange(0, len(targets), batch_size)
        each = zip(self.runners, raw.numpy(), strict=True)
        by_picture = np.stack([lane.losses_of(numbers, targets.numpy()) for lane, numbers in each])
        sizes = np.diff(starts, append=len(targets))
        return np.add.reduceat(by_picture, starts, axis=1) / sizes
