"""Text from outside that names something, such as a label: what it may hold, and how it is shown and compared.

Refused are text that no file can hold, line breaks, NUL, and more than `LONGEST` characters. Other characters that a
reader cannot see are kept, but shown by their number, and labels that look the same are found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

LONGEST = 200
"""The most characters that a label or name may have."""
LONGEST_SENTENCE = 2000
MOST_COMPOSED = 500

_BREAK = re.compile("[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Characters without ink that Unicode counts as letters, marks or symbols."""
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
_JOINED_SCRIPTS = ("ARABIC", "SYRIAC", "MONGOLIAN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL",
                   "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN")  # fmt: skip
_LINKS = re.compile(r"(https?|ftp|mailto|xmpp)(?=:)|www(?=\.)|\S(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"
_LIKE_LATIN = str.maketrans(
    dict(zip("АВЕКМНОРСТХЅІЈУԚԜаеорсухѕіјԛԝһԁ", "ABEKMHOPCTXSIJYQWaeopcyxsijqwhd", strict=True))
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρι", "ABEZHIKMNOPTYXoavpi", strict=True))
    | dict(zip("ՕՍՏօսոհ", "OUSounh", strict=True))
    | dict.fromkeys("‐‑‒–—−﹣－", "-")
    | dict.fromkeys("’‘ʼ＇`´", "'")
    | dict.fromkeys("ıɩ", "i")
)
"""Letters of other scripts that look like Latin ones, and marks that look like those on a keyboard."""


def composed(text: str) -> str:
    """The text with each accent joined to its letter, so that two spellings of a label are one.

    A text of more than `MOST_COMPOSED` characters stays as it is: the time it takes grows with the square of the
    number of accents on one letter.

    >>> composed("Ba\u0308r") == "B\u00e4r"
    True
    """
    is_short = len(text) <= MOST_COMPOSED
    return unicodedata.normalize("NFC", text) if is_short and not text.isascii() else text


def problem(text: str, longest: int = LONGEST) -> str:
    """Why a text cannot be a label or name, as the end of a sentence; "" where it can.

    >>> problem("cat"), problem("cat\\ndog")
    ('', 'contains a line break')
    """
    if text.isascii() and text.isprintable() and len(text) <= longest:
        return ""
    if _SURROGATE.search(text):
        return "contains half of a character (a lone surrogate)"
    if "\0" in text:
        return "contains the character NUL"
    if _BREAK.search(text):
        return "contains a line break"
    return f"has {len(text):,} characters, and the limit is {longest}" if len(text) > longest else ""


def visible(text: str, longest: int = 0) -> str:
    """The text with every character that cannot be seen, or turns the direction, replaced by its number.

    With `longest`, what is longer is cut, and ends with an ellipsis.

    >>> visible("ab\\u202ecd"), visible("caterpillar", 6)
    ('ab⟨U+202E⟩cd', 'cater…')
    """
    if longest and len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨U+{ord(sign):04X}⟩" if _is_unseen(text, at) else sign for at, sign in enumerate(text))


def sentence(text: object) -> str:
    """A message in which a name from outside may stand: each of its characters visible, and never too long to read."""
    return visible(str(text), LONGEST_SENTENCE)


def without_unseen(text: str) -> str:
    """The text without the characters that `visible` would show by their number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign for at, sign in enumerate(text) if not _is_unseen(text, at))


def unlinked(text: str) -> str:
    """The text for a page, so that no address in it becomes a link: an invisible joiner breaks each one.

    >>> unlinked("http://x").replace("\\u2060", "|")
    'http|://x'
    """
    return _LINKS.sub(lambda found: found[0] + _WORD_JOINER, text)


def skeleton(text: str) -> str:
    """The same for all texts that look alike: compare with it, and never show it.

    Compatible forms (NFKC), letter case, characters that cannot be seen, and Cyrillic, Greek and Armenian letters that
    look like Latin ones make no difference. Digits stay apart from letters: 0 and O may be two labels.

    >>> skeleton("Саt\\u200b") == skeleton("cat")  # its first two letters are Cyrillic
    True
    """
    if text.isascii() and text.isprintable():
        return text.casefold()
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _has_no_ink(sign))
    return seen.translate(_LIKE_LATIN).casefold()


def look_alikes(labels: Iterable[str]) -> list[list[str]]:
    """Groups of different labels that look alike, each and all in order.

    >>> look_alikes(["cat", "dog", "c\\u0430t"])
    [['cat', 'cаt']]
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for label in sorted(set(labels)):
        groups[skeleton(label)].append(label)
    return [group for group in groups.values() if len(group) > 1]


def _is_unseen(text: str, at: int) -> bool:
    """Whether the character at a place cannot be seen there; joiners belong to some scripts and to emoji."""
    sign = text[at]
    if not _has_no_ink(sign):
        return False
    around = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if sign in _JOINERS:
        return not (all(map(_is_joined, around)) or all(map(_is_emoji, around)))
    return not (sign == "\ufe0f" and _is_emoji(around[0]))


@lru_cache(maxsize=4096)
def _has_no_ink(sign: str) -> bool:
    is_selector = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    return unicodedata.category(sign) in _UNSEEN or sign in _FILLERS or is_selector


def _is_joined(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(_JOINED_SCRIPTS) if sign else False


def _is_emoji(sign: str) -> bool:
    return bool(sign) and (unicodedata.category(sign) in ("So", "Sk") or sign == "\ufe0f")
