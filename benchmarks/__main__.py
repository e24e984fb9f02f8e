"""Everything that is measured, each next to what one would use instead: `python -m benchmarks [PART...]`."""

import argparse
import subprocess
import sys

PARTS = (
    "curves",
    "decoding",
    "prediction",
    "pages",
    "training",
    "race",
    "visitors",
    "watching",
    "batch",
    "serving",
    "checks",
    "hostile",
)


def main(arguments: list[str] | None = None) -> int:
    """Run each part in a process of its own, so that none warms the next; 1 where a part could not be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=" | ".join(PARTS))
    chosen = parser.parse_args(arguments).parts or PARTS
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}")
    failed = [part for part in chosen if not _run(part)]
    if failed:
        print(f"\nNot measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(part: str) -> bool:
    print(f"\n== {part} ==", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
