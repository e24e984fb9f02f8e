"""`python -m engine import PATH`: a dataset into the library, or an exported run into the runs.

Also the work on what a page was sent (`--job`).
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

from engine.data.formats.option_flags import add_flags, options_of
from engine.data.imports import import_worker
from engine.data.imports.import_job import DONE, Bringing
from engine.jobs import process

BAD_INPUT = 2
MANIFEST = "manifest.json"


def add_to(commands, import_run) -> None:
    """Add the command to those of `python -m engine`; `import_run(path, name)` brings in a zip that export wrote."""
    parser = commands.add_parser("import", help="import a dataset, or a run that export has written")
    parser.set_defaults(command=lambda options: run(options, import_run))
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "source",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a folder or table, read where it lies; an archive, which is copied; or a run's exported zip",
    )
    what.add_argument("--job", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--name", default="", help="what to call it")
    add_flags(parser)


def run(options: argparse.Namespace, import_run) -> int:
    """Print the name, the folder for `--data`, and what was recognised and why."""
    if options.job:
        process.step_back()
        import_worker.bind_hands()
        return 0 if import_worker.work(Bringing(options.job)).state == DONE else BAD_INPUT
    if is_exported_run(options.source):
        print(import_run(options.source, options.name or None).folder)
        return 0
    one = import_worker.bring_path(options.source, options.name, options_of(options))
    print("\n".join([f"{one.name} ({one.task}): {one.data_path}", *one.note.recognised]))
    return 0


def is_exported_run(path: Path) -> bool:
    """Whether a file is a zip that `export` wrote: its manifest lies at the top and no dataset's name does."""
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist() and "config.json" in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False
