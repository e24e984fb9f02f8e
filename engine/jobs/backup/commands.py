"""The commands `backup` and `restore`."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.jobs.backup import restore as restoring
from engine.jobs.backup import write as writing
from engine.jobs.command_line import print_json
from engine.jobs.disk_use import in_words


def backup(file: Path) -> int:
    """Write the datasets and runs of everyone into one zip, and check it; the app may keep running.

    The last line on standard output is one JSON object: `files` and `bytes`.

    Parameters
    ----------
    file
        The zip to write; it must not exist yet.
    """
    entries = writing.write(file)
    size = sum(entry.size for entry in entries.values())
    print(f"Wrote and checked {file} ({in_words(size)}).", file=sys.stderr)
    print_json({"files": len(entries), "bytes": size})
    return 0


def restore(file: Path) -> int:
    """Restore all datasets and runs from such a zip; existing ones are never replaced.

    The last line on standard output is one JSON object: `items`.

    Parameters
    ----------
    file
        The zip that `backup` wrote.
    """
    items = restoring.restore(file)
    print(f"Restored all datasets and runs of {file}.", file=sys.stderr)
    print_json({"items": len(items)})
    return 0
