"""Dividing a data set into training and validation: at random, evenly by label, by group, or as its table says."""

from engine.splitting.dividing import WAYS, Plan, SplitError, divide
from engine.splitting.grouping import Grouping, groupings, guess
from engine.splitting.keeping import kept_plan, use
from engine.splitting.shares import alike_across, groups_across, shares

__all__ = [
    "WAYS",
    "Grouping",
    "Plan",
    "SplitError",
    "alike_across",
    "divide",
    "groupings",
    "groups_across",
    "guess",
    "kept_plan",
    "shares",
    "use",
]
