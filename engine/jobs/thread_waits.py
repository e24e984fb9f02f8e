"""How the threads of torch and scikit-learn wait for each other: asleep, so that the one with work gets the core.

After each piece of work GNU's and LLVM's OpenMP keep a thread busy for some milliseconds, in case the next piece comes
soon. Where anything else is at work, that takes the core from the thread that all others wait for, or from the app.
"""

import os

_ASLEEP = {"OMP_WAIT_POLICY": "passive"}
_CHOICES = {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY"}
"""The variables by which a person may have chosen already."""


def environment() -> dict[str, str]:
    """What to add to the environment of a process to be started; nothing where the person has chosen already."""
    return {} if os.environ.keys() & _CHOICES else dict(_ASLEEP)


def sleep_while_waiting() -> None:
    """Let the threads of this process wait asleep: of the libraries that it loads from now on, and of its children."""
    os.environ.update(environment())
