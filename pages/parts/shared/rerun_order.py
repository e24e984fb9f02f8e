"""Which script runs may be at work at once: whole pages one after the other, and moved controls before any page.

All runs share one interpreter, which works on one of them at a time. Ten pages at once would each take ten times as
long, and so would every slider meanwhile. One page after the other, the first is there at once, the last as early as
before; and a page that is at work pauses while a fragment runs, which takes a moment.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pages.parts.shared import streamlit_internals

SECONDS_OF_PATIENCE = 0.5
"""A page that has waited for so long begins next to the others, which may be waiting themselves, for a process."""
SECONDS_OF_PAUSES = 0.5
"""So long a page pauses for fragments, all pauses together."""
SWITCH_SECONDS = 0.001
"""So long a thread keeps the interpreter while others wait. Python's 5 ms come several times in each short run."""

_PLACE = threading.Semaphore()
_FRAGMENTS = threading.Condition()
_FRAGMENTS_AT_WORK: set[int] = set()
_OWN = threading.local()


def begin() -> None:
    """Put the script runs of this server in order from now on."""
    sys.setswitchinterval(SWITCH_SECONDS)
    streamlit_internals.around_script_runs(place, pause)


@contextmanager
def place(is_fragment: bool) -> Iterator[None]:
    """Run a whole page in the one place for pages, or without it once patience is over; a fragment needs none."""
    if is_fragment:
        with _fragment():
            yield
        return
    _OWN.has_place = _PLACE.acquire(timeout=SECONDS_OF_PATIENCE)
    _OWN.pauses = SECONDS_OF_PAUSES
    try:
        yield
    finally:
        _OWN.pauses = 0.0
        _give_back()


def pause() -> None:
    """Let a page wait while fragments are at work; a page calls it between two steps."""
    if not _FRAGMENTS_AT_WORK or (left := getattr(_OWN, "pauses", 0.0)) <= 0:
        return
    began = time.monotonic()
    with _FRAGMENTS:
        _FRAGMENTS.wait_for(lambda: not _FRAGMENTS_AT_WORK, left)
    _OWN.pauses = left - (time.monotonic() - began)


@contextmanager
def waiting() -> Iterator[None]:
    """While the page only waits in the block, another one may run."""
    had_place = _give_back()
    try:
        yield
    finally:
        if had_place:
            _OWN.has_place = _PLACE.acquire(timeout=SECONDS_OF_PATIENCE)


@contextmanager
def _fragment() -> Iterator[None]:
    """A fragment is at work while the block runs."""
    _FRAGMENTS_AT_WORK.add(threading.get_ident())
    try:
        yield
    finally:
        with _FRAGMENTS:
            _FRAGMENTS_AT_WORK.discard(threading.get_ident())
            _FRAGMENTS.notify_all()


def _give_back() -> bool:
    """Give the thread's place back; whether it had one."""
    had_place = getattr(_OWN, "has_place", False)
    if had_place:
        _OWN.has_place = False
        _PLACE.release()
    return had_place
