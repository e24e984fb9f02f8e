"""How an archive tells how far its unpacking is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]


def silent(done: int, of: int) -> None:
    """Report nothing."""
