"""`python -m engine bring SOURCE`: a folder, a table or a zip onto the shelf; or the work on what a page was sent."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.data.imports import import_worker
from engine.data.imports.import_job import DONE, Bringing
from engine.jobs import process

BAD_INPUT = 2


def add_to(commands) -> None:
    """Add the command to those of `python -m engine`."""
    parser = commands.add_parser("bring", help="put a data set on the shelf, where the app finds it")
    parser.set_defaults(command=run)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "source",
        nargs="?",
        type=Path,
        metavar="SOURCE",
        help="a folder or table, read where it lies, or a zip",
    )
    what.add_argument("--job", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--name", default="", help="what to call it")


def run(options: argparse.Namespace) -> int:
    """Print the name, the folder for `--data`, and what was recognised and why."""
    if options.job:
        process.lower_priority()
        import_worker.bind_hands()
        return 0 if import_worker.work(Bringing(options.job)).state == DONE else BAD_INPUT
    one = import_worker.bring_path(options.source, options.name)
    print("\n".join([f"{one.name} ({one.task}): {one.data_path}", *one.note.recognised]))
    return 0
