"""The command `runs list`."""

from engine import runs
from engine.runs import table


def list_runs() -> int:
    """List all runs: state, task, progress and what they reached."""
    listing = table.table(runs.all_runs())
    print("There is no run yet." if listing.empty else listing.to_string(index=False, na_rep=""))
    return 0
