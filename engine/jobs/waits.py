"""What a server does while one of its threads waits for another process: nothing, unless it says otherwise."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

_meanwhile: Callable[[], AbstractContextManager[object]] = nullcontext


def set_meanwhile(meanwhile: Callable[[], AbstractContextManager[object]]) -> None:
    """Let each thread wait inside of such a context from now on, in which other work may go on."""
    global _meanwhile
    _meanwhile = meanwhile


def for_a_process() -> AbstractContextManager[object]:
    """The context in which to wait for another process."""
    return _meanwhile()
