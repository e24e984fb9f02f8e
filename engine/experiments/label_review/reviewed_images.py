"""Which images were decided in the reviews of a dataset, over all of its rankings."""

from collections.abc import Iterable

from engine.data.edits import KEPT, LABELS, LEFT_OUT, POINT, Decision

MADE_HERE = (KEPT, LABELS, POINT, LEFT_OUT)
"""The kinds of decisions that a review makes."""


def made_since(past: Iterable[tuple[Decision, bool]], before: int) -> list[Decision]:
    """The standing decisions of a review's kinds that were made after the first `before` ones, oldest first."""
    later = list(past)[before:]
    return [decision for decision, stands in later if stands and decision.kind in MADE_HERE]


def decided_since(past: Iterable[tuple[Decision, bool]], before: int, ranked: Iterable[str]) -> set[str]:
    """The images of a ranking that those decisions are about."""
    return {fname for decision in made_since(past, before) for fname in decision.given}.intersection(ranked)
