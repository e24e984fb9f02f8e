"""`python -m engine export-data DATA --task TASK --form FORM --out FILE.zip`."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.data.exports.forms import FORMS
from engine.data.exports.zipping import export
from engine.data.formats import load
from engine.jobs import progress_bar
from engine.tasks import TASKS


def add_to(commands) -> None:
    """Add the command to those of `python -m engine`."""
    parser = commands.add_parser("export-data", help="write a data set as a zip in a form that others read")
    parser.set_defaults(command=run)
    parser.add_argument("data", type=Path, metavar="DATA", help="folder or table")
    parser.add_argument("--task", choices=TASKS, required=True, help="what the network is to answer")
    parser.add_argument(
        "--form", choices=FORMS, required=True, help="; ".join(one.title for one in FORMS.values())
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the zip to be written")


def run(options: argparse.Namespace) -> int:
    """Write the zip, with a progress bar, and say where it lies."""
    dataset = load(options.data, options.task)
    with progress_bar.Bar() as bar:
        export(dataset, options.form, options.out, lambda share: bar.show("writing the zip", share))
    print(f"{options.out}: {len(dataset.table):,} pictures")
    return 0
