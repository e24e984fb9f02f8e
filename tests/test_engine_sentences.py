"""What the engine says to people: no sentence of more than 25 words, no wrong plural, and an image is an image."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import paths

MOST_WORDS = 25
_ENDS = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n|<br>")
_CODE = re.compile(r"^(import|from) |\w\(.*\) ?[{:]\n|[{};]\n|</|^\W*\w+ = ", re.MULTILINE)
_COUNTED = re.compile(
    r"\bN (images|labels|classes|files|rows|points|epochs|groups|runs|pictures|columns|people|datasets|copies)\b"
)
_NAMES = re.compile(r"[\w./]*pictures?[\w./*\"]*[./_]|^pictures?$", re.IGNORECASE)
"""Names that are part of a contract: pictures.csv, the folder pictures/, a format, keys and names in files."""

ALWAYS_SEVERAL = re.compile(
    "|".join(
        [
            r"Remove these N labels",  # of one label it says its name
            r"any of its N images",
            r"N columns (hold 0 and 1|of N could)|^N columns$",
            r"N files are (not read|more than)",
            r"It holds N files, and the limit is N|N files, and the limit is N",
            r"N points (for each image|better|of the N asked)",
            r"each of N classes",
            r"of N runs",
            r"N labels \(N\)",
            r"N labels on average",
            r"fewer than N images",
            r"more than N (images|files|rows|columns)",
            r"first N of N images",
            r"the N points lie",
            r"N images (without animals|per second|with N labels)",  # of a hover text, the number is Plotly's
            r"N images  N",  # a line of the log of pretraining
            r"N JSON files",
        ]
    ),
    re.IGNORECASE,
)
"""Sentences whose number is never one."""

SAYS_WHERE_FROM = "engine/training/photo_models/fit_point.py"
"""A file whose long text is stored with a model, as the source of its data."""


def modules() -> list[Path]:
    return sorted(paths.ROOT.glob("engine/**/*.py"))


def strings(source: str) -> Iterator[tuple[int, str]]:
    """The line and text of every string that is no docstring; a value in an f-string is written as N."""
    tree = ast.parse(source)
    inside = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    }
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield (
                node.lineno,
                "".join(str(p.value) if isinstance(p, ast.Constant) else "N" for p in node.values),
            )
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside | alone
        ):
            yield node.lineno, node.value


def long_sentences(text: str) -> list[str]:
    """The sentences of a text that have too many words; a value counts as one, and a colon or semicolon ends one."""
    if _CODE.search(text):
        return []
    return [one for one in _ENDS.split(text) if len(re.findall(r"\S*\w\S*", one)) > MOST_WORDS]


@pytest.mark.parametrize("file", modules(), ids=lambda file: file.relative_to(paths.ROOT).as_posix())
def test_messages_are_short_count_rightly_and_speak_of_images(file):
    name, said = file.relative_to(paths.ROOT).as_posix(), list(strings(file.read_text("utf-8")))
    if name == SAYS_WHERE_FROM:
        return
    assert [(line, one) for line, text in said for one in long_sentences(text)] == []
    counts = [(line, text) for line, text in said if _COUNTED.search(ALWAYS_SEVERAL.sub("", text))]
    assert counts == [], "use engine.data.formats.phrases.counted"
    spoken = [(line, _NAMES.sub("", text)) for line, text in said]
    assert [(line, text) for line, text in spoken if re.search(r"\bpictures? \w|\w pictures?\b", text)] == []


def test_what_is_wrong_is_found():
    source = f'"""A picture."""\nx = f"Use {{n}} images of a picture. {"word " * 26}."\n'
    ((line, text),) = strings(source)
    assert line == 2 and len(long_sentences(text)) == 1 and _COUNTED.search(text)
    assert long_sentences("import torch\nx = " + "1 + " * 30) == []
