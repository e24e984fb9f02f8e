"""Text that came from outside, such as a file's name, shown as it is and never read as mark-up."""

import re

from engine.functional import label_text
from engine.jobs.status import FAILED, INTERRUPTED, STOPPED

_VERBS = {FAILED: "has", STOPPED: "was", INTERRUPTED: "was"}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """The text on one line, escaped for Streamlit's Markdown: nothing in it is invisible, markup, or a link."""
    seen = label_text.visible(" ".join(str(text).split()))
    return _PUNCTUATION.sub(r"\\\1", label_text.unlinked(seen))


def in_state(name: str, state: str) -> str:
    """What state a job is in, as the beginning of a sentence.

    >>> in_state("my run", "running"), in_state("my run", "failed")
    ('**my run** is **running**', '**my run** has **failed**')
    """
    return f"**{plain(name)}** {_VERBS.get(state, 'is')} **{state}**"
