"""Text that came from outside, such as a file's name, shown as it is and never read as mark-up."""

import re

from engine.functional import label_text

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """The text on one line, escaped for Streamlit's Markdown: nothing in it is invisible, markup, or a link."""
    seen = label_text.visible(" ".join(str(text).split()))
    return _PUNCTUATION.sub(r"\\\1", label_text.unlinked(seen))
