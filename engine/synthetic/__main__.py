"""Regenerate the bundled images: `python -m engine.synthetic OUT` writes OUT/scenes and OUT/heads."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from engine.synthetic.heads import write_people
from engine.synthetic.samples import write_scenes

WRITERS: dict[str, Callable[..., None]] = {"scenes": write_scenes, "heads": write_people}


def main(arguments: list[str] | None = None) -> None:
    """Write one sample set or both, with progress on standard error."""
    parser = argparse.ArgumentParser(prog="python -m engine.synthetic", description=__doc__)
    parser.add_argument("out", type=Path, help="folder that receives `scenes` and `heads`")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=sorted(WRITERS))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    for name in [options.only] if options.only else WRITERS:
        WRITERS[name](
            options.out / name,
            seed=options.seed,
            processes=max(options.processes, 1),
            progress=_progress(name),
        )


def _progress(name: str) -> Callable[[int, int], None]:
    def show(done: int, of: int) -> None:
        end = "\n" if done == of else ""
        print(f"\r{name}: {done} of {of}", end=end, file=sys.stderr, flush=True)

    return show


if __name__ == "__main__":
    main()
