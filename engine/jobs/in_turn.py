"""The process of a short job: `python -m engine.jobs.in_turn KIND MODULE:FUNCTION FOLDER`.

It waits for a place of its kind before it loads the module, which takes a second of processor time: a class may start
thirty such jobs in the same minute. The function is called with the job's folder and its `Reporter`.
"""

import importlib
import sys
from pathlib import Path

from engine.jobs import access, background, job_places
from engine.jobs.reporter import Reporter

MODULE = "engine.jobs.in_turn"


def command(kind: str, function: str, folder: Path) -> tuple[str, ...]:
    """What follows `python -m` to run a function, named as MODULE:FUNCTION, for the job in a folder."""
    return MODULE, kind, function, str(folder)


def main(kind: str, function: str, folder: Path) -> int:
    """The exit status; the job's status says how it ended. Raises `AccessError` for a foreign folder."""

    def work(folder: Path, report: Reporter) -> None:
        with job_places.place(kind, report):
            module, _, name = function.partition(":")
            getattr(importlib.import_module(module), name)(folder, report)

    return background.run(access.authorize(folder, to_write=True), work, ValueError)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
