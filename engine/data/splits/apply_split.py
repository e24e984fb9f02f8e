"""A division in use: a decision for each image in the journal, and next to it how it was made.

splits.json   the format's version, and `plans`: decision id -> the plan that made it
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
from engine.jobs.json_file import read_record

PLANS = "splits.json"
MOST_PLANS = 200
VERSION = 1


def use(home: Path, plan: Plan, parts: Mapping[str, bool]) -> Decision:
    """Let each image belong to its part from now on; one undo takes all of it back.

    `home` is the folder that keeps the decisions. Raises `DecisionError` where it cannot be written.
    """
    decision = edits.add_each(home, SPLIT, parts)
    with FileLock(home / ".splits.lock", timeout=20):
        plans = _plans(home) | {decision.id: plan.record()}
        newest = dict(list(plans.items())[-MOST_PLANS:])
        write_text(
            home / PLANS,
            json.dumps({"version": VERSION, "plans": newest}, ensure_ascii=False, indent=1) + "\n",
        )
    return decision


def kept_plan(home: Path) -> Plan | None:
    """The plan of the division in use; None where it is not known.

    It is known for a plan of this version of Loss Lab, and not where the source or single decisions made the division.
    """
    made = [decision for decision in edits.read(home).standing if decision.kind == SPLIT]
    record = _plans(home).get(made[-1].id) if made else None
    try:
        merged = tuple((str(old), str(new)) for old, new in record["merged"]) if record else ()
        return Plan(**(record | {"merged": merged})) if record else None
    except (TypeError, ValueError, KeyError):
        return None


def _plans(home: Path) -> dict:
    """The plans that are kept; those of another version of Loss Lab are unknown, which changes no image's part."""
    record = read_record(home / PLANS)
    plans = record.get("plans") if record.get("version") == VERSION else None
    return plans if isinstance(plans, dict) else {}
