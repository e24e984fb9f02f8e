"""Text that came from outside, such as a file's name, shown as it is and never read as mark-up."""

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """The text with every punctuation mark escaped for Streamlit's Markdown, on one line."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(str(text).split()))
