"""Training all heads of a race at once: one matrix product and one optimizer step for all of them per batch."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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
    return run_seeds(config, course, (config.seed,), race_lanes)[0]


def run_seeds(
    config: RaceConfig, course: Course, seeds: Sequence[int], race_lanes: tuple[Lane, ...] | None = None
) -> tuple[Race, ...]:
    """As `run` for each of some seeds, trained together: each race is the one that its seed gives alone."""
    return _QUEUE.submit(_run, config, course, seeds, race_lanes or lanes(config.task)).result()


@torch.no_grad()
def _run(
    config: RaceConfig, course: Course, seeds: Sequence[int], race_lanes: tuple[Lane, ...]
) -> tuple[Race, ...]:
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    features, targets = torch.from_numpy(course.train_features), torch.from_numpy(course.train_targets)
    seen = torch.from_numpy(_seen(course))
    heads = _Heads(features.shape[1], targets, race_lanes, generators)
    optimizer = _AdamW(heads.groups(config.weight_decay), config.lr)
    losses: list[np.ndarray] = []
    raw_by_epoch = [heads.raw(seen)]
    for _ in range(config.epochs):
        orders = torch.stack([torch.randperm(len(features), generator=one) for one in generators])
        raw = [
            _step(heads, optimizer, _rows(features, rows), targets[rows])
            for rows in orders.split(config.batch_size, dim=1)
        ]
        losses.append(heads.losses(torch.cat(raw, dim=2), targets[orders], config.batch_size))
        raw_by_epoch.append(heads.raw(seen))
    by_epoch, images = torch.stack(raw_by_epoch, dim=1).numpy(), len(course.valid_features)
    valid_raw, watched_raw = by_epoch[..., :images, :], by_epoch[..., images:, :]
    parts = np.concatenate(losses, axis=2), valid_raw, *heads.final(), watched_raw
    return tuple(
        Race(replace(config, seed=seed), race_lanes, *of_seed)
        for seed, *of_seed in zip(seeds, *parts, strict=True)
    )


def _rows(features: Tensor, rows: Tensor) -> Tensor:
    """`features[rows]` (S, N, F) for rows (S, N), in less than half the time."""
    return features.index_select(0, rows.flatten()).unflatten(0, rows.shape)


def _seen(course: Course) -> np.ndarray:
    """The features of the validation images, then those of the watched ones."""
    if course.watched_features is None:
        return course.valid_features
    return np.concatenate([course.valid_features, course.watched_features]).astype(np.float32)


def _step(heads: "_Heads", optimizer: "_AdamW", features: Tensor, targets: Tensor) -> Tensor:
    """One step of every head by its own loss; returns the raw outputs (S, H, N, C) before it."""
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
    """H linear heads for each of S seeds as one: weights (S, F, H * C) and biases (S, 1, H * C).

    Those of a seed start with the same weights, a tenth as large as `torch.nn.Linear`'s, and with biases at which each
    head predicts the mean of the training targets, the best constant prediction (for labels see Lin et al. 2017,
    section 3.3). The gradients are computed in NumPy: for so few numbers torch's autograd takes several times as long.
    """

    def __init__(
        self,
        inputs: int,
        targets: Tensor,
        race_lanes: tuple[Lane, ...],
        generators: Sequence[torch.Generator],
    ):
        self.lanes, self.outputs = race_lanes, targets.shape[1]
        limit = SMALL * inputs**-0.5
        weights = torch.stack(
            [(2 * torch.rand(inputs, self.outputs, generator=one) - 1) * limit for one in generators]
        )
        self.weights = weights.repeat(1, 1, len(race_lanes))
        biases = torch.cat([lane.raw_at(targets.mean(dim=0)) for lane in race_lanes])
        self.biases = biases.repeat(len(generators), 1, 1)

    def groups(self, weight_decay: float) -> list[dict]:
        """Parameter groups of the optimizer; biases have no weight decay, as in fastai."""
        return [
            {"param": self.weights, "weight_decay": weight_decay},
            {"param": self.biases, "weight_decay": 0.0},
        ]

    def split(self, joined: Tensor) -> Tensor:
        """(S, N, H * C) as (S, H, N, C)."""
        return joined.unflatten(-1, (len(self.lanes), self.outputs)).movedim(2, 1)

    def final(self) -> tuple[np.ndarray, np.ndarray]:
        """The weights (S, H, F, C) and biases (S, H, C)."""
        return self.split(self.weights).contiguous().numpy(), self.split(self.biases)[:, :, 0].numpy()

    def raw(self, features: Tensor) -> Tensor:
        """The heads' raw outputs (S, H, N, C) for features (S, N, F), or (N, F) that all seeds share."""
        if features.dim() == 3:
            return self.split(torch.baddbmm(self.biases, features, self.weights))
        joined = features @ self.weights.movedim(0, 1).flatten(
            1
        )  # one large product is faster than S small ones
        return self.split(joined.unflatten(1, (len(self.weights), -1)).movedim(1, 0) + self.biases)

    def gradients(self, features: Tensor, raw: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The gradients of each head's loss on one batch, for weights and biases."""
        seeds, images = features.shape[:2]
        slopes = torch.empty(seeds, images, len(self.lanes), self.outputs)
        for at, (lane, numbers) in enumerate(zip(self.lanes, self._by_lane(raw), strict=True)):
            of_mean = lane.gradient(numbers, targets.flatten(0, 1).numpy())
            slopes.numpy()[:, :, at] = of_mean.reshape(seeds, images, -1)
        joined = seeds * slopes.flatten(2)  # each seed's loss is the mean over its own images
        return features.mT @ joined, joined.sum(dim=1, keepdim=True)

    def losses(self, raw: Tensor, targets: Tensor, batch_size: int) -> np.ndarray:
        """Each head's loss on each batch of an epoch (S, H, B), from its raw outputs (S, H, N, C) in that order."""
        seeds, images = targets.shape[:2]
        starts = np.arange(0, images, batch_size)
        each = zip(self.lanes, self._by_lane(raw), strict=True)
        flat = targets.flatten(0, 1).numpy()
        by_image = np.stack(
            [lane.losses_of(numbers, flat).reshape(seeds, images) for lane, numbers in each], 1
        )
        return np.add.reduceat(by_image, starts, axis=2) / np.diff(starts, append=images)

    def _by_lane(self, raw: Tensor) -> list[np.ndarray]:
        """Each lane's raw outputs (S * N, C)."""
        return [raw[:, at].flatten(0, 1).numpy() for at in range(len(self.lanes))]
