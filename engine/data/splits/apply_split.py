"""A division in use: a decision for each picture in the journal, and next to it how it was made.

splits.json   decision id -> the plan that made it
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

from engine.data import edits
from engine.data.edits import SPLIT, Decision
from engine.data.splits.strategies import Plan
from engine.jobs.atomic_write import write_text

PLANS = "splits.json"
MOST_PLANS = 200


def use(home: Path, plan: Plan, parts: Mapping[str, bool]) -> Decision:
    """Let each picture belong to its part from now on; one undo takes all of it back.

    `home` is the folder that keeps the decisions. Raises `DecisionError` where it cannot be written.
    """
    decision = edits.add_each(home, SPLIT, parts)
    with FileLock(home / ".splits.lock", timeout=20):
        plans = _plans(home) | {decision.id: plan.record()}
        newest = dict(list(plans.items())[-MOST_PLANS:])
        write_text(home / PLANS, json.dumps(newest, ensure_ascii=False, indent=1) + "\n")
    return decision


def kept_plan(home: Path) -> Plan | None:
    """The plan of the division in use; None where the source, a random choice, or single decisions made it."""
    made = [decision for decision in edits.read(home).standing if decision.kind == SPLIT]
    told = _plans(home).get(made[-1].id) if made else None
    try:
        merged = tuple((str(old), str(new)) for old, new in told["merged"]) if told else ()
        return Plan(**(told | {"merged": merged})) if told else None
    except (TypeError, ValueError, KeyError):
        return None


def _plans(home: Path) -> dict:
    try:
        told = json.loads((home / PLANS).read_text("utf-8"))
        return told if isinstance(told, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}
