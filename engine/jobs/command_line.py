"""What all commands of `python -m engine` share: choices, the JSON object at the end, and how Ctrl-C stops them."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable, Collection, Mapping

from cyclopts import Parameter

BAD_INPUT, STOPPED = 2, 130
"""Exit statuses: something is wrong with what was given, and stopped by a person."""


def choice(names: Collection[str], help: str = "") -> Parameter:
    """An option that takes one of `names`; `help` precedes their list."""

    def check(_: object, value: str | None) -> None:
        if value is not None and value not in names:
            raise ValueError(f"Choose one of {', '.join(names)}.")

    return Parameter(help=f"{help}: {', '.join(names)}.".removeprefix(": "), validator=check)


def print_json(record: Mapping[str, object]) -> None:
    """Print a record as one line of valid JSON: null where a number is not finite."""
    print(json.dumps(_finite(record), allow_nan=False))


def on_stop(ask: Callable[[], object]) -> None:
    """Let the first Ctrl-C (or SIGTERM) call `ask`, which asks the work to stop; the second ends the process."""

    def stop(number: int, _: object) -> None:
        signal.signal(number, signal.default_int_handler)
        ask()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
