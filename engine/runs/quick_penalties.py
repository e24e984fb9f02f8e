"""What a Quick run tried: each penalty with its cross-validated loss, from the run's quick.json."""

import json
import math

import pandas as pd

from engine.runs.run import Run

NOTES = "quick.json"


def tried_penalties(run: Run) -> pd.DataFrame:
    """The penalties that a Quick run tried, ascending: penalty, cross_validated_loss, is_chosen.

    Empty for a run of another recipe, and where the file is missing or broken: it only explains the run.
    """
    empty = pd.DataFrame({"penalty": [], "cross_validated_loss": [], "is_chosen": []})
    try:
        record = json.loads((run.folder / NOTES).read_text("utf-8"))
        pairs = [(float(penalty), float(loss)) for penalty, loss in record["cross_validated_loss"]]
        chosen = float(record["penalty"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return empty
    pairs = sorted(pair for pair in pairs if all(map(math.isfinite, pair)) and pair[0] > 0)
    if not pairs:
        return empty
    table = pd.DataFrame(pairs, columns=["penalty", "cross_validated_loss"])
    return table.assign(is_chosen=table["penalty"] == chosen)
