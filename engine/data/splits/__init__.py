"""Dividing a dataset into training and validation: at random, evenly by label, by group, or as its table says."""

from engine.data.splits.apply_split import kept_plan, use
from engine.data.splits.grouping import Grouping, groupings
from engine.data.splits.report import alike_across, groups_across, shares
from engine.data.splits.strategies import WAYS, Plan, SplitError, divide

__all__ = [
    "WAYS",
    "Grouping",
    "Plan",
    "SplitError",
    "alike_across",
    "divide",
    "groupings",
    "groups_across",
    "kept_plan",
    "shares",
    "use",
]
