"""How a process that trains asks the system for memory, so that a step's large blocks do not pile up between others.

glibc keeps freed blocks of up to 32 MB for itself, in pieces that fit nothing after a while. Given back at once, they
cost the system as many small pages at every step, unless it may hand out large ones. Even so, small batches, whose
largest blocks have about 4 MB, train faster when glibc keeps those.
"""

import os
from pathlib import Path

_LARGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_SETTINGS = {
    "MALLOC_MMAP_THRESHOLD_": "5000000",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


def environment() -> dict[str, str]:
    """What to add to the environment of a process to be started.

    Nothing where the system has no large pages, for then it would be slower, or where the person has chosen already.
    """
    if not _has_large_pages() or os.environ.keys() & _SETTINGS.keys():
        return {}
    return dict(_SETTINGS)


def _has_large_pages() -> bool:
    try:
        return "[never]" not in _LARGE_PAGES.read_text()
    except OSError:
        return False
