"""Which script runs may be at work at once: whole pages one after the other, and moved controls before any page.

All runs share one interpreter, which works on one of them at a time. Ten pages at once would each take ten times as
long, and so would every slider meanwhile. One page after the other, the first is there at once, the last as early as
before. The same holds for fragments, such as the part of a page that a slider changes; and a page that is at work
pauses while fragments run, which takes a moment. A fragment that turns out to be long pauses for others as well.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from engine.jobs import waits
from pages.parts.shared import streamlit_internals

SECONDS_OF_PATIENCE, FRAGMENT_PATIENCE = 2.0, 0.1
"""A page or fragment that has waited for so long begins next to the others, which may themselves wait for a process."""
SECONDS_OF_PAUSES = 0.5
"""So long a page or a long fragment pauses for short fragments, all pauses together."""
SECONDS_OF_A_SHORT_FRAGMENT = 0.03
"""A fragment that has used so much processor time is a long one."""
SWITCH_SECONDS = 0.001
"""So long a thread keeps the interpreter while others wait. Python's 5 ms come several times in each short run."""

_PAGE_PLACE = threading.Semaphore()
_FRAGMENT_PLACE = threading.Semaphore()
_FRAGMENTS = threading.Condition()
_FRAGMENTS_AT_WORK: set[int] = set()
_OWN = threading.local()


def begin() -> None:
    """Put the script runs of this server in order from now on."""
    sys.setswitchinterval(SWITCH_SECONDS)
    streamlit_internals.around_script_runs(place, pause)
    waits.set_meanwhile(waiting)


@contextmanager
def place(is_fragment: bool) -> Iterator[None]:
    """Run a page or a fragment in the one place for its kind, or without it once patience is over."""
    _OWN.pauses = 0.0 if is_fragment else SECONDS_OF_PAUSES
    if is_fragment:
        _FRAGMENTS_AT_WORK.add(threading.get_ident())
    _take(_FRAGMENT_PLACE if is_fragment else _PAGE_PLACE)
    _OWN.began = time.thread_time()
    try:
        yield
    finally:
        _OWN.pauses = 0.0
        _give_back()
        _leave_fragments()


def pause() -> None:
    """Let a page or a long fragment wait while short fragments are at work; each run calls it between two steps."""
    if not _FRAGMENTS_AT_WORK:
        return
    if threading.get_ident() in _FRAGMENTS_AT_WORK:
        if time.thread_time() - _OWN.began < SECONDS_OF_A_SHORT_FRAGMENT:
            return
        _give_back()
        _leave_fragments()
        _OWN.pauses = SECONDS_OF_PAUSES
    if (left := getattr(_OWN, "pauses", 0.0)) <= 0:
        return
    began = time.monotonic()
    with _FRAGMENTS:
        _FRAGMENTS.wait_for(lambda: not _FRAGMENTS_AT_WORK, left)
    _OWN.pauses = left - (time.monotonic() - began)


@contextmanager
def waiting() -> Iterator[None]:
    """While the run only waits in the block, another one may go on, and no page pauses for it."""
    given = _give_back()
    _leave_fragments()
    try:
        yield
    finally:
        if given:
            _take(given)


def _take(wanted: threading.Semaphore) -> None:
    """Take a place, or go on without it once patience is over."""
    patience = SECONDS_OF_PATIENCE if wanted is _PAGE_PLACE else FRAGMENT_PATIENCE
    _OWN.has = wanted if wanted.acquire(timeout=patience) else None


def _give_back() -> threading.Semaphore | None:
    """Give the thread's place back; returns it, or None if it had none."""
    had: threading.Semaphore | None = getattr(_OWN, "has", None)
    if had:
        _OWN.has = None
        had.release()
    return had


def _leave_fragments() -> None:
    """The thread runs no short fragment any more, if it ran one."""
    if threading.get_ident() not in _FRAGMENTS_AT_WORK:
        return
    with _FRAGMENTS:
        _FRAGMENTS_AT_WORK.discard(threading.get_ident())
        _FRAGMENTS.notify_all()
