"""Run a module with limits: `python -m engine.jobs.bounded MEGABYTES SECONDS MODULE ARGUMENTS...`.

The limits are set before the module is loaded, by the process itself: a parent with threads could not do it safely.
Memory is what the process writes to, so that a module may load torch. See `engine.jobs.resource_limits`.
"""

from __future__ import annotations

import runpy
import sys

from engine.jobs import process
from engine.jobs.child_process import end_with_parent
from engine.jobs.resource_limits import OutOfTime, ResourceLimits

MEGABYTE = 1024**2
BAD_INPUT = 2


def command(limits: ResourceLimits, module: str, *arguments: str) -> list[str]:
    """What follows `python -m` to run a module within limits."""
    megabytes = str(limits.memory_bytes // MEGABYTE)
    return ["engine.jobs.bounded", megabytes, str(limits.processor_seconds), module, *arguments]


def main() -> None:
    """Run the module that the command line names, as if it had been called itself."""
    end_with_parent()
    process.lower_priority(process.WAITED_FOR)
    megabytes, seconds, module, *arguments = sys.argv[1:]
    ResourceLimits(int(megabytes) * MEGABYTE, int(seconds), counts_mappings=False).apply()
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except OutOfTime:
        sys.exit(_refusal("It takes too long to read"))
    except MemoryError:
        sys.exit(_refusal("It needs too much memory to read"))


def _refusal(sentence: str) -> int:
    print(f"{sentence}: it is too large, or damaged.", file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    main()
