"""How long work will take, in words: as the last runs on this computer suggest, or at least so long."""

from engine import runs
from engine.config import QUICK
from engine.training import earlier_runs
from engine.training.time_estimate import Estimate, estimate

_BASIS = {True: ", judging by your last runs", False: " on two CPU cores, and longer while they are busy"}
"""What an estimate rests on: runs on this computer, or not."""


def predicted(work: float, recipe: str = QUICK) -> Estimate:
    """The duration of what takes `work` seconds on idle cores, learned from the person's runs with a recipe."""
    return estimate(work, earlier_runs.slowdowns(runs.all_runs(), recipe))


def in_words(work: float, recipe: str = QUICK) -> str:
    """Such a duration with what it rests on, to follow "This takes"."""
    takes = predicted(work, recipe)
    return takes.in_words() + _BASIS[takes.is_measured]
