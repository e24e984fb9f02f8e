"""The definitions of `docs/glossary.md`, for the list of terms on a page."""

import functools
import re

from engine import paths

FILE = paths.ROOT / "docs" / "glossary.md"
_ENTRY = re.compile(r"^- \*\*(?P<term>.+?)\*\*: (?P<definition>.+)$", re.MULTILINE)


@functools.cache
def definitions() -> dict[str, str]:
    """Every term with its one-sentence definition, in the file's order."""
    return {entry["term"]: entry["definition"] for entry in _ENTRY.finditer(FILE.read_text("utf-8"))}


def define(*terms: str) -> str:
    """The definitions of some terms as a Markdown list.

    Raises KeyError for a term that the glossary lacks.
    """
    return "\n".join(f"- **{term}**: {definitions()[term]}" for term in terms)
