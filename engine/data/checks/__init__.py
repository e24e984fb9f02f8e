"""Everything that can be wrong with a data set, found at once, each with the pictures concerned and what mends it."""

from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Mend
from engine.data.checks.run_checks import Health, check

__all__ = ["HARMS", "NOTE", "STOPS", "Finding", "Health", "Mend", "check"]
