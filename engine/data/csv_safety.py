"""Cells of a CSV that no spreadsheet runs, and that read back as they were."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a cell with this text; blanks before it do not count.

    See the OWASP page "CSV Injection".
    """
    return text.startswith(FORMULA_STARTS) or text.lstrip(" \u00a0").startswith(FORMULA_STARTS)


def guarded(text: str) -> str:
    """The text with an apostrophe in front where it would be run; `unguarded` takes just this one away.

    Text that begins with apostrophes and then would be run gets one more, so that nothing is lost either way.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("'tis")
    ("'=1+1", "''=1+1", "'tis")
    """
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """The text that was guarded; other text stays as it is.

    >>> unguarded("'=1+1"), unguarded("=1+1"), unguarded("'tis")
    ('=1+1', '=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text
