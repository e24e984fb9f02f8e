"""Which values the next trial of a sweep has.

Trial number k is drawn by a fresh sampler, seeded by the sweep's seed and k, that sees the ended trials before it and
nothing else. So a sweep that was killed and continued has the same trials as one that was not.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial

from engine.experiments.sweeps.config import GRID, RANDOM, SweepConfig
from engine.experiments.sweeps.objective import Direction
from engine.experiments.sweeps.search_space import Choice, Dimension, Value


def next_values(config: SweepConfig, ended: Sequence[FrozenTrial], direction: Direction) -> dict[str, Value]:
    """The values of the trial after those that have `ended`."""
    if config.sampler == GRID:
        return grid(config)[len(ended)]
    study = optuna.create_study(direction=direction, sampler=_sampler(config, len(ended)))
    study.add_trials(ended)
    return dict(study.ask(distributions(config.dimensions)).params)


def grid(config: SweepConfig) -> list[dict[str, Value]]:
    """Every combination of the grid's values, in an order by the sweep's seed: a limit of trials cuts off no corner."""
    names = [dimension.name for dimension in config.dimensions]
    every = [
        dict(zip(names, values, strict=True))
        for values in itertools.product(*(dimension.grid for dimension in config.dimensions))
    ]
    return [every[at] for at in np.random.default_rng(config.seed).permutation(len(every))]


def distributions(dimensions: Sequence[Dimension]) -> dict[str, BaseDistribution]:
    """What varies, as Optuna describes it."""
    return {dimension.name: _distribution(dimension) for dimension in dimensions}


def _distribution(dimension: Dimension) -> BaseDistribution:
    if isinstance(dimension, Choice):
        return CategoricalDistribution(dimension.options)
    if dimension.is_whole:
        return IntDistribution(int(dimension.low), int(dimension.high))
    return FloatDistribution(dimension.low, dimension.high, log=dimension.is_logarithmic)


def _sampler(config: SweepConfig, number: int) -> BaseSampler:
    seed = int(np.random.SeedSequence([config.seed, number]).generate_state(1)[0])
    return RandomSampler(seed=seed) if config.sampler == RANDOM else TPESampler(seed=seed)
