"""Everything that can be wrong with a data set, found at once, each with the pictures concerned and what mends it."""

from engine.health.checking import Health, check
from engine.health.finding import HARMS, NOTE, STOPS, Finding, Mend

__all__ = ["HARMS", "NOTE", "STOPS", "Finding", "Health", "Mend", "check"]
