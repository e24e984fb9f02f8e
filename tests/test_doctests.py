"""Every example in the docstrings of the engine and of the pages' parts gives what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

from engine import paths


def _with_examples() -> list[str]:
    files = sorted([*paths.ROOT.glob("engine/**/*.py"), *paths.ROOT.glob("pages/parts/**/*.py")])
    return [_dotted(file) for file in files if ">>> " in file.read_text(encoding="utf-8")]


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(paths.ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_there_are_examples():
    assert len(_with_examples()) >= 10


@pytest.mark.parametrize("module", _with_examples())
def test_examples_give_what_they_say(module):
    tried = doctest.testmod(importlib.import_module(module))
    assert tried.attempted >= 1 and tried.failed == 0
