"""The words that the field has better ones for stay out: `tests/wording.txt` lists them with what to write instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import paths

RULES = [
    tuple(line.split(" => "))
    for line in (paths.ROOT / "tests" / "wording.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def python_files() -> list[Path]:
    folders = [*(paths.ROOT / name for name in ("engine", "pages", "benchmarks")), paths.ROOT]
    return [
        file
        for folder in folders
        for file in sorted(folder.glob("*.py" if folder == paths.ROOT else "**/*.py"))
    ]


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The line and text of every string and docstring in Python source, f-strings included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def prose(markdown: str) -> str:
    """Markdown without its code, which keeps its line numbers."""
    return _CODE.sub(lambda code: "\n" * code[0].count("\n"), markdown)


def offences(text: str, pattern: str, first_line: int = 1) -> list[int]:
    """The lines of a text on which a pattern occurs."""
    return [
        first_line + text.count("\n", 0, hit.start()) for hit in re.finditer(pattern, text, re.IGNORECASE)
    ]


@pytest.fixture(scope="module")
def everything() -> list[tuple[str, int, str]]:
    """File, first line and text of all that a reader or user sees."""
    strings = [
        (str(file.relative_to(paths.ROOT)), line, text)
        for file in python_files()
        for line, text in texts(file.read_text("utf-8"))
    ]
    documents = [
        (str(file.relative_to(paths.ROOT)), 1, prose(file.read_text("utf-8")))
        for file in [
            *paths.ROOT.glob("*.md"),
            *paths.ROOT.glob("docs/*.md"),
            *paths.ROOT.glob("sample_data/*.md"),
        ]
    ]
    modules = [
        (name, 1, name.replace("_", " ").replace("/", " "))
        for name in (str(file.relative_to(paths.ROOT).with_suffix("")) for file in python_files())
    ]
    return strings + documents + modules


@pytest.mark.parametrize(("pattern", "instead"), RULES, ids=[pattern for pattern, _ in RULES])
def test_a_word_is_not_used(everything, pattern, instead):
    found = [f"{file}:{at}" for file, line, text in everything for at in offences(text, pattern, line)]
    assert not found, f"write {instead!r} instead in {len(found)} places: {', '.join(found[:20])}"


def test_the_rules_are_read_and_find_what_they_forbid():
    assert len(RULES) > 15 and all(len(rule) == 2 for rule in RULES)
    assert list(texts('x = f"fix {y}"')) == [(1, "fix ")]
    assert offences("first\nit was mended", r"\bmend(s|ed|ing)?\b") == [2]
    assert prose("a `fix` b\n```\nmend\n```") == "a  b\n" + "\n\n"
