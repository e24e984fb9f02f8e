"""The command `runs list`."""

import sys

from engine import runs
from engine.runs import damaged, table


def list_runs() -> int:
    """List all runs with state, task, progress and metrics; damaged ones are named on standard error."""
    listing = table.table(runs.all_runs())
    print("There is no run yet." if listing.empty else listing.to_string(index=False, na_rep=""))
    for one in damaged.damaged():
        print(one.reason, file=sys.stderr)
    return 0
