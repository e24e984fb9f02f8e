"""The same work on many items, on as many threads as the machine has processors, within a bound."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

_MOST_THREADS = 16
"""Decoding one file takes up to 400 MB of memory, so threads are not without bound on a large machine."""


def in_threads(work: Callable, items: Iterable) -> Iterator:
    """The results in the order of the items; who stops listening has no need to wait for the rest."""
    pool = ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS))
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)
