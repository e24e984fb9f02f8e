"""Page scripts hold no loose expressions: Streamlit would show them to the visitor."""

import ast

import pytest

from tests.browser import app_pages


@pytest.mark.parametrize("file", app_pages().values(), ids=lambda file: file.stem)
def test_a_page_writes_nothing_by_accident(file):
    _, *statements = ast.parse(file.read_text(encoding="utf-8")).body
    loose = [one for one in statements if isinstance(one, ast.Expr) and not isinstance(one.value, ast.Call)]
    assert [one.lineno for one in loose] == []
