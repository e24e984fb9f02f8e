"""Names in zip archives. Old programs write them in the code page of their system without saying in which."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from zipfile import ZipInfo

UTF_8 = 0x800
UNICODE_PATH = 0x7075
CODE_PAGES = {
    "cp437": ("LATIN",), "cp850": ("LATIN",), "cp1252": ("LATIN",), "cp866": ("CYRILLIC",), "cp1251": ("CYRILLIC",),
    "cp932": ("HIRAGANA", "KATAKANA", "CJK"), "gbk": ("CJK",), "cp949": ("HANGUL",),
}  # fmt: skip
"""Code pages in the order in which they are tried, with the scripts that speak for each."""


def decode_names(infos: Sequence[ZipInfo]) -> tuple[dict[int, str], str]:
    """The name of each entry by its identity, and the code page in which names without an encoding were read ("" where
    all are Unicode)."""
    names: dict[int, str] = {}
    raw: dict[int, bytes] = {}
    for info in infos:
        name = _own(info)
        if name is None:
            raw[id(info)] = info.orig_filename.encode("cp437")
        else:
            names[id(info)] = name
    page = _code_page(list(raw.values())) if raw else ""
    return names | {key: data.decode(page or "cp437") for key, data in raw.items()}, page


def _own(info: ZipInfo) -> str | None:
    """The name of an entry that is Unicode for sure, None otherwise."""
    name = info.orig_filename
    if info.flag_bits & UTF_8 or name.isascii():
        return name
    if (path := _unicode_path(info.extra)) is not None:
        return path
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return None


def _unicode_path(extra: bytes) -> str | None:
    """The name in the extra field of Info-ZIP, where there is one."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = (int.from_bytes(extra[at + one : at + one + 2], "little") for one in (0, 2))
        if kind == UNICODE_PATH and size > 5:
            try:
                return extra[at + 9 : at + 4 + size].decode("utf-8")
            except UnicodeError:
                return None
        at += 4 + size
    return None


def _code_page(names: Sequence[bytes]) -> str:
    """The first code page in which all foreign letters are of its own script."""
    for page, scripts in CODE_PAGES.items():
        try:
            signs = {sign for name in names for sign in name.decode(page) if not sign.isascii()}
        except UnicodeError:
            continue
        if page == "cp932" and not any(_script(sign) in ("HIRAGANA", "KATAKANA") for sign in signs):
            continue
        if all(_script(sign) in scripts for sign in signs):
            return page
    return "cp437"


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0] if unicodedata.category(sign).startswith("L") else ""
