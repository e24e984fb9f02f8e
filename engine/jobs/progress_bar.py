"""Progress on standard error: one bar for what is being done, one line for each finished epoch."""

import sys

from tqdm import tqdm

from engine.jobs.progress import Listener

_FORMAT = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}"


class Bar(Listener):
    """A progress bar that shows one activity after the other. Use as a context manager."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._activity = ""

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def show(self, activity: str, share: float) -> None:
        """Show that `share` (0 to 1) of an activity is done."""
        if self._bar is None or activity != self._activity:
            self._close()
            self._activity = activity
            self._bar = tqdm(total=100, desc=activity, bar_format=_FORMAT)
        self._bar.update(round(100 * share, 1) - self._bar.n)

    def epoch(self, row: dict) -> None:
        """Print what an epoch reached."""
        figures = "  ".join(f"{name} {value:.4f}" for name, value in row.items() if isinstance(value, float))
        frozen = " (frozen)" if row["frozen"] else ""
        tqdm.write(f"epoch {row['epoch']}{frozen}  {figures}", file=sys.stderr)

    def note(self, sentence: str) -> None:
        """Print a sentence on a line of its own."""
        tqdm.write(sentence, file=sys.stderr)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
