"""How easy a text is to read: its sentences, its words, their syllables, and Flesch's reading ease.

Flesch (1948): 206.835 - 1.015 * words per sentence - 84.6 * syllables per word. 60 to 70 is plain English.
Left out: code, formulas, numbers and names with an underscore. The terms that the glossary defines count as words of
a sentence, but their syllables do not count: a reader has to learn them, and no shorter word can stand for them.
"""

import re
from collections.abc import Iterable
from html import unescape

MOST_WORDS = 25
"""No sentence on a page is longer."""

_NOT_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|<(style|pre|svg|table|script|option)\b.*?</\1>|:material/\w+:",
    re.DOTALL,
)
_TAG = re.compile(r"<(/?)(\w+)[^>]*>")
_IN_A_LINE = {"b", "i", "em", "strong", "code", "a", "sup", "sub", "mark", "kbd"}
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_BREAKS = re.compile(r"\n\s*(?:[-*] |\d+\. |#+ )|\n\s*\n|  \n|\n?\|")
_ENDS = re.compile(r"(?:(?<=[.!?:])|(?<=[.!?:][\"”’')*]))\s+(?=[\"“‘('*]*[A-Z0-9])")
_LIST = re.compile(r":(?: [\w-]+(?: [\w-]+)?,){3,} [\w-]+(?: [\w-]+){0,3}(?=\W*$)")
_WORD = re.compile(r"[A-Za-z]+(?:[’'][a-z]+)?")
_GLUED = re.compile(r"\S*[\d_/\\=<>]\S*")
_IRREGULAR = {
    "people": 2,
    "gradient": 3,
    "gradients": 3,
    "idea": 3,
    "area": 3,
    "create": 2,
    "created": 3,
    "every": 2,
}
_VOWELS = re.compile(r"[aeiouy]+")


def plain(markdown: str) -> str:
    """Markdown or HTML as its words: no code, formulas, tags or marks; elements that stand apart end a line."""
    text = _NOT_PROSE.sub(" ", markdown)
    text = _TAG.sub(lambda tag: "" if tag[2].lower() in _IN_A_LINE else "\n\n", text)
    return unescape(_LINK.sub(r"\1", text)).replace("\\", "").replace("**", "").replace("~~", "")


def sentences(text: str) -> list[str]:
    """The sentences of a plain text; a line of its own and a list item end one too, and so does a colon."""
    parts = [part for block in _BREAKS.split(text) for part in _ENDS.split(block.strip())]
    return [" ".join(part.split()) for part in parts if _WORD.search(part)]


def words(sentence: str) -> list[str]:
    """The words of a sentence; a part with a digit, an underscore or an operator in it is none."""
    return _WORD.findall(_GLUED.sub(" ", sentence))


def long_sentences(text: str, most: int = MOST_WORDS) -> list[str]:
    """The sentences of more than `most` words. A number counts as a word, and so does a list of names after a colon."""
    return [one for one in sentences(text) if len(re.findall(r"\S*\w\S*", _LIST.sub(": list", one))) > most]


def is_prose(sentence: str) -> bool:
    """Whether it is a sentence of running text: it ends like one and has at least four words."""
    return sentence.rstrip("\"”’')*").endswith((".", "!", "?", ":")) and len(words(sentence)) >= 4


def syllables(word: str) -> int:
    """The syllables of an English word, by its groups of vowels: right for about nine words in ten."""
    word = re.sub(r"[’'](s|t|re|ll|ve|d|m)$", lambda end: "t" if end[1] == "t" else "", word.lower())
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    count = len(_VOWELS.findall(word))
    if re.search(r"[^aeiouy]e$", word) and not re.search(r"[^aeiouy]le$", word):
        count -= 1  # name
    if re.search(r"[^aeiouy]es$", word) and not re.search(r"([sxz]|[cs]h|[cg]|[^aeiouy]l)es$", word):
        count -= 1  # names, but not boxes, pages, tables
    if re.search(r"[^aeiouytd]ed$", word) and not re.search(r"[^aeiouyl]led$", word):
        count -= 1  # learned, but not counted
    if re.search(r"(ely|eful|ement|eless)s?$", word) and not re.search(r"(^|[^aeiouy])le(ment)", word):
        count -= 1  # completely
    count += len(
        re.findall(r"(?<![cgstx])i[ao](?!u)|[^q]ua(?!r)|eo(?!u)|ii|yi|[aeiou]ing$", word)
    )  # dial, usual
    count += len(re.findall(r"[^aeiouy]sms?$|[dt]n[’']?t$", word))  # prism, didn't
    return max(count, 1)


def without(text: str, terms: Iterable[str]) -> str:
    """A text without some terms, also in the plural and in any letter case."""
    ordered = sorted(map(re.escape, terms), key=len, reverse=True)
    return (
        re.sub(rf"\b(?:{'|'.join(ordered)})(?:s|es)?\b", " ", text, flags=re.IGNORECASE) if ordered else text
    )


def flesch(texts: Iterable[str], terms: Iterable[str] = ()) -> float:
    """The reading ease of the running text in some plain texts; NaN where they hold none."""
    kept = [one for text in texts for one in sentences(text) if is_prose(one)]
    common = [word for sentence in kept for word in words(without(sentence, terms))]
    if not common:
        return float("nan")
    length = sum(len(words(sentence)) for sentence in kept) / len(kept)
    return 206.835 - 1.015 * length - 84.6 * sum(map(syllables, common)) / len(common)
