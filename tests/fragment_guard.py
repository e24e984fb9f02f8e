"""Sees fragments that write into a container which was made outside of them.

Such a write works on a full run of the page and fails once an outer fragment runs alone and makes the container anew
(`StreamlitInvalidLayoutContextError`); `AppTest` shows nothing of it. A fragment must make every container that it
writes into. Written for Streamlit 1.67.0, which calls `_get_or_create_outside_wrapper` at each such write;
`tests/pages/test_fragments.py` fails when it no longer does.
"""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_MODULE, _HOOK = "streamlit.delta_generator", "_get_or_create_outside_wrapper"


@contextmanager
def outside_writes() -> Iterator[list[str]]:
    """The places ("file.py:12 in show") where fragments of this process write outside of themselves meanwhile."""
    places: list[str] = []
    module = sys.modules.get(_MODULE)
    if module is None:
        yield places
        return
    write = getattr(module, _HOOK)

    def noted(*arguments):
        places.append(_place())
        return write(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, _HOOK, noted)
        yield places


def _place() -> str:
    """The innermost line of code that is neither Streamlit's nor this file's."""
    for frame in reversed(traceback.extract_stack()):
        if "/streamlit/" not in frame.filename.replace("\\", "/") and frame.filename != __file__:
            return f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
    return "an unknown place"
