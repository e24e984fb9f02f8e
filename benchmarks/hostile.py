"""Inputs made to take long, one by one through import, summary and check: `python -m benchmarks.hostile [CASE...]`.

Each command runs in a process of its own with an empty library; the processor time is what the system says. Each case
must be finished or refused within 20 s of it. `OUT` in the list means that the command was refused, with the sentence.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.hostile_cases import CASES
from benchmarks.timing import machine
from engine import paths

MOST_SECONDS = 20
KILLED_AFTER = 120
SUMMARY = "import sys; from engine.data import summary; print(summary.glance_here(sys.argv[1], sys.argv[2]))"


@dataclass(frozen=True)
class Outcome:
    """What one command came to: its exit status, seconds of processor time, and the last line that it printed."""

    status: int
    processor_seconds: float
    said: str

    @property
    def in_words(self) -> str:
        slow = "TOO LONG" if self.processor_seconds > MOST_SECONDS else ""
        return f"{self.processor_seconds:6.1f} s  status {self.status:3}  {slow:8}  {self.said[:160]}"


def run(arguments: list[str], place: Path) -> Outcome:
    """Run Python with arguments, with a library and cache below `place`; it is killed after `KILLED_AFTER` seconds."""
    own = os.environ | {
        "LOSS_LAB_DATA": str(place / "library"),
        "LOSS_LAB_CACHE": str(place / "cache"),
        "LOSS_LAB_RUNS": str(place / "runs"),
    }
    before = _processor_seconds()
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=paths.ROOT,
            env=own,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=KILLED_AFTER,
            check=False,
        )
        status, printed = done.returncode, done.stderr.strip() or done.stdout.strip()
    except subprocess.TimeoutExpired:
        status, printed = -9, f"killed after {KILLED_AFTER} s"
    said = (printed.splitlines() or [""])[-1]
    return Outcome(status, _processor_seconds() - before, said)


def _processor_seconds() -> float:
    """What all processes that this one has waited for took together."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(name: str) -> bool:
    """Make a case, import it, and read and check what got into the library; whether all was within `MOST_SECONDS`."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        case = CASES[name]
        file = case.make(place)
        print(f"\n{name} ({file.stat().st_size / 1024**2:.1f} MB)", flush=True)
        outcomes = {case.command: run(["-m", "engine", *case.command.split(), str(file)], place)}
        for folder in sorted((place / "library").glob("[!._]*/set.json")):
            data = str(folder.parent)
            outcomes["summary"] = run(["-c", SUMMARY, data, case.task], place)
            outcomes["check"] = run(["-m", "engine", "check", "--task", case.task, data], place)
        for command, outcome in outcomes.items():
            print(f"  {command:12} {outcome.in_words}", flush=True)
    return all(outcome.processor_seconds <= MOST_SECONDS for outcome in outcomes.values())


def main() -> int:
    """1 where a case took too long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=" | ".join(CASES))
    chosen = parser.parse_args().cases or list(CASES)
    print(machine())
    slow = [name for name in chosen if not measure(name)]
    print(f"\nToo long: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
