"""Call a function of the engine in a process with limits, so that what strangers made never slows or fills the caller.

Starting the process takes about a second: worth it only for work that may take longer. Arguments, result and errors are
pickled; the process runs code of the engine alone, on data that it only reads.
"""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import threading
from typing import Any

from engine import paths
from engine.jobs import bounded, user_scope, waits
from engine.jobs.child_process import waited_for
from engine.jobs.resource_limits import OutOfTime, ResourceLimits

USUAL_LIMITS = ResourceLimits(memory_bytes=2 * 1024**3, processor_seconds=60)
AT_ONCE = 4
"""So many such processes run for one server; who comes then waits, so that a class together stays within memory."""
_PLACES = threading.Semaphore(AT_ONCE)
WAITED_FOR = 5
"""So many times its processor time a process may take on a busy machine, before it is ended."""


def call(function: str, *arguments: Any, limits: ResourceLimits = USUAL_LIMITS) -> Any:
    """What a function of the engine, such as "engine.data.summary:glance_here", returns for the current user.

    What it raises is raised here. Raises `OutOfTime` and `MemoryError` where it needs more than the limits allow.
    """
    if not function.startswith("engine."):
        raise ValueError(f"only functions of the engine are called, not {function!r}")
    command = bounded.command(limits, "engine.jobs.bounded_call")
    try:
        with waits.for_a_process(), _PLACES:
            done = subprocess.run(
                [sys.executable, "-m", *command],
                cwd=paths.ROOT,
                env=waited_for(user_scope.child_environment()),
                input=pickle.dumps((function, arguments)),
                capture_output=True,
                timeout=WAITED_FOR * limits.processor_seconds,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise OutOfTime(f"{function} takes too long") from error
    if not done.stdout:
        raise MemoryError(
            f"{function} ended without a result: {done.stderr[-2000:].decode(errors='replace')}"
        )
    returned, result = pickle.loads(done.stdout)
    if not returned:
        raise result
    return result


def main() -> None:
    """What the process does: the call on standard input, its result on standard output."""
    function, arguments = pickle.load(sys.stdin.buffer)
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the function prints is no result
    module, _, name = function.partition(":")
    try:
        outcome = True, getattr(importlib.import_module(module), name)(*arguments)
    except Exception as error:
        outcome = False, error
    with results:
        results.write(_pickled(outcome))


def _pickled(outcome: tuple[bool, Any]) -> bytes:
    """The outcome as bytes; an error that cannot be pickled becomes one that says the same."""
    try:
        content = pickle.dumps(outcome)
        pickle.loads(content)
        return content
    except Exception:
        return pickle.dumps((False, RuntimeError(str(outcome[1])[:2000])))


if __name__ == "__main__":
    main()
