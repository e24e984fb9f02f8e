"""What a sweep is asked to do: one frozen record, checked when made, saved as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from engine.config import ARCHS, CUSTOM, NO_WEIGHTS, QUICK, ConfigError, TrainConfig
from engine.experiments.sweeps import search_space
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.search_space import Dimension, Value
from engine.training import presets
from engine.training.images_of import split_seed

VERSION = 1
GRID, RANDOM, TPE = "grid", "random", "tpe"
SAMPLERS = (TPE, RANDOM, GRID)
DEFAULT_TRIALS = 20
MOST_TRIALS, MOST_MINUTES = 1000, 7 * 24 * 60
FINAL_SEEDS = 3
"""So many seeds the best configuration and the baseline are trained with at the end."""

OF_QUICK = ("balance", "resize", "size", "seed")
"""What may vary without leaving the recipe Quick."""


@dataclass(frozen=True)
class SweepConfig:
    """What varies around a base, and for how long. Raises `SweepError`, which lists every problem.

    Attributes:
        base: the baseline: a trial has its values in everything that does not vary.
        vary: field of `TrainConfig` -> text, see `search_space`.
        sampler: grid, random or tpe.
        trials: how many trials at most; `None` is 20, or no limit where there are `minutes`.
        minutes: how many minutes of training at most; the trial that is running then is finished.
        pruning: whether trials that are worse than the median of the earlier ones after an epoch end there.
        seed: seeds the sampler; two sweeps with equal records have the same trials.
    """

    base: TrainConfig
    vary: Mapping[str, str]
    sampler: str = TPE
    trials: int | None = None
    minutes: float | None = None
    pruning: bool = False
    seed: int = 0
    dimensions: tuple[Dimension, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", prepared(self.base, self.vary))
        dimensions, problems = search_space.parse_all(self.vary)
        object.__setattr__(self, "dimensions", dimensions)
        if self.trials is None and self.minutes is None and self.sampler != GRID:
            object.__setattr__(self, "trials", DEFAULT_TRIALS)
        problems += self._own_problems()
        problems += self._space_problems()
        if problems:
            raise SweepError(f"This sweep cannot be run: {'; '.join(dict.fromkeys(problems))}.")

    @property
    def most_trials(self) -> int:
        """How many trials there are at most."""
        limit = MOST_TRIALS if self.trials is None else self.trials
        return min(limit, search_space.combinations(self.dimensions)) if self.sampler == GRID else limit

    @property
    def baseline(self) -> TrainConfig:
        """The base as every trial is scored: inside the training part."""
        return inside(self.base)

    def trial(self, params: Mapping[str, Value]) -> TrainConfig:
        """What the trial with these values is asked to do."""
        return inside(with_values(self.base, params))

    def final(self, params: Mapping[str, Value], number: int) -> TrainConfig:
        """What is trained at the end, with the seed of that number: scored on the part that no trial saw."""
        config = with_values(self.base, params)
        return replace(config, seed=self.base.seed + number)

    def _own_problems(self) -> list[str]:
        checks = [
            (self.vary, "nothing varies: name at least 1 field, such as lr=0.001..0.1"),
            (self.sampler in SAMPLERS, f"the sampler should be one of {', '.join(SAMPLERS)}"),
            (self.trials is None or 1 <= self.trials <= MOST_TRIALS, f"trials should be 1 to {MOST_TRIALS}"),
            (
                self.minutes is None or 0 < self.minutes <= MOST_MINUTES,
                f"minutes should be above 0 and at most {MOST_MINUTES}",
            ),
            (0 <= self.seed < 2**32, f"the sweep's seed should be 0 to {2**32 - 1}"),
            (
                not self.pruning or self.base.recipe != QUICK,
                "pruning needs epochs: the recipe quick trains none",
            ),
        ]
        return [problem for holds, problem in checks if not holds]

    def _space_problems(self) -> list[str]:
        """What no configuration may have, tried value by value next to the base's other values."""
        problems = []
        for dimension in self.dimensions:
            for value in dimension.extremes:
                try:
                    with_values(self.base, {dimension.name: value})
                except ConfigError as error:
                    problems.append(str(error))
        return problems

    def to_json(self) -> str:
        record = {
            "version": VERSION, "base": asdict(self.base), "vary": dict(self.vary), "sampler": self.sampler,
            "trials": self.trials, "minutes": self.minutes, "pruning": self.pruning, "seed": self.seed,
        }  # fmt: skip
        return json.dumps(record, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "SweepConfig":
        """Read a record back. Raises `SweepError`."""
        try:
            record: dict[str, Any] = json.loads(text)
            version = record.pop("version")
            if version != VERSION:
                raise SweepError(
                    f"The sweep was made by another version of Loss Lab (its sweep.json has version {version}): "
                    "start it again."
                )
            base = TrainConfig.from_json(json.dumps(record.pop("base")))
            return cls(base, **record)
        except SweepError:
            raise
        except (AttributeError, ConfigError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise SweepError("The sweep has a broken sweep.json: start it again.") from error


def prepared(base: TrainConfig, vary: Mapping[str, str]) -> TrainConfig:
    """The base that can have what varies, with a split that no other seed changes.

    The recipe Quick has no learning rate, loss or epochs. Where such a thing varies, a trial trains the head by epochs,
    on the features of the same frozen backbone, which are computed once for all trials.
    """
    base = replace(base, split_seed=split_seed(base), within_training=False)
    if base.recipe != QUICK or set(vary) <= set(OF_QUICK):
        return base
    small = presets.QUICK[base.task]
    taken = {
        name: getattr(small, name)
        for name in ("epochs", "freeze_epochs", "lr", "batch_size", "hidden", "dropout")
    }
    return replace(base, recipe=CUSTOM, augment=False, y_range=small.y_range, **taken)


def with_values(base: TrainConfig, params: Mapping[str, Value]) -> TrainConfig:
    """The base with other values; the architecture follows the weights. Raises `ConfigError`."""
    values: dict[str, Any] = dict(params)
    weights = values.get("weights", base.weights)
    if weights != base.weights and "arch" not in values:
        values["arch"] = ARCHS.get(weights, "")
    if weights == NO_WEIGHTS and base.freeze_epochs and "freeze_epochs" not in values:
        values["epochs"] = values.get("epochs", base.epochs or 0) + base.freeze_epochs
        values["freeze_epochs"] = 0
    return replace(base, **values)


def inside(config: TrainConfig) -> TrainConfig:
    """The configuration as a trial has it: it never sees the validation part."""
    return replace(config, within_training=True)
