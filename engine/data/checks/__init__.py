"""Everything that can be wrong with a dataset, found at once, each with the images concerned and what fixes it."""

from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix
from engine.data.checks.run_checks import Health, check

__all__ = ["HARMS", "NOTE", "STOPS", "Finding", "Fix", "Health", "check"]
