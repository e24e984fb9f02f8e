"""A search for a learning rate is a job that owns a folder, found again by what is asked; nothing here loads torch.

config.json   what is asked: the configuration without what makes no difference to the search
status.json, log.txt, stop   as in the folder of every job, see `engine.jobs.job`
curve.csv     for every batch so far the rate, its loss, and fastai's running mean
found.json    the suggestions, and what they rest on
"""

import hashlib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from engine import paths, runs
from engine.config import CUSTOM, QUICK, TrainConfig
from engine.data import summary
from engine.jobs import access, user_scope
from engine.jobs.eviction import evict_oldest, remove
from engine.jobs.status import ACTIVE
from engine.runs import Run, RunError, files
from engine.training import launch

KEPT = 40
"""How many searches are kept; the longest untouched give way."""

RULES = {
    "valley": "in the longest stretch over which the loss falls, a little before its middle: fastai's own choice",
    "steep": "where the loss falls most steeply",
    "minimum": "a tenth of the rate at which the loss is lowest",
    "slide": "the last rate before the loss begins to diverge",
}
"""fastai's rules for reading the curve, the first its own choice, and where each of them looks."""

_NO_MATTER = ("lr", "threshold", "tensorboard")


class Search(Run):
    """A search's folder, readable while it goes on."""

    @property
    def curve(self) -> pd.DataFrame:
        """A row for every batch so far: lr, loss, smooth; empty before the first."""
        return self._table_if_there(files.CURVE)

    @property
    def result(self) -> dict:
        """`suggestions` (rule -> rate), `fall` (share by which the loss fell), `images`, `seconds`, `data_stamp`."""
        return self._json(files.SUGGESTIONS, dict)

    @property
    def suggestions(self) -> dict[str, float]:
        """Rule -> rate, with two digits: more are not known."""
        rates = self.result["suggestions"]
        return {rule: float(f"{rates[rule]:.2g}") for rule in RULES}

    @property
    def is_current(self) -> bool:
        """Whether the dataset stands as it stood when this was found."""
        return self.result.get("data_stamp") == summary.stamp(self.config.data)


def question(config: TrainConfig) -> TrainConfig:
    """What a search is asked: neither the rate itself nor how long training lasts makes a difference to it.

    The recipe quick has no rate; a search for it is one for training its head by epochs, on the frozen backbone.
    """
    usual: dict[str, Any] = {
        field.name: field.default for field in fields(TrainConfig) if field.name in _NO_MATTER
    }
    is_quick = config.recipe == QUICK
    is_frozen = is_quick or (config.freeze_epochs or 0) > 0
    recipe = CUSTOM if is_quick else config.recipe
    return replace(config, **usual, recipe=recipe, freeze_epochs=int(is_frozen), epochs=int(not is_frozen))


def look(config: TrainConfig) -> Search | None:
    """The search that was made, or is at work, for a configuration."""
    folder = _folder(question(config))
    return Search(folder) if (folder / files.CONFIG).exists() else None


def start(config: TrainConfig) -> Search:
    """Begin a search in a process of its own, in the place of an earlier one; one at work is left alone.

    Raises `RunError`, also for data that the current user may not read.
    """
    access.locate(config.data, RunError)
    earlier = look(config)
    if earlier and earlier.state in ACTIVE:
        return earlier
    with launch.in_words("The search could not be started"):
        search = fresh(config)
        launch.spawn(search.folder, config.device, "find-lr", "--folder", str(search.folder))
    return search


def fresh(config: TrainConfig) -> Search:
    """A new search, not started yet, in the place of an earlier one that has ended."""
    folder = _folder(question(config))
    if folder.exists():
        remove(folder)
    runs.create(question(config), folder)
    evict_oldest(_home(), KEPT, except_for=folder)
    return Search(folder)


def _folder(asked: TrainConfig) -> Path:
    return _home() / hashlib.sha256(asked.to_json().encode()).hexdigest()[:24]


def _home() -> Path:
    return user_scope.own_folder(paths.cache_folder()) / "learning_rates"
