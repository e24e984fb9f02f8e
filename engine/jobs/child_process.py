"""A fresh Python process that reads what strangers made, so that it cannot harm the process that asks."""

import subprocess
import sys
from collections.abc import Mapping

from engine import paths


def run_module(
    arguments: list[str], seconds: int, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run `python -m` with these arguments; what it prints is text. Raises `subprocess.TimeoutExpired`."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=dict(environment),
    )


def last_line(printed: str, otherwise: str) -> str:
    """The last line of what a process printed, or `otherwise` where it printed nothing."""
    return (printed.strip().splitlines() or [otherwise])[-1]
