"""docs/security.md: the table is written between its markers, and every test that it names exists."""

import ast
import re

import pytest

from engine import paths
from tests.faults.tally import BEGIN, END, SECURITY, Tally, write

LINK = re.compile(r"\]\(\.\./(tests/[\w/]+\.py)#(test_\w+)\)")


def missing(text: str) -> list[str]:
    """The tests that a document names and that are not there."""
    return [f"{file}#{name}" for file, name in LINK.findall(text) if name not in _tests(file)]


def _tests(file: str) -> set[str]:
    path = paths.ROOT / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_guarantee_names_a_test_that_exists():
    text = SECURITY.read_text(encoding="utf-8")
    guarantees = re.findall(
        r"^- .*?(?=^- |\Z|^#)", text.split("## Guarantees")[1].split("\n## ")[0], re.M | re.S
    )
    assert len(guarantees) >= 10 and all(LINK.search(one) for one in guarantees)
    assert missing(text) == []


def test_a_guarantee_without_its_test_is_seen():
    assert missing("[test](../tests/faults/test_kills.py#test_gone) [test](../tests/none.py#test_a)") == [
        "tests/faults/test_kills.py#test_gone",
        "tests/none.py#test_a",
    ]


def test_the_table_is_written_between_the_markers(tmp_path):
    file, tally = tmp_path / "security.md", Tally()
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    tally.add("kill -9: labelling", "at once", [])
    tally.add("kill -9: labelling", "later", ["one is lost", "another, too"])
    write(tally, "2026-01-02", 7, 3.2, file)
    text = file.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert "| kill -9: labelling | 2 | 1 | 1 |" in text and "2026-01-02 with seed 7" in text
    write(tally, "2026-01-03", 7, 3.2, file)
    assert file.read_text().count("| kill -9") == 1
    file.write_text("no markers")
    with pytest.raises(ValueError, match="markers"):
        write(tally, "2026-01-02", 7, 3.2, file)
