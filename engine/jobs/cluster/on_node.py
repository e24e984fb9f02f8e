"""Run a module on a node: `python -m engine.jobs.cluster.on_node FOLDER ACTOR ATTEMPT MODULE ARGUMENTS...`.

The process ends with its supervisor, and when a later attempt counts: two must never write one run.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time
from pathlib import Path

import psutil

from engine.jobs.cluster import attempt

MODULE = "engine.jobs.cluster.on_node"
SECONDS_BETWEEN_LOOKS = 1.0


def main() -> None:
    """Run the module that the command line names, as if it had been called itself."""
    folder, actor, number, module, *arguments = sys.argv[1:]
    end_with_attempt(Path(folder), actor, int(number))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def end_with_attempt(folder: Path, actor: str, number: int) -> None:
    """Kill this process when its parent ends, or when another attempt at the job in a folder counts."""
    about = (os.getppid(), folder, actor, number)
    threading.Thread(target=_watch, args=about, name="attempt", daemon=True).start()


def _watch(parent: int, folder: Path, actor: str, number: int) -> None:
    while os.getppid() == parent and not attempt.is_replaced(folder, actor, number):
        time.sleep(SECONDS_BETWEEN_LOOKS)
    psutil.Process().kill()


if __name__ == "__main__":
    main()
