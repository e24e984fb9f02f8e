"""What every benchmark says of itself: on what machine it ran, with what versions, and how its turns were summed up."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np


def machine(*packages: str) -> str:
    """One line: the processor, its cores, how busy they were before, and the versions of what is measured."""
    busy = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)]
    return f"{_processor()}, {os.cpu_count()} cores{busy}; {', '.join(versions)}"


def _processor() -> str:
    """The processor's name as Linux tells it, otherwise its kind."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` percent of `values` do not exceed."""
    return float(np.percentile(values, share))


def in_turn(names: Sequence[str], turn: int) -> list[str]:
    """The same names forwards and backwards by turns, so that no one always goes first."""
    return list(names)[:: -1 if turn % 2 else 1]
