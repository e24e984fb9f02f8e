"""How much memory a process holds for itself, apart from what the system could reclaim."""

from pathlib import Path

import psutil

_HELD = ("RssAnon", "RssShmem", "VmSwap")


def held_bytes(pid: int | None = None) -> int:
    """Bytes that a process holds for itself, in memory or swapped out; of the own process if none is named.

    Pages of files (libraries, memory maps) are left out where the system tells them apart: they come and go with what
    else the machine does. Raises `psutil.NoSuchProcess` for a process that has ended.
    """
    process = psutil.Process(pid)
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except OSError:
        return process.memory_info().rss
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    return sum(int(told[name].split()[0]) * 1024 for name in _HELD if name in told)
