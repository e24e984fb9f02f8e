"""How long work will take, in words: as the last runs on this computer suggest, or at least so long."""

from engine import runs
from engine.config import QUICK
from engine.training import earlier_runs
from engine.training.time_estimate import Estimate, estimate


def predicted(work: float, recipe: str = QUICK) -> Estimate:
    """The duration of what takes `work` seconds on idle cores, learned from the person's runs with a recipe."""
    return estimate(work, _slowdowns(recipe))


def in_words(work: float, recipe: str = QUICK) -> str:
    """Such a duration with what it rests on, to follow "This takes"."""
    slowdowns = _slowdowns(recipe)
    takes = estimate(work, slowdowns).in_words()
    if not slowdowns:
        return f"{takes} on two CPU cores, and longer while they are busy"
    return f"{takes}, judging by your last {'run' if len(slowdowns) == 1 else f'{len(slowdowns)} runs'}"


def _slowdowns(recipe: str) -> list[float]:
    return earlier_runs.slowdowns(runs.all_runs(), recipe)
